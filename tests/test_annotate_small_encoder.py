"""The small encoder: convolutions over words and sentences, in numpy."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.strings import get_string_id
from tiny_encoder import with_encoder
from tiny_small_encoder import WORDS, tiny_small_encoder

from alliance_nlp.annotate.coder import KINDS, pack, unpack
from alliance_nlp.annotate.keys import KeyTable
from alliance_nlp.annotate.layout import SURFACE
from alliance_nlp.annotate.small_encoder import STEPS, SmallEncoder, stream_of
from alliance_nlp.annotate.weights import N_CODES, code_probabilities, second_inputs
from alliance_nlp.annotate.words import Words
from alliance_nlp.errors import BadModel

talks = st.lists(st.lists(st.sampled_from([*WORDS, "unheard-of"]), max_size=5), min_size=1, max_size=8)


def words_of(talk):
    """Words of some sentences."""
    hashes = [get_string_id(word) for sentence in talk for word in sentence]
    places = [at for at, sentence in enumerate(talk) for _ in sentence]
    return Words(np.array(hashes, np.uint64), np.array(places, np.int64))


def log_odds(encoder, talk):
    return encoder.log_odds(words_of(talk), np.zeros((len(talk), len(SURFACE))))


def heard_slowly(encoder, talk):
    """The same network, a row and a tap at a time."""

    def layer(rows, convolution, step):
        mean = rows.mean(axis=1, keepdims=True)
        normed = (rows - mean) / np.sqrt(((rows - mean) ** 2).mean(axis=1, keepdims=True) + 1e-5)
        normed = normed * convolution.gain + convolution.shift
        width = rows.shape[1]
        out = []
        for at in range(len(rows)):
            total = convolution.bias.astype(float)
            for tap, near in enumerate((at - step, at, at + step)):
                if 0 <= near < len(rows):
                    total = total + normed[near] @ convolution.kernel[:, tap * width : (tap + 1) * width]
            out.append(rows[at] + np.maximum(total, 0))
        return np.array(out)

    rows, own = [], []
    for at, sentence in enumerate(talk):
        ids = [WORDS.index(word) if word in WORDS else len(WORDS) for word in sentence] or [len(WORDS)]
        rows += [len(WORDS) + 1, *ids]
        own += [-1] + [at] * len(ids)
    x = encoder.table[rows].astype(float) * encoder.scale[rows, None]
    x = layer(x, encoder.over_words, 1)
    pooled = []
    for at in range(len(talk)):
        spoken = x[np.array(own) == at]
        pooled.append(np.concatenate([spoken.mean(axis=0), spoken.max(axis=0), np.zeros(len(SURFACE))]))
    alone = within = np.maximum(np.array(pooled) @ encoder.pool + encoder.pool_bias, 0)
    for convolution, step in zip(encoder.over_sentences, STEPS, strict=True):
        within = layer(within, convolution, step)
    return np.concatenate([alone, within], axis=1) @ encoder.out + encoder.out_bias


@given(talks)
def test_small_encoder_is_the_network_it_says(talk):
    encoder = tiny_small_encoder()
    np.testing.assert_allclose(log_odds(encoder, talk), heard_slowly(encoder, talk), rtol=1e-3, atol=1e-3)


def test_small_encoder_hears_the_sentences_beside():
    encoder = tiny_small_encoder()
    one, other = (log_odds(encoder, [["walk"], ["stairs"], [last]]) for last in ("zugzwang", "walk"))
    assert not np.allclose(one[0], other[0])


def test_small_encoder_hears_no_sentence_out_of_reach():
    encoder = tiny_small_encoder()
    talk = [["walk"], *[["stairs", "stairs", "stairs"]] * (sum(STEPS) + 2)]
    one, other = (log_odds(encoder, [[first], *talk[1:]]) for first in ("walk", "zugzwang"))
    assert not np.allclose(one[0], other[0])
    np.testing.assert_array_equal(one[-1], other[-1])


def test_small_encoder_takes_words_it_does_not_know_as_one_word():
    encoder = tiny_small_encoder()
    np.testing.assert_array_equal(log_odds(encoder, [["xyzzy"]]), log_odds(encoder, [["plugh"]]))


@given(talks)
def test_stream_has_a_separator_before_every_sentence(talk):
    known = KeyTable(tiny_small_encoder().keys)
    stream = stream_of(words_of(talk), len(talk), known)
    expected, start = [], []
    for sentence in talk:
        ids = [WORDS.index(word) if word in WORDS else len(WORDS) for word in sentence] or [len(WORDS)]
        start.append(len(expected) + 1)
        expected += [len(WORDS) + 1, *ids]
    assert stream.row.tolist() == expected
    assert stream.start.tolist() == start
    assert stream.size.tolist() == [max(1, len(sentence)) for sentence in talk]


def test_small_encoder_is_kept_in_the_models_arrays(tiny_model):
    encoder = tiny_small_encoder()
    weights = {kind: tiny_model.coder_weights()[kind] for kind in KINDS}
    weights["transcript"] = replace(weights["transcript"], encoder=encoder)
    read = unpack(pack(weights))
    assert read["note"].encoder is None
    assert isinstance(read["transcript"].encoder, SmallEncoder)
    talk = [["walk", "stairs"], ["zugzwang"]]
    np.testing.assert_array_equal(log_odds(read["transcript"].encoder, talk), log_odds(encoder, talk))


def test_small_encoder_that_lacks_an_array_makes_the_model_bad(tiny_model):
    weights = {kind: tiny_model.coder_weights()[kind] for kind in KINDS}
    weights["transcript"] = replace(weights["transcript"], encoder=tiny_small_encoder())
    arrays = pack(weights)
    del arrays["small.pool"]
    with pytest.raises(BadModel):
        unpack(arrays)


def test_coder_asks_a_small_encoder_itself(prepared, tiny_model):
    visit = next(each for each in prepared if each.visit.kind == "transcript")
    weights = tiny_model.coder_weights()["transcript"]
    encoder = tiny_small_encoder()
    weights = with_encoder(weights, encoder)
    weights = replace(weights, second=np.random.default_rng(0).normal(size=weights.second.shape))
    asked = code_probabilities(visit.words, visit.layout, weights, weights.matrix())
    told = code_probabilities(
        visit.words,
        visit.layout,
        replace(weights, encoder=None),
        weights.matrix(),
        encoded=encoder.log_odds(visit.words, visit.measures),
    )
    np.testing.assert_array_equal(asked, told)


def test_second_pass_hears_first_pass_and_encoder_apart(prepared):
    visit = next(each for each in prepared if each.visit.kind == "transcript")
    n = len(visit.tokens)
    ceiling = np.array([[1.0], [0.5], [2.0], [3.0]]).repeat(N_CODES, axis=1)
    first, other = np.full((n, N_CODES), 8.0), np.full((n, N_CODES), -2.0)
    inputs = second_inputs(first, visit.layout, visit.measures, ceiling, other)
    alone = second_inputs(first, visit.layout, visit.measures, ceiling[:2])
    assert inputs.shape[1] == alone.shape[1] + 2 * N_CODES
    own, heard = inputs[:, -2 * N_CODES : -N_CODES], inputs[:, -N_CODES:]
    assert set(np.unique(own)) <= {0.0, 3 * (2 + 4) / 4}
    assert set(np.unique(heard)) <= {0.0, 3 * (-2 + 4) / 4}
