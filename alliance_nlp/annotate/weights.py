"""The fitted sentence coder as plain arrays, and the probabilities they give: two linear passes over a visit.

First pass: one logistic regression a code on the sentence's n-grams, the n-grams of the sentence before, of the one
after and of the one it answers, and the surface measures. Second pass: one logistic regression a code on the first
pass's log-odds of the sentence and its neighbours and on how common each code is in the visit; it also calibrates.
Where the model has an encoder, its log-odds are averaged with the first pass's, and the second pass hears both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..codes import CODES
from ..odds import sigmoid
from .encoder import Encoder
from .layout import Layout, surface
from .ngrams import NGrams, Vocabulary, project
from .product import product
from .small_encoder import SmallEncoder
from .words import Words

Array = NDArray[np.float64]

#: Channels of the first pass beside the sentence itself, with the weight their n-grams had in training.
CHANNELS: tuple[tuple[str, float], ...] = (("previous", 0.5), ("next", 0.4), ("answered", 0.4))
SURFACE_WEIGHT = 0.5
N_CODES = len(CODES)
_PROVIDER = np.array(["provider" in code.roles for code in CODES])
_PATIENT = np.array(["patient" in code.roles for code in CODES])


@dataclass(frozen=True)
class CoderWeights:
    """Everything the coder knows for one kind of visit. F n-grams, G of them also used as context, S surface measures.

    ``own``: (F, codes); ``context_columns``: (G,) the columns used as context; ``context``: (G, 2, channels, codes)
    by the neighbour's role (0 provider, 1 any other); ``surface``: (S, codes); ``bias``: (codes,);
    ``ceiling``: (2, codes) the highest log-odds of a sentence and share of a visit that the second pass goes by, with
    an encoder (4, codes) with the highest log-odds of the first pass and of the encoder alone;
    ``second``: (inputs of `second_inputs`, codes); ``second_bias``: (codes,);
    ``cuts``: (codes,) probability from which a code is taken as evidence;
    ``rules``: share of a rule's hits that were right in training, by rule id;
    ``encoder``: what reads along with the first pass, where the model has one.
    """

    vocabulary: Vocabulary
    own: NDArray[np.float32]
    context_columns: NDArray[np.int64]
    context: NDArray[np.float32]
    surface: Array
    bias: Array
    ceiling: Array
    second: Array
    second_bias: Array
    cuts: Array
    rules: dict[str, float]
    encoder: Encoder | SmallEncoder | None = None

    def matrix(self) -> Matrix:
        """The weights in the form in which a visit is multiplied with them."""
        at = np.full(len(self.vocabulary), -1)
        at[self.context_columns] = np.arange(len(self.context_columns))
        by_role = self.context.reshape(2 * len(self.context_columns), len(CHANNELS) * N_CODES)
        return Matrix(self.own, at, by_role)


class Matrix(NamedTuple):
    """Weights of the first pass for products. ``own``: (F, codes); ``context_at``: (F,) index among the n-grams used as
    context, -1 for the others; ``context``: (2 * G, channels * codes), rows of n-gram and role in turn.
    """

    own: NDArray[np.float32]
    context_at: NDArray[np.int64]
    context: NDArray[np.float32]


def allowed(layout: Layout) -> NDArray[np.bool_]:
    """(sentences, codes): whether the codebook lets the speaker carry the code."""
    by_role: NDArray[np.bool_] = layout.provider[:, None] & _PROVIDER | layout.patient[:, None] & _PATIENT
    return by_role


def first_pass(words: Words, layout: Layout, measures: Array, weights: CoderWeights, matrix: Matrix) -> Array:
    """Log-odds of the first pass, (sentences, codes); ``measures`` are those of `layout.surface`."""
    n = len(layout.turn)
    ngrams = weights.vocabulary.ngrams(words, n)
    at = matrix.context_at[ngrams.column]
    used = at >= 0
    sentence = ngrams.sentence[used]
    by_role = NGrams(sentence, 2 * at[used] + ~layout.provider[sentence], ngrams.value[used], n + 1)
    context = project(by_role, matrix.context).reshape(n + 1, len(CHANNELS), N_CODES)  # the last row is nobody's
    logits = project(ngrams, matrix.own) + product(measures, weights.surface) + weights.bias
    for channel, (name, _) in enumerate(CHANNELS):
        logits += context[getattr(layout, name), channel]
    return logits


def joined(logits: Array, encoded: Array | None) -> Array:
    """Log-odds of the first pass, averaged with the encoder's where there are any."""
    return logits if encoded is None else np.asarray((np.clip(logits, -9, 9) + encoded) / 2)


