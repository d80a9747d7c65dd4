"""From data folders to a model folder with its card: what ``alliance train`` does."""

from __future__ import annotations

import importlib.metadata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotate.small_encoder import SmallEncoder
from ..corpus.added import count_added, read_added
from ..corpus.gold import GoldVisit, SoftLabels, read_gold
from ..corpus.soft_labels import read_soft_labels
from ..errors import BadCorpus, BadOption
from ..evaluate.run import HeldOut, cross_validate, evaluate_model, means_by_kind, measure_machine
from ..evaluate.table import (
    NOTES,
    PUBLIC,
    RATINGS,
    REHAB,
    WITHOUT_GOALS,
    Row,
    code_rows,
    evidence_rows,
    machine_rows,
    pair_rows,
    quality_rows,
    rating_rows,
)
from ..folder import CARD, HASHED, read_folder, read_meta, write_folder
from ..model import AllianceModel, load, new_pipeline
from .card import model_card
from .curve import learning_curve
from .encoder import EncoderFit, fit_encoders
from .fit import fit_model, inner_folds, names_pipeline, prepare
from .sentences import Prepared
from .teach import FOLDER, read_small_encoders

Tell = Callable[[str], None]
_LIBRARIES = ("spacy", "scikit-learn", "numpy")


def train(
    folders: Sequence[Path],
    out: Path,
    *,
    add: Sequence[Path] = (),
    encoders: Path | None = None,
    figures: bool = True,
    curve: bool = False,
    jobs: int = 1,
    tell: Tell = lambda _: None,
) -> AllianceModel:
    """Train on every visit of split ``train`` in the folders, and on all of the added files, and write a model folder.

    Args:
        folders: data folders; of a visit that is in several the first is taken.
        out: the folder to write, ``.../en_NAME-VERSION``.
        add: files of a clinic's own visits, coded or merely rated.
        encoders: where to keep the encoders of a model that is to have one (see `fit_encoders`); else it has a small
            one, where a data folder holds those that learnt from these visits.
        figures: whether to cross-validate and test, which takes most of the time, and write the figures to the card.
        curve: whether to measure what more visits add, which takes about as long as 25 trainings.
        jobs: processes at a time; the model's bytes do not depend on it.
        tell: gets a line of progress.

    Raises:
        BadOption: the name of ``out`` is no model name.
        BadCorpus: too few visits, or an added one is not as it should be.
        NoVisits: an added file holds none.
    """
    language, name, version = model_name(out)
    golds = merge_gold(folders)
    added = read_added(add, golds)
    golds += added
    training = [gold for gold in golds if gold.split == "train"]
    tell(f"training on {len(training)} of {len(golds)} visits")
    if added:
        tell(_told(count_added(added)))
    prepared, inner = prepare_training(golds)
    meta: dict[str, Any] = {"lang": language, "name": name, "version": version, **_facts(training)}
    if added:
        meta["added"] = count_added(added)
    if encoders:
        read: EncoderFit | None = fit_encoders(prepared, inner, keep=encoders, jobs=jobs, tell=tell)
    else:
        read = read_small_encoders(prepared, inner, folders)
        tell(f"{'with' if read else 'without'} a small encoder")
    model = fit_model(
        prepared, inner, encoder=read and read.whole, encoded=read and read.log_odds, meta=meta, jobs=jobs
    )
    write_folder(out, new_pipeline(), model.coder_weights(), model.estimator, meta)
    fitted = load(out)
    sections = measure(fitted, golds, folder=out, encoders=read, jobs=jobs, tell=tell) if figures else {}
    if curve:
        meta["learning_curve"] = [point._asdict() for point in learning_curve(prepared, jobs=jobs, tell=tell)]
    meta["figures"] = {title: [list(row) for row in rows] for title, rows in sections.items()}
    write_folder(out, new_pipeline(), model.coder_weights(), model.estimator, meta)
    (out / CARD).write_text(model_card(read_meta(out)), "utf-8")
    tell(f"wrote {out}, {sum((out / file).stat().st_size for file in HASHED) / 1e6:.1f} MB")
    return AllianceModel(*read_folder(out))


def measure(
    model: AllianceModel,
    golds: Sequence[GoldVisit],
    *,
    folder: Path | None = None,
    encoders: EncoderFit | None = None,
    jobs: int = 1,
    tell: Tell = lambda _: None,
) -> dict[str, list[Row]]:
    """Every table of the model card: cross-validated on visits with a fold, the finished model's on the test visits.

    Where producers are kept apart the models have no encoder, as their folds would need encoders of their own; for a
    model with a large one, which is another thing without, that table is left out.
    """
    sections: dict[str, list[Row]] = {}
    folded = [gold for gold in golds if gold.fold is not None]
    if folded:
        tell("cross-validating")
        sections |= cross_validated(golds, strict=False, encoders=encoders, jobs=jobs, tell=tell)
        if encoders is None or isinstance(encoders.whole, SmallEncoder):
            tell("cross-validating with producers apart")
            sections |= cross_validated(golds, strict=True, jobs=jobs, tell=tell)
    for split in sorted({gold.split for gold in golds} - {"train"}):
        tell(f"scoring the {split} visits")
        sections |= tested(model, [gold for gold in golds if gold.split == split], split)
    tell("measuring name swaps, speed and memory")
    sections["Machine"] = list(machine_rows(measure_machine(model, folded or golds, folder)))
    return sections


def kept_encoders(golds: Sequence[GoldVisit], folders: Sequence[Path]) -> EncoderFit | None:
    """The small encoders that the data folders hold for these visits, for `measure` and `cross_validated`."""
    if not any((folder / FOLDER).is_dir() for folder in folders):
        return None
    return read_small_encoders(*prepare_training(golds), folders)


