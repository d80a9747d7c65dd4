"""Standard input."""

import io
import sys
from pathlib import Path

import pytest
from documents import TALK, pdf_bytes
from stand_in import make_visit

from alliance_nlp.errors import UnreadableFile
from alliance_nlp.read import read_files, read_visits, stdin

DATA = Path(__file__).parent / "data" / "read"


@pytest.fixture
def given(monkeypatch):
    """Puts bytes on standard input."""
    return lambda data: monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_read_stdin_names_a_visit_without_id(given):
    given(TALK)
    (visit,) = read_visits("-")
    assert (visit.visit_id, [turn.role for turn in visit.turns]) == ("stdin", ["provider", "patient"])


@pytest.mark.parametrize("name", ["visits.jsonl", "zoom.vtt", "turns.csv", "batch.hl7", "bundle.json", "ccda.xml"])
def test_read_stdin_knows_every_format_by_its_content(name, given):
    given((DATA / name).read_bytes())
    found = list(read_visits("-"))
    assert [visit.turns for visit in found] == [visit.turns for visit in read_visits(DATA / name)]


def test_read_stdin_may_be_binary(given):
    given(pdf_bytes(["Pt wants to swim."]))
    assert next(read_visits("-")).text == "Pt wants to swim."


def test_read_stdin_empty_or_too_long_is_one_sentence(given, monkeypatch):
    given(b"")
    with pytest.raises(UnreadableFile, match="stdin: the file is empty"):
        next(read_visits("-"))
    monkeypatch.setattr(stdin, "MAX_STDIN_BYTES", 10)
    given(TALK)
    (error,) = read_files(["-"])
    assert str(error) == "stdin: standard input is longer than 10 bytes; write it to a file and give that."


@pytest.mark.parametrize("command", ["score", "explain"])
def test_read_stdin_is_a_dash_on_the_command_line(command, given, alliance):
    given(make_visit("v1").model_dump_json().encode())
    run = alliance(command, "-")
    assert run.code == 0
    assert "v1" in run.out
