"""Fixtures that more than one test file uses."""

import sys
from types import ModuleType
from typing import NamedTuple

import pytest
from stand_in import StandInModel

from alliance_nlp.cli import main
from alliance_nlp.errors import BadModel


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
def alliance(capsys, monkeypatch, stand_in_model):
    """Runs ``alliance`` with the arguments given, off a terminal."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(*arguments):
        with pytest.raises(SystemExit) as exit_:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Run(exit_.value.code or 0, printed.out, printed.err)

    return run
