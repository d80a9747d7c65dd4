"""Errors a user can act on."""

import inspect

import pytest

from alliance_nlp import errors
from alliance_nlp.errors import AllianceError, BadCorpus, BadModel, BadOffsets, NoVisits, UnreadableFile

EXAMPLES = [
    UnreadableFile("a.txt", "the file is empty", "export it again"),
    UnreadableFile("a.txt", "it is no JSON", "mend the line", line=3),
    NoVisits("folder"),
    errors.BadOption("--roles", "Dana=boss", "use provider, patient or other"),
    errors.MissingExtra("reading captions", "formats"),
    BadModel("m", "coder.npz was changed"),
    BadCorpus("place", "it is not closed", "close it"),
    BadOffsets("v", None, 0, 9),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_errors_say_one_sentence(error):
    sentence = str(error)
    assert isinstance(error, AllianceError)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert not sentence.endswith("..")


def test_errors_every_class_is_an_alliance_error():
    classes = [each for _, each in inspect.getmembers(errors, inspect.isclass) if each.__module__ == errors.__name__]
    assert len(classes) >= 8
    assert all(issubclass(each, AllianceError) for each in classes)


def test_errors_name_the_line_where_one_is_known():
    assert str(UnreadableFile("a.csv", "no column of text", "add one", line=7)).startswith("a.csv, line 7: ")


def test_errors_name_the_turn_where_there_is_one():
    assert "visit v, turn 2:" in str(BadOffsets("v", 2, 0, 9))
    assert "visit v:" in str(BadOffsets("v", None, 0, 9))