def second_inputs(
    logits: Array, layout: Layout, measures: Array, ceiling: Array, encoded: Array | None = None
) -> Array:
    """Inputs of the second pass: log-odds here and around, how common each code is in the visit, surface measures.

    Past the ``ceiling``, what it met in training out of fold, more is taken as no more: else a visit full of one code,
    or one the first pass was trained on, would be given that code everywhere.

    Args:
        logits: those of `first_pass`.
        layout: where each sentence stands.
        measures: those of `layout.surface`.
        ceiling: see `CoderWeights`.
        encoded: log-odds of the encoder, where the model has one; then both stand alone too, after all others.
    """
    may = allowed(layout)
    both = np.minimum(joined(logits, encoded), ceiling[0])
    scaled = _scaled(both, may)
    p = np.where(may, sigmoid(both), 0.0)
    mean = p.mean(axis=0) if len(p) else np.zeros(N_CODES)
    common = np.log(np.clip(mean, 1e-4, ceiling[1])) / 4 + 1
    near = [layout.previous, layout.next, _hop(layout.previous), _hop(layout.next), layout.answered]
    neighbours = np.concatenate([0.7 * scaled, np.zeros((1, N_CODES))])  # the last row is nobody's
    inputs = [3 * scaled, *(neighbours[at] for at in near), np.tile(1.5 * common, (len(p), 1)), 0.1 * measures]
    if encoded is not None:
        inputs += [
            3 * _scaled(np.minimum(each, most), may)
            for each, most in zip((logits, encoded), ceiling[2:], strict=True)
        ]
    return np.concatenate(inputs, axis=1)


def code_probabilities(
    words: Words,
    layout: Layout,
    weights: CoderWeights,
    matrix: Matrix,
    *,
    plain: Words | None = None,
    encoded: Array | None = None,
) -> Array:
    """Calibrated probability of every code for every sentence, (sentences, codes); 0 where the role may not carry it.

    Args:
        words: masked words of the visit.
        layout: where each of its sentences stands.
        weights: the fitted coder.
        matrix: ``weights.matrix()``, made once.
        plain: the words without the signs of a note, where there are any; length is measured on them.
        encoded: log-odds of an `Encoder`, or of one that has not learnt from the visit; a `SmallEncoder` is asked here.
    """
    if not len(layout.turn):
        return np.zeros((0, N_CODES))
    plain = words if plain is None else plain
    measures = surface(plain, layout)
    if encoded is None and isinstance(weights.encoder, SmallEncoder):
        encoded = weights.encoder.log_odds(plain, measures)
    logits = first_pass(words, layout, measures, weights, matrix)
    inputs = second_inputs(logits, layout, measures, weights.ceiling, encoded)
    return np.where(allowed(layout), sigmoid(product(inputs, weights.second) + weights.second_bias), 0.0)


def _scaled(logits: Array, may: NDArray[np.bool_]) -> Array:
    """Log-odds about as large as the other inputs, 0 where the role may not carry the code."""
    return np.where(may, (np.clip(logits, -9, 9) + 4) / 4, 0.0)


def _hop(step: NDArray[np.int64]) -> NDArray[np.int64]:
    """Two steps in the direction of one."""
    return np.where(step >= 0, step[np.maximum(step, 0)], -1)
