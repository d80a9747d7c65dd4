"""A model folder: which files it holds, how it is written, and how it is read without running code from it.

``meta.json`` (versions, hashes of the other files and of the training visits, figures), ``config.cfg`` (the spaCy
pipeline), ``coder.npz`` (the sentence coder's arrays), ``estimator.json`` (the visit estimator) and ``README.md`` (the
model card). A file that differs from its hash is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.util import load_config

from .annotate.coder import AllianceCoder
from .annotate.weights import CoderWeights
from .errors import BadModel
from .estimate import EstimatorWeights, dump

FORMAT = 2
META, CONFIG, CODER, ESTIMATOR, CARD = "meta.json", "config.cfg", "coder.npz", "estimator.json", "README.md"
HASHED = (CONFIG, CODER, ESTIMATOR)
LANGUAGE, NAME = "en", "alliance"


class Folder(NamedTuple):
    """What a model folder holds; ``config`` is the spaCy configuration as a dictionary."""

    meta: dict[str, Any]
    config: dict[str, Any]
    coder: dict[str, CoderWeights]
    estimator: dict[str, EstimatorWeights]


def default_folder() -> Path:
    """Folder of the model that comes with the package.

    Raises:
        BadModel: none is there.
    """
    if found := packaged(f"{LANGUAGE}_{NAME}"):
        return found
    raise BadModel("default", "the package carries none", "install alliance_nlp from its wheel, or give a folder")


def find_folder(model: Path | str | None) -> Path:
    """Folder of a model: the default one for None, else the folder given, else the packaged model of that name.

    >>> find_folder("en_alliance") == find_folder(None)
    True
    """
    if model is None:
        return default_folder()
    path = Path(model)
    return path if path.exists() else packaged(path.name if path.name == str(model) else "") or path


def packaged(name: str) -> Path | None:
    """The newest model of a name, with or without its version, that is inside the package or beside it in a checkout.

    >>> packaged("en_nobody") is None
    True
    """
    here = Path(__file__).resolve().parent
    stem, _, version = name.partition("-")
    for home in (here / "models", here.parent / "models"):
        found = [path for path in home.glob("*-*") if path.name.startswith(f"{stem}-") and (path / META).is_file()]
        found = [path for path in found if not version or path.name == name]
        if found:
            return max(found, key=_version)
    return None


def write_folder(
    path: Path | str,
    nlp: Language,
    coder: dict[str, CoderWeights],
    estimator: dict[str, EstimatorWeights],
    meta: dict[str, Any],
) -> None:
    """Write everything but the model card; ``meta`` gets the hashes of the files.

    Args:
        path: the folder, named ``en_<name>-<version>``.
        nlp: the pipeline.
        coder: sentence coders by kind of visit.
        estimator: visit estimators by kind of visit.
        meta: facts of the training, without format, files and hash.
    """
    path = Path(path)
    path.mkdir(parents=True, exist_ok=True)
    nlp.config.to_disk(path / CONFIG)
    AllianceCoder(weights=coder).to_disk(path)
    (path / ESTIMATOR).write_text(json.dumps(dump(estimator), indent=1, sort_keys=True) + "\n", "utf-8")
    facts = {"format": FORMAT, **meta, "files": {name: file_hash(path / name) for name in HASHED}}
    facts["sha256"] = _meta_hash(facts)
    (path / META).write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", "utf-8")


def read_folder(path: Path | str) -> Folder:
    """Read and check a model folder.

    Raises:
        BadModel: a file is missing, was changed, or was made by another format.
    """
    path = Path(path)
    meta = read_meta(path)
    if meta.get("format") != FORMAT:
        raise BadModel(path, f"its format is {meta.get('format')}, this version reads {FORMAT}")
    if meta.get("sha256") != _meta_hash(meta):
        raise BadModel(path, f"{META} was changed")
    for name in HASHED:
        if not (path / name).is_file():
            raise BadModel(path, f"{name} is missing")
        if meta["files"].get(name) != file_hash(path / name):
            raise BadModel(path, f"{name} was changed")
    estimator = json.loads((path / ESTIMATOR).read_text("utf-8"))
    return Folder(
        meta,
        load_config(path / CONFIG),
        AllianceCoder().from_disk(path).weights,
        {kind: EstimatorWeights.model_validate(each) for kind, each in estimator.items()},
    )


def read_meta(path: Path | str) -> dict[str, Any]:
    """``meta.json`` of a model folder."""
    file = Path(path) / META
    if not file.parent.exists():
        raise BadModel(path, "there is no such folder, nor does a model of that name come with the package")
    if not file.is_file():
        raise BadModel(path, f"there is no {META} in it", "give the folder of a model")
    try:
        meta = json.loads(file.read_text("utf-8"))
    except ValueError:
        raise BadModel(path, f"{META} is no JSON") from None
    if not isinstance(meta, dict):
        raise BadModel(path, f"{META} holds no facts")
    return meta


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _meta_hash(meta: dict[str, Any]) -> str:
    """SHA-256 of the facts without the hash itself."""
    rest = {key: value for key, value in meta.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", path.name.rpartition("-")[2]))
