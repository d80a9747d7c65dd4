"""A small encoder made in a test: words of its own, weights drawn or all zero."""

import numpy as np
from spacy.strings import get_string_id

from alliance_nlp.annotate.layout import SURFACE
from alliance_nlp.annotate.small_encoder import STEPS, Convolution, SmallEncoder
from alliance_nlp.codes import CODES

WORDS = ("walk", "stairs", "zugzwang")
CHANNELS, SENTENCE_CHANNELS = 4, 6


def tiny_small_encoder(seed=0):
    """An encoder with drawn weights."""
    rng = np.random.default_rng(seed)

    def drawn(*shape):
        return rng.normal(size=shape).astype(np.float32)

    def layer(channels):
        return Convolution(drawn(channels), drawn(channels), drawn(channels, 3 * channels), drawn(channels))

    return SmallEncoder(
        keys=np.array([get_string_id(word) for word in WORDS], np.uint64),
        table=rng.integers(-127, 128, (len(WORDS) + 2, CHANNELS)).astype(np.int8),
        scale=np.full(len(WORDS) + 2, 0.01, np.float32),
        over_words=layer(CHANNELS),
        over_sentences=tuple(layer(SENTENCE_CHANNELS) for _ in STEPS),
        pool=drawn(2 * CHANNELS + len(SURFACE), SENTENCE_CHANNELS),
        pool_bias=drawn(SENTENCE_CHANNELS),
        out=drawn(2 * SENTENCE_CHANNELS, len(CODES)),
        out_bias=drawn(len(CODES)),
    )
