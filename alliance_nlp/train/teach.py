"""Small encoders of a data folder: teaching one for every inner fold, and reading those that are there.

Each is taught by the encoder that learnt from the same visits what it thinks of them, so that nothing of a held-out
visit reaches the one it is measured with. They lie in ``small_encoders`` of a data folder, named by what they learnt
from, and hold no text: hashes of words, and weights.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from ..annotate.encoder import READINGS, Encoder
from ..annotate.small_encoder import SmallEncoder
from ..codes import CODES
from ..errors import BadCorpus
from ..odds import sigmoid
from .encoder import EncoderFit, Tell, fit_of, taught, torch_at_hand
from .encoder_graph import with_hidden
from .lessons import Lesson, courses_of, lessons_by_course
from .sentences import Prepared
from .small_encoder import View, fit_small

FOLDER = "small_encoders"


def read_small_encoders(
    prepared: Sequence[Prepared], inner: NDArray[np.int64], folders: Iterable[Path]
) -> EncoderFit | None:
    """The small encoders that learnt from these very visits, if a data folder holds them; see `teach_small_encoders`.

    Args:
        prepared: training visits of both kinds.
        inner: inner fold of each.
        folders: data folders.

    Raises:
        BadCorpus: a file is not as it was written.
    """
    kept = {file.stem: file for folder in folders for file in (folder / FOLDER).glob("*.npz")}
    if not kept:
        return None
    courses = courses_of(prepared, inner)
    if any(each.name not in kept for each in courses):
        return None
    fitted = {each.fold: _read(kept[each.name]) for each in courses}
    return fit_of(fitted, prepared, inner, lambda encoder, visit: encoder.log_odds(visit.words, visit.measures))


def teach_small_encoders(
    prepared: Sequence[Prepared],
    inner: NDArray[np.int64],
    out: Path,
    *,
    teachers: Path,
    jobs: int = 1,
    tell: Tell = lambda _: None,
) -> None:
    """Write a small encoder for every inner fold and one for all, on the coded transcripts among the visits.

    Args:
        prepared: training visits of both kinds.
        inner: inner fold of each.
        out: folder they are written to, named by what they learnt from; one that is there is left as it is.
        teachers: folder of the encoders that teach them; see `fit_encoders`.
        jobs: how many are taught at a time.
        tell: gets a line of progress.

    Raises:
        MissingExtra: PyTorch, or what the encoders need, is not installed.
    """
    torch_at_hand()
    courses = courses_of(prepared, inner)
    missing = [each for each in courses if not (out / f"{each.name}.npz").exists()]
    encoders = taught(missing, prepared, keep=teachers, jobs=jobs, tell=tell)
    tell(f"teaching {len(missing)} small encoders, {len(courses) - len(missing)} are there")
    out.mkdir(parents=True, exist_ok=True)
    lessons = lessons_by_course(missing, prepared)
    Parallel(n_jobs=jobs)(
        delayed(_teach_into)(out / f"{each.name}.npz", lessons[each.fold], encoders[each.fold]) for each in missing
    )


def _read(file: Path) -> SmallEncoder:
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
            return SmallEncoder.from_arrays(dict(arrays))
    except (KeyError, ValueError, OSError, EOFError, BadZipFile):
        why = "take it out, and make it again with alliance train --small-encoders"
        raise BadCorpus(str(file), "it holds no small encoder", why) from None


def _teach_into(file: Path, lessons: Sequence[Lesson], teacher: Encoder) -> None:
    """Teach a small encoder and write it, whole or not at all."""
    part = file.with_suffix(".part.npz")
    np.savez_compressed(part, **fit_small(lessons, views_of(lessons, teacher)).arrays())  # type: ignore[arg-type]
    part.replace(file)


def views_of(lessons: Sequence[Lesson], teacher: Encoder) -> list[View]:
    """What an encoder thinks of transcripts, a mean of its readings as in `Encoder.log_odds`."""
    teacher = replace(teacher, graph=with_hidden(teacher.graph))
    return [_view_of(lesson, teacher) for lesson in lessons]


def _view_of(lesson: Lesson, teacher: Encoder) -> View:
    n = len(lesson.sentences)
    p, hidden = np.zeros((n, len(CODES))), np.zeros((n, 0))
    for at, (logits, made) in teacher.readings(lesson.sentences, lesson.layout):
        if not hidden.size:
            hidden = np.zeros((n, made.shape[1]))
        p[at] += sigmoid(logits) / READINGS
        hidden[at] += made / READINGS
    return View(p, hidden)
