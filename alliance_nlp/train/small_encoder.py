"""Fit one small encoder to what an encoder thinks of the visits it learnt from; needs PyTorch.

It learns the encoder's probabilities (distillation, Hinton 2015) and, as most sentences have no code and tell little
by that, what the encoder makes of each sentence before it tells the codes (hints, Romero 2015).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from spacy.strings import get_string_id

from ..annotate.keys import KeyTable
from ..annotate.small_encoder import STEPS, Convolution, SmallEncoder, stream_of
from ..annotate.weights import allowed
from ..codes import CODES
from ..vectors import general_words, vectors_of
from .encoder import torch_at_hand
from .lessons import Lesson
from .vocabulary import MIN_GROUPS

Array = NDArray[np.float64]

#: Channels of a word and of a sentence; how often a word must be said to have weights of its own.
CHANNELS, SENTENCE_CHANNELS, MIN_SAID = 96, 96, 4
PASSES, RATE, BATCH, WARM_UP, SEED = 18, 3e-3, 400, 50, 0
DROPPED, WORDS_DROPPED = 0.1, 0.05
#: How much the gold counts beside what the encoder thinks.
HARD_SHARE = 0.3
#: Principal components of what the encoder makes of a sentence, and how much they count beside the codes.
HINTS, HINT_WEIGHT = 192, 1.5
#: Empty rows between two visits of a batch, more than the convolutions reach.
_GAP = 2 * sum(STEPS)
_LEVELS = 127


class View(NamedTuple):
    """What an encoder thinks of a transcript, a row a sentence. ``p``: probability of every code; ``hidden``: the
    numbers from which it tells them.
    """

    p: Array
    hidden: Array


class Vocabulary(NamedTuple):
    """Words of the table. ``keys``: their hashes; ``vectors``: general vectors; ``own``: 1 where they have weights of
    their own; ``kept``: whether it is a general word or was said with enough patients to be kept. The last two rows,
    without a key, are the unknown word and the separator.
    """

    keys: NDArray[np.uint64]
    vectors: NDArray[np.float32]
    own: NDArray[np.float32]
    kept: NDArray[np.bool_]


def fit_small(lessons: Sequence[Lesson], views: Sequence[View]) -> SmallEncoder:
    """Teach one small encoder coded transcripts and, by transcript, what the encoder thinks of it."""
    torch = torch_at_hand()
    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # how many add up a sum changes its last bits
    rng = np.random.default_rng(SEED)
    vocabulary = vocabulary_of(lessons)
    known = KeyTable(vocabulary.keys)
    hints = _hints(views)
    parts = [
        _part(torch, lesson, view.p, hint, known) for lesson, view, hint in zip(lessons, views, hints, strict=True)
    ]
    net = _network(torch, vocabulary, parts[0]["measures"].shape[1], hints[0].shape[1])
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.0)
    all_sentences = PASSES * sum(len(part["target"]) for part in parts)
    read = 0
    for _ in range(PASSES):
        for batch in _batches(rng.permutation(len(parts)).tolist(), parts):
            loss, n = _loss(torch, net, _joined(torch, [parts[at] for at in batch]))
            for group in optimiser.param_groups:
                group["lr"] = RATE * min(1.0, (read / BATCH + 1) / WARM_UP) * max(0.02, 1 - read / all_sentences)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            read += n
    return _exported(net.eval(), vocabulary)


def vocabulary_of(lessons: Sequence[Lesson]) -> Vocabulary:
    """General words, and those said in `MIN_SAID` sentences or more; kept are only those of several patients."""
    said = Counter(word for lesson in lessons for sentence in lesson.sentences for word in set(sentence))
    groups = {lesson.group: set[str]() for lesson in lessons}
    for lesson in lessons:
        groups[lesson.group].update(word for sentence in lesson.sentences for word in sentence)
    by_groups = Counter(word for words in groups.values() for word in words)
    often = {word for word, n in said.items() if n >= MIN_SAID}
    general = frozenset(general_words())
    words = tuple(sorted(general | often))
    vectors = np.concatenate([vectors_of(words), np.zeros((2, vectors_of(("a",)).shape[1]))])
    return Vocabulary(
        np.array([get_string_id(word) for word in words], np.uint64),
        (vectors / vectors.std()).astype(np.float32),
        np.array([*(word in often for word in words), True, True], np.float32),
        np.array([*(word in general or by_groups[word] >= MIN_GROUPS for word in words), True, True]),
    )


def _hints(views: Sequence[View]) -> list[Array]:
    """Principal components of what the encoder makes of sentences, all scaled alike."""
    hidden = np.concatenate([view.hidden for view in views])
    parts = PCA(min(HINTS, *hidden.shape), svd_solver="covariance_eigh").fit_transform(hidden)
    return np.split(parts / parts.std(), np.cumsum([len(view.hidden) for view in views])[:-1])


def _part(torch: Any, lesson: Lesson, label: Array, hint: Array, known: KeyTable) -> dict[str, Any]:
    """Tensors of one visit, closed by a gap."""
    n = len(lesson.sentences)
    stream = stream_of(lesson.words, n, known)
    row = np.concatenate([stream.row, np.full(_GAP, len(known) + 1)])
    sentence = np.full(len(row), -1)
    within = np.arange(stream.size.sum()) - np.repeat(np.cumsum(stream.size) - stream.size, stream.size)
    sentence[np.repeat(stream.start, stream.size) + within] = np.repeat(np.arange(n), stream.size)
    mixed = np.where(lesson.told > 0, HARD_SHARE * lesson.gold + (1 - HARD_SHARE) * label, label)
    return {
        "row": torch.tensor(row),
        "sentence": torch.tensor(sentence),
        "there": torch.tensor(np.r_[np.ones(len(stream.row)), np.zeros(_GAP)], dtype=torch.float32),
        "measures": torch.tensor(lesson.measures, dtype=torch.float32),
        "target": torch.tensor(mixed, dtype=torch.float32),
        "hint": torch.tensor(hint, dtype=torch.float32),
        "may": torch.tensor(allowed(lesson.layout), dtype=torch.float32),
    }


def _batches(order: Sequence[int], parts: Sequence[dict[str, Any]]) -> list[list[int]]:
    """Visits of together at most `BATCH` sentences, or one longer visit."""
    batches: list[list[int]] = []
    room = 0
    for at in order:
        n = len(parts[at]["target"])
        if not batches or n > room:
            batches.append([])
            room = BATCH
        batches[-1].append(at)
        room -= n
    return batches


def _joined(torch: Any, parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Visits one after the other; ``sentence`` counts gaps between visits too, which ``real`` leaves out."""
    start = 0
    sentences: list[Any] = []
    real: list[float] = []
    places: list[int] = []
    for part in parts:
        n = len(part["target"])
        sentences.append(torch.where(part["sentence"] >= 0, part["sentence"] + start, -1))
        real += [1.0] * n + [0.0] * _GAP
        places += range(start, start + n)
        start += n + _GAP
    whole = {name: torch.cat([part[name] for part in parts]) for name in ("row", "there", "target", "hint", "may")}
    measures = torch.zeros(start, parts[0]["measures"].shape[1])
    measures[places] = torch.cat([part["measures"] for part in parts])
    more = {"measures": measures, "sentence": torch.cat(sentences), "places": torch.tensor(places)}
    return whole | more | {"real": torch.tensor(real)}