def prepare_training(golds: Sequence[GoldVisit]) -> tuple[list[Prepared], NDArray[np.int64]]:
    """The visits that train, prepared, and the inner fold of each."""
    training = [gold for gold in golds if gold.split == "train"]
    return prepare(training, names_pipeline()), inner_folds(training)


def cross_validated(
    golds: Sequence[GoldVisit],
    *,
    strict: bool,
    encoders: EncoderFit | None = None,
    jobs: int = 1,
    tell: Tell = lambda _: None,
) -> dict[str, list[Row]]:
    """Tables of a cross-validation; with ``strict`` of what depends on AnnoMI's producers being apart."""
    held = cross_validate(golds, strict=strict, encoders=encoders, jobs=jobs, tell=tell)
    return cross_validated_rows(held, strict=strict)


def cross_validated_rows(held: HeldOut, *, strict: bool) -> dict[str, list[Row]]:
    """`cross_validated` of answers that are there."""
    figures = held.where(lambda gold: gold.fold is not None).figures()
    spoken = figures["transcript"]
    if strict:
        return {
            "Cross-validated, producers apart": [
                *quality_rows(spoken, "public visits"),
                *evidence_rows(spoken, PUBLIC, "public visits"),
                *rating_rows(spoken, RATINGS, "public visits"),
            ]
        }
    sections = {
        "Cross-validated, public visits": [
            *evidence_rows(spoken, PUBLIC, "public visits"),
            *rating_rows(spoken, RATINGS, "public visits"),
            *quality_rows(spoken, "public visits"),
            *code_rows(spoken, "public visits"),
        ]
    }
    if "note" in figures:
        written = figures["note"]
        sections["Cross-validated, notes of the public visits"] = [
            *evidence_rows(written, NOTES, "public notes"),
            *rating_rows(written, {}, "public notes"),
            *code_rows(written, "public notes"),
        ]
    drawn = held.where(lambda gold: gold.fold is None)
    source = "rehabilitation" if {gold.source for gold in drawn.golds} == {"rehab"} else "other"
    for kind, figures_of_kind in drawn.figures().items():
        where = f"{source} {kind}s"
        sections[f"Cross-validated, {where} for training"] = [
            *evidence_rows(figures_of_kind, WITHOUT_GOALS, where),
            *rating_rows(figures_of_kind, {}, where),
            *pair_rows(figures_of_kind, where),
            *code_rows(figures_of_kind, where),
        ]
    return sections


def tested(model: AllianceModel, golds: Sequence[GoldVisit], split: str) -> dict[str, list[Row]]:
    """Tables of the finished model on visits it has not seen."""
    held, _ = evaluate_model(model, golds)
    return tested_rows(held, split)


def tested_rows(held: HeldOut, split: str) -> dict[str, list[Row]]:
    """`tested` of answers that are there."""
    sections: dict[str, list[Row]] = {}
    for kind, figures in held.figures().items():
        where = f"{split} {kind}s"
        goals = REHAB if kind == "transcript" else NOTES
        sections[f"Finished model, {where} ({sum(gold.kind == kind for gold in held.golds)})"] = [
            *evidence_rows(figures, goals, where),
            *rating_rows(figures, {part: (float("nan"), 0.85) for part in RATINGS}, where),
            *pair_rows(figures, where),
            *code_rows(figures, where),
        ]
    return sections


def merge_gold(folders: Sequence[Path]) -> list[GoldVisit]:
    """Gold visits of several folders with their soft labels; of a visit that is in several the first is taken."""
    merged: dict[str, GoldVisit] = {}
    soft: dict[str, SoftLabels] = {}
    for folder in folders:
        for gold in read_gold(folder):
            merged.setdefault(gold.visit.visit_id, gold)
        soft = read_soft_labels(folder) | soft
    if not merged:
        raise BadCorpus("training data", "no folder was given", "give one with --data")
    return [replace(gold, soft=soft.get(visit_id, {})) for visit_id, gold in merged.items()]


def model_name(out: Path) -> tuple[str, str, str]:
    """Language, name and version from a model folder's name.

    >>> model_name(Path("models/en_alliance-0.1.0"))
    ('en', 'alliance', '0.1.0')
    """
    stem, _, version = out.name.partition("-")
    language, _, name = stem.partition("_")
    if language != "en" or not name or not version or not version[0].isdigit():
        raise BadOption("--output", str(out), "name the folder en_NAME-VERSION, e.g. en_alliance-0.1.0")
    return language, name, version


def _told(added: Mapping[str, int]) -> str:
    """What the added visits are, in a line."""
    line = f"of them {added['visits']} added: {added['coded']} coded, {added['rated']} rated"
    if added["merely_rated"]:
        line += f"; {added['merely_rated']} without codes train the estimator alone"
    if added["coded_empty"]:
        line += (
            f"; {added['coded_empty']} have empty codes and teach that nothing in them is a code: "
            "take the key out where nobody coded them"
        )
    return line


def _facts(training: Sequence[GoldVisit]) -> dict[str, Any]:
    """What the model remembers of its training: counts, hashes, mean ratings, versions; no text."""
    counts = Counter(f"{gold.source} {gold.kind}s" for gold in training)
    return {
        "alliance_nlp": importlib.metadata.version("alliance_nlp"),
        "libraries": {name: importlib.metadata.version(name) for name in _LIBRARIES},
        "trained_on": dict(sorted(counts.items())),
        "rating_means": means_by_kind(training),
        "seen": sorted(gold.sha256() for gold in training),
    }
