"""A small network of convolutions that learnt from the transformer what sentences mean (distillation, Hinton 2015).

Every word is a row of a table; a convolution hears it with its neighbours; a sentence is the mean and the largest of
its words with its surface measures; two convolutions over sentences hear it within the talk. numpy alone runs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..records import Kind
from .keys import KeyTable
from .product import product
from .words import Words

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

#: Sentences between what each convolution over sentences hears, first to last.
STEPS = (1, 2)
_SMALL = 1e-5  # torch.nn.LayerNorm's
_PLAIN = ("keys", "table", "scale", "pool", "pool_bias", "out", "out_bias")


class Stream(NamedTuple):
    """A visit as one run of rows of the table, a separator before each sentence.

    ``row``: row of the table, an entry a word or separator; ``start``, ``size``: where the words of each sentence begin
    in the run, and how many they are, at least one.
    """

    row: NDArray[np.int64]
    start: NDArray[np.int64]
    size: NDArray[np.int64]


class Convolution(NamedTuple):
    """A layer that is added to what it hears: norm, three weights a channel, bias, and nothing below 0.

    ``gain``, ``shift``, ``bias``: (channels,); ``kernel``: (channels, 3 * channels), for what
    comes before, for the place itself and for what comes after.
    """

    gain: Floats
    shift: Floats
    kernel: Floats
    bias: Floats


@dataclass(frozen=True)
class SmallEncoder:
    """A fitted network. W words, C channels of a word, D of a sentence, S surface measures.

    ``keys``: (W,) hashes of the words; ``table``: (W + 2, C) 8-bit rows of the words, of an unknown one and of the
    separator; ``scale``: (W + 2,) what they are multiplied with; ``over_words``: the convolution over words;
    ``over_sentences``: one for each of `STEPS`; ``pool``: (2 * C + S, D), ``pool_bias``: (D,); ``out``: (2 * D, codes),
    ``out_bias``: (codes,); ``reads``: the kinds of visit it reads along.
    """

    keys: NDArray[np.uint64]
    table: NDArray[np.int8]
    scale: Floats
    over_words: Convolution
    over_sentences: tuple[Convolution, ...]
    pool: Floats
    pool_bias: Floats
    out: Floats
    out_bias: Floats
    reads: ClassVar[tuple[Kind, ...]] = ("transcript",)

    def log_odds(self, words: Words, measures: Array) -> Array:
        """Log-odds of every code, (sentences, codes).

        Args:
            words: masked words of a transcript.
            measures: those of `layout.surface`, a row a sentence.
        """
        stream = stream_of(words, len(measures), self._known)
        alone = np.maximum(product(self._pooled(stream, measures), self.pool) + self.pool_bias, 0)
        within = alone
        for layer, step in zip(self.over_sentences, STEPS, strict=True):
            before, at, after = np.split(_multiplied(within, layer), 3, axis=1)
            at[step:] += before[:-step]
            at[:-step] += after[step:]
            within = within + np.maximum(at, 0)
        return np.asarray(product(np.concatenate([alone, within], 1), self.out) + self.out_bias, np.float64)

    def _pooled(self, stream: Stream, measures: Array) -> Floats:
        """Mean and largest of each channel over a sentence's words, then its measures: (sentences, 2 * C + S)."""
        before, at, after, heard = np.split(self._heard.take(stream.row, axis=0), 4, axis=1)
        at[1:] += before[:-1]
        at[:-1] += after[1:]
        heard = heard + np.maximum(at, 0, out=at)
        total, most = _total_and_most(heard, stream)
        return np.concatenate([total / stream.size[:, None], most, measures], axis=1, dtype=np.float32)

    @cached_property
    def _heard(self) -> Floats:
        """What each row of the table gives to the word after it, to its own place, to the word before, and itself."""
        rows = self.table * self.scale[:, None]
        return np.concatenate([_multiplied(rows, self.over_words), rows], axis=1)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """As named arrays; inverse of `from_arrays`."""
        arrays: dict[str, NDArray[Any]] = {field: getattr(self, field) for field in _PLAIN}
        for field in Convolution._fields:
            arrays[f"over_words.{field}"] = getattr(self.over_words, field)
            arrays[f"over_sentences.{field}"] = np.stack([getattr(layer, field) for layer in self.over_sentences])
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> SmallEncoder:
        """From the arrays that `arrays` gave; a KeyError where one is missing."""
        words, sentences = (
            [arrays[f"{name}.{field}"] for field in Convolution._fields] for name in ("over_words", "over_sentences")
        )
        return cls(
            **{field: arrays[field] for field in _PLAIN},
            over_words=Convolution(*words),
            over_sentences=tuple(map(Convolution, *sentences)),
        )

    @cached_property
    def _known(self) -> KeyTable:
        return KeyTable(self.keys)


def stream_of(words: Words, n_sentences: int, known: KeyTable) -> Stream:
    """The run of rows of a visit; a sentence without words has one unknown word.

    >>> stream = stream_of(Words(np.array([7, 9], np.uint64), np.array([0, 0])), 2, KeyTable(np.array([9])))
    >>> stream.row.tolist(), stream.start.tolist(), stream.size.tolist()
    ([2, 1, 0, 2, 1], [1, 4], [2, 1])
    """
    unknown = len(known)
    found = known.find(words.hashes)
    spoken = np.bincount(words.sentence, minlength=n_sentences)
    size = np.maximum(spoken, 1)
    start = np.cumsum(size + 1) - size
    row = np.full(int(size.sum()) + n_sentences, unknown)
    row[start - 1] = unknown + 1
    within = np.arange(len(found)) - np.repeat(np.cumsum(spoken) - spoken, spoken)
    row[start[words.sentence] + within] = np.where(found < 0, unknown, found)
    return Stream(row, start, size)


def _total_and_most(heard: Floats, stream: Stream) -> tuple[Floats, Floats]:
    """Sum and largest of each channel over the words of every sentence.

    Sentence by sentence from the longest on, all first words, then all second ones, and so on: half the time of
    ``reduceat``, which goes through a sentence channel by channel.
    """
    order = np.argsort(-stream.size, kind="stable")
    start, size = stream.start[order], stream.size[order]
    total = heard[start]
    most = total.copy()
    going_on = np.searchsorted(-size, -np.arange(1, size[0]), side="left").tolist()
    for at, n in enumerate(going_on, 1):
        words = heard[start[:n] + at]
        total[:n] += words
        np.maximum(most[:n], words, out=most[:n])
    back = np.argsort(order)
    return total[back], most[back]


def _multiplied(x: Floats, layer: Convolution) -> Floats:
    """What a convolution makes of each row for the one after it, with its bias for its own place, and for the one
    before it, (rows, 3 * channels).
    """
    x = x - x.mean(axis=1, keepdims=True)
    x /= np.sqrt((x * x).mean(axis=1, keepdims=True) + np.float32(_SMALL))
    made = product(x * layer.gain + layer.shift, layer.kernel)
    made[:, x.shape[1] : 2 * x.shape[1]] += layer.bias
    return made