def _network(torch: Any, vocabulary: Vocabulary, n_measures: int, n_hints: int) -> Any:
    nn = torch.nn

    def layers(channels: int, steps: tuple[int, ...]) -> Any:
        convolutions = [nn.Conv1d(channels, channels, 3, padding=step, dilation=step) for step in steps]
        return nn.ModuleList([nn.ModuleList([nn.LayerNorm(channels), each]) for each in convolutions])

    own = nn.Embedding(len(vocabulary.own), CHANNELS)
    nn.init.zeros_(own.weight)
    out = nn.Linear(2 * SENTENCE_CHANNELS, len(CODES))
    nn.init.zeros_(out.weight)
    nn.init.constant_(out.bias, -3.0)
    net = nn.ModuleDict(
        {
            "own": own,
            "general": nn.Linear(vocabulary.vectors.shape[1], CHANNELS),
            "over_words": layers(CHANNELS, (1,)),
            "pool": nn.Linear(2 * CHANNELS + n_measures, SENTENCE_CHANNELS),
            "over_sentences": layers(SENTENCE_CHANNELS, STEPS),
            "out": out,
            "hint": nn.Linear(2 * SENTENCE_CHANNELS, n_hints),
        }
    )
    net.register_buffer("vectors", torch.tensor(vocabulary.vectors))
    net.register_buffer("has_own", torch.tensor(vocabulary.own)[:, None])
    return net.train()


