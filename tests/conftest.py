"""Fixtures that more than one test file uses."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest
from stand_in import StandInModel

# Before numpy comes in: many small fits are ten times slower on several threads than on one.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

from alliance_nlp.cli import main
from alliance_nlp.corpus.gold import read_gold
from alliance_nlp.errors import BadModel

CORPUS = Path(__file__).parents[1] / "corpus"
N_TINY = 12
PLANTED = "Quorvexitz blimpfoddle"


class Run(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def stand_in_model(monkeypatch):
    """The model that every command loads in the test."""
    model = StandInModel()

    def load(path=None):
        if path is not None:
            raise BadModel(path, "there is no such folder")
        return model

    module = ModuleType("alliance_nlp.model")
    module.load = load
    monkeypatch.setitem(sys.modules, "alliance_nlp.model", module)
    monkeypatch.setattr("alliance_nlp.model", module, raising=False)
    return model


@pytest.fixture
def alliance(with_own_model, stand_in_model):
    """Runs ``alliance`` with the arguments given, off a terminal, and a model that is quick."""
    return with_own_model


@pytest.fixture
def with_own_model(capsys, monkeypatch):
    """Runs ``alliance`` with the arguments given, off a terminal, and the models it finds itself."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(*arguments):
        with pytest.raises(SystemExit) as exit_:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Run(exit_.value.code or 0, printed.out, printed.err)

    return run


def plant(gold):
    """The visit with `PLANTED` said at the end of what it says, where no code stands."""
    visit = gold.visit
    if visit.kind == "note":
        return replace(gold, visit=visit.model_copy(update={"text": f"{visit.text}\n{PLANTED}."}))
    turns = [turn.model_copy(update={"text": f"{turn.text} {PLANTED}."}) for turn in visit.turns[-2:]]
    return replace(gold, visit=visit.model_copy(update={"turns": (*visit.turns[:-2], *turns)}))


@pytest.fixture(scope="session")
def corpus_golds():
    """Every visit of the committed corpus, with its gold."""
    return read_gold(CORPUS)


@pytest.fixture(scope="session")
def training_golds(corpus_golds):
    """As few and short training visits as a model can be made of, with the words of `PLANTED` in two of each kind."""
    shortest = {}
    for gold in sorted(corpus_golds, key=lambda gold: len(gold.visit.turns)):
        if gold.split == "train":
            shortest.setdefault((gold.kind, gold.group), gold)
    picked = [[gold for gold in shortest.values() if gold.kind == kind][:N_TINY] for kind in ("transcript", "note")]
    return [plant(gold) if n < 2 else gold for golds in picked for n, gold in enumerate(golds)]


@pytest.fixture(scope="session")
def prepared(training_golds):
    """The tiny model's training visits, ready to fit on."""
    from alliance_nlp.train.fit import names_pipeline, prepare

    return prepare(training_golds, names_pipeline())


@pytest.fixture(scope="session")
def tiny_model(prepared):
    """A model fitted on the training visits: as the shipped one in kind, poor in quality."""
    from alliance_nlp.train.fit import fit_model, inner_folds

    golds = [each.visit for each in prepared]
    meta = {"version": "0.0.1", "seen": sorted(gold.sha256() for gold in golds)}
    return fit_model(prepared, inner_folds(golds), meta=meta)


@pytest.fixture
def tiny_folder(tiny_model, tmp_path):
    """The tiny model's folder."""
    from alliance_nlp.folder import write_folder
    from alliance_nlp.model import new_pipeline

    folder = tmp_path / "en_alliance-0.0.1"
    write_folder(folder, new_pipeline(), tiny_model.coder_weights(), tiny_model.estimator, tiny_model.meta)
    return folder
