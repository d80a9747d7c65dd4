"""Soft labels: what encoders that have not learnt from a visit think of its sentences, by position alone.

``soft_labels.npz`` of a corpus folder holds, of every training transcript, the places of its sentences (turn, start,
end, in characters) and the probability of every code, rounded to 1/255. The fast coder learns from them beside the gold
(distillation, Hinton 2015). They hold no text.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from ..codes import CODE_NAMES
from ..errors import BadCorpus
from .gold import SoftLabels

FILE = "soft_labels.npz"
_LEVELS = 255
_AGAIN = "make it again with alliance train --soft-labels"


def read_soft_labels(folder: Path) -> dict[str, SoftLabels]:
    """Soft labels by visit_id; none where the folder has no such file.

    Raises:
        BadCorpus: the file is not as `write_soft_labels` writes it, or knows other codes.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            about = json.loads(arrays["about"].tobytes())
            places, p, ends = arrays["places"].astype(np.int64), arrays["p"] / _LEVELS, np.cumsum(arrays["sizes"])
        ids, codes = about["visits"], about["codes"]
    except (KeyError, ValueError, OSError, EOFError, BadZipFile):
        raise BadCorpus(str(path), "it holds no soft labels", _AGAIN) from None
    if codes != list(CODE_NAMES):
        raise BadCorpus(str(path), "its codes are others", _AGAIN)
    found = {}
    for visit_id, at, values in zip(ids, np.split(places, ends[:-1]), np.split(p, ends[:-1]), strict=True):
        found[visit_id] = {(turn, start, end): row for (turn, start, end), row in zip(at.tolist(), values, strict=True)}
    return found


def write_soft_labels(path: Path, labels: Mapping[str, SoftLabels]) -> None:
    """Write soft labels by visit_id; the same labels give the same bytes."""
    ids = sorted(labels)
    places = [place for visit_id in ids for place in labels[visit_id]]
    p = [row for visit_id in ids for row in labels[visit_id].values()]
    about = json.dumps({"codes": CODE_NAMES, "visits": ids}).encode()
    arrays: dict[str, NDArray[Any]] = {
        "about": np.frombuffer(about, np.uint8),
        "sizes": np.array([len(labels[visit_id]) for visit_id in ids], np.int32),
        "places": np.array(places, np.int32).reshape(-1, 3),
        "p": np.round(np.array(p).reshape(-1, len(CODE_NAMES)) * _LEVELS).astype(np.uint8),
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    path.write_bytes(buffer.getvalue())
