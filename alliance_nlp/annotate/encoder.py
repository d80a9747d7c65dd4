"""A small transformer that reads stretches of talk whole and codes every sentence of them at once.

An optional part of a model: where it is there, its log-odds are averaged with those of the first pass. It hears what
words mean together, which n-grams do not, and costs many times their time. The graph (ONNX) takes word pieces of
one stretch and, by row, which of them belong to each sentence; it gives the log-odds of every code by sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..codes import CODES
from ..errors import MissingExtra
from ..odds import sigmoid
from ..records import Kind
from .layout import Layout
from .pieces import Pieces
from .words import NAME, NUMBER

Array = NDArray[np.float64]

#: Word pieces of a stretch, and of a sentence, at most.
WIDTH, LONGEST = 160, 96
#: How often a talk is read, each time cut at other places.
READINGS = 2
#: What stands for a masked name or number, and before what each role says.
_PLAIN = {NAME: "john", NUMBER: "10"}
_MARKS = (("doctor", ":"), ("patient", ":"), ("family", ":"))
_PROVIDER, _PATIENT, _OTHER = range(3)
_SURE = 1e-5


class Talk(NamedTuple):
    """A visit in word pieces, an entry a sentence. ``mark``: ids that tell who speaks; ``turn``: index of its turn."""

    pieces: list[list[int]]
    mark: list[list[int]]
    turn: list[int]


class Stretch(NamedTuple):
    """Part of a talk that is read at once: piece ids, and (sentence, first piece, end) of each of its sentences."""

    ids: list[int]
    places: list[tuple[int, int, int]]


def talk_of(sentences: Sequence[Sequence[str]], layout: Layout, pieces: Pieces) -> Talk:
    """The masked words of every sentence of a visit in word pieces."""
    marks = [pieces.of_words(words) for words in _MARKS]
    said_by = np.where(layout.provider, _PROVIDER, np.where(layout.patient, _PATIENT, _OTHER)).tolist()
    ids = [pieces.of_words(_PLAIN.get(word, word) for word in words)[:LONGEST] for words in sentences]
    return Talk([each or [pieces.unknown] for each in ids], [marks[role] for role in said_by], layout.turn.tolist())


def stretches(talk: Talk, pieces: Pieces, first: int = WIDTH) -> list[Stretch]:
    """Cut a talk into stretches of whole sentences, of at most `WIDTH` pieces.

    Args:
        talk: the visit.
        pieces: the vocabulary.
        first: pieces of the first stretch at most, by which the cuts fall elsewhere.
    """
    found: list[Stretch] = []
    at, room = 0, first
    while at < len(talk.pieces):
        ids = [pieces.first]
        places: list[tuple[int, int, int]] = []
        while at < len(talk.pieces):
            starts = not places or talk.turn[at] != talk.turn[at - 1]
            mark = talk.mark[at] if starts else []
            if places and len(ids) + len(mark) + len(talk.pieces[at]) + 1 > room:
                break
            ids += mark
            places.append((at, len(ids), len(ids) + len(talk.pieces[at])))
            ids += talk.pieces[at]
            at += 1
        found.append(Stretch([*ids, pieces.last], places))
        room = WIDTH
    return found


def shares(stretch: Stretch) -> NDArray[np.float32]:
    """(sentences, pieces): the weights by which a sentence is the mean of its pieces."""
    out = np.zeros((len(stretch.places), len(stretch.ids)), np.float32)
    for row, (_, start, end) in enumerate(stretch.places):
        out[row, start:end] = 1 / (end - start)
    return out


@dataclass(frozen=True)
class Encoder:
    """A fitted transformer. ``graph``: the bytes of its ONNX graph; ``vocabulary``: its word pieces by id; ``reads``:
    the kinds of visit it reads along, though it learns from transcripts alone.
    """

    graph: bytes
    vocabulary: tuple[str, ...]
    reads: ClassVar[tuple[Kind, ...]] = ("transcript", "note")

    def log_odds(self, sentences: Sequence[Sequence[str]], layout: Layout) -> Array:
        """Log-odds of every code, (sentences, codes), from the masked words of every sentence of a visit.

        The mean of two readings whose stretches are cut at other places, as a sentence at a cut lacks its neighbours.

        Raises:
            MissingExtra: onnxruntime is not installed.
        """
        total = np.zeros((len(sentences), len(CODES)))
        for at, (logits, *_) in self.readings(sentences, layout):
            total[at] += sigmoid(logits)
        p = np.clip(total / READINGS, _SURE, 1 - _SURE)
        return np.asarray(np.log(p / (1 - p)))

    def readings(self, sentences: Sequence[Sequence[str]], layout: Layout) -> Iterator[tuple[list[int], list[Array]]]:
        """Every stretch of `READINGS` readings: its sentences, and what the graph gives for them, log-odds first.

        One stretch at a time: padding would move the others' rounding.
        """
        talk = talk_of(sentences, layout, self.pieces)
        for reading in range(1, READINGS + 1):
            for stretch in stretches(talk, self.pieces, WIDTH // reading):
                inputs = {"ids": np.array([stretch.ids], np.int64), "share": shares(stretch)}
                found = self._session.run(None, inputs)
                yield [place[0] for place in stretch.places], [each.astype(np.float64) for each in found]

    @cached_property
    def pieces(self) -> Pieces:
        """The vocabulary."""
        return Pieces(self.vocabulary)

    @cached_property
    def _session(self) -> Any:
        try:
            import onnxruntime
        except ModuleNotFoundError:
            raise MissingExtra("a model with an encoder", "encoder") from None
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        # One thread: a batch has its own processes, and sums must not depend on the machine's cores.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(self.graph, options, providers=["CPUExecutionProvider"])

    def __reduce__(self) -> tuple[type[Encoder], tuple[bytes, tuple[str, ...]]]:
        return Encoder, (self.graph, self.vocabulary)