def _loss(torch: Any, net: Any, batch: dict[str, Any]) -> tuple[Any, int]:
    """Cross-entropy of the codes and squared error of the hints, a mean over a batch's sentences; how many they are."""
    functional = torch.nn.functional
    unknown, separator = len(net.has_own) - 2, len(net.has_own) - 1
    row = batch["row"]
    row = torch.where((torch.rand(row.shape) < WORDS_DROPPED) & (row != separator), unknown, row)

    def drop(x: Any) -> Any:
        return functional.dropout(x, DROPPED)

    def heard(x: Any, layers: Any, there: Any) -> Any:
        for norm, convolution in layers:
            x = x + drop(torch.relu(convolution((norm(x) * there).T[None])[0].T))
        return x

    x = drop(net["general"](net.vectors[row]) + net["own"](row) * net.has_own[row])
    x = heard(x, net["over_words"], batch["there"][:, None])
    spoken = batch["sentence"] >= 0
    x, sentence, real = x[spoken], batch["sentence"][spoken], batch["real"][:, None]
    empty = torch.zeros(len(real), x.shape[1])
    sizes = torch.bincount(sentence, minlength=len(real)).clamp(1)[:, None]
    mean = empty.index_add(0, sentence, x) / sizes
    most = empty.scatter_reduce(0, sentence[:, None].expand_as(x), x, "amax", include_self=False)
    alone = torch.relu(net["pool"](drop(torch.cat([mean, most, batch["measures"]], 1)))) * real
    within = heard(alone, net["over_sentences"], real)
    made = drop(torch.cat([alone, within], 1))[batch["places"]]
    entropy = functional.binary_cross_entropy_with_logits(net["out"](made), batch["target"], reduction="none")
    missed = functional.mse_loss(net["hint"](made), batch["hint"])
    return (entropy * batch["may"]).sum() / len(made) + HINT_WEIGHT * missed, len(made)


def _exported(net: Any, vocabulary: Vocabulary) -> SmallEncoder:
    """The trained network as arrays; the table of words is rounded to 8 bits a number."""

    def floats(tensor: Any) -> NDArray[np.float32]:
        return np.ascontiguousarray(tensor.detach().numpy(), np.float32)

    def convolutions(layers: Any) -> tuple[Convolution, ...]:
        return tuple(
            Convolution(
                floats(norm.weight),
                floats(norm.bias),
                np.concatenate([floats(each.weight[:, :, at].T) for at in range(3)], axis=1),
                floats(each.bias),
            )
            for norm, each in layers
        )

    # A word of fewer patients is forgotten once it has been learnt from.
    table = floats(net["general"](net.vectors) + net["own"].weight * net.has_own)[vocabulary.kept]
    scale = np.maximum(np.abs(table).max(axis=1), 1e-6) / _LEVELS
    return SmallEncoder(
        keys=vocabulary.keys[vocabulary.kept[:-2]],
        table=np.rint(table / scale[:, None]).astype(np.int8),
        scale=scale.astype(np.float32),
        over_words=convolutions(net["over_words"])[0],
        over_sentences=convolutions(net["over_sentences"]),
        pool=np.ascontiguousarray(floats(net["pool"].weight).T),
        pool_bias=floats(net["pool"].bias),
        out=np.ascontiguousarray(floats(net["out"].weight).T),
        out_bias=floats(net["out"].bias),
    )
