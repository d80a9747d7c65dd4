"""Rich text."""

import sys
from pathlib import Path

import pytest

from alliance_nlp.errors import MissingExtra, UnreadableFile
from alliance_nlp.read import read_files, read_visits
from alliance_nlp.records import Visit

DATA = Path(__file__).parent / "data" / "read"


def visit_of(tmp_path, data, name="v.rtf"):
    (tmp_path / name).write_bytes(data)
    (visit,) = read_visits(tmp_path / name)
    return visit


def test_read_rtf_note():
    (visit,) = read_visits(DATA / "note.rtf")
    assert visit.text.split("\n") == [
        "SUBJECTIVE",
        "Pt Renée wants to play the cello again; her pain is 3/10.",
        "Portal message read with her.",
        "Goal: 30 minutes of cello by July",
        "PLAN",
        "We agreed on grip work twice a day – she sets the times.",
    ]


def test_read_rtf_labelled_transcript(tmp_path):
    visit = visit_of(
        tmp_path, rb"{\rtf1\ansi{\b Therapist:} Any pain?\par{\b Patient:} A little \u8211 ? no.\par}", "v.doc"
    )
    assert [(turn.role, turn.text) for turn in visit.turns] == [
        ("provider", "Any pain?"),
        ("patient", "A little – no."),
    ]


def test_read_rtf_transcript_in_a_table(tmp_path):
    rows = b"".join(
        rb"\trowd\intbl %s\cell %s\cell\row" % row for row in ((b"Therapist", b"Hi."), (b"Patient", b"Ho."))
    )
    visit = visit_of(tmp_path, rb"{\rtf1 " + rows + b"}")
    assert [(turn.role, turn.text) for turn in visit.turns] == [("provider", "Hi."), ("patient", "Ho.")]


def test_read_rtf_pictures_are_passed_over(tmp_path):
    picture = rb"{\pict\pngblip " + b"89504e470d0a\n" * 40_000 + b"}"
    assert visit_of(tmp_path, rb"{\rtf1 Walk " + picture + rb"daily.}").text.split() == ["Walk", "daily."]


@pytest.mark.parametrize(
    "data",
    [
        rb"{\rtf1 {\fonttbl" + rb"{\f0\fcharset0 x" * 3000,
        rb"{\rtf1 " + rb'{\field{\*\fldinst{HYPERLINK "x"}}{\fldrslt y}}' * 3000,
        rb"{\rtf1 " + b"{" * 20_000,
        rb"{\rtf1 \u99999999 \uc \f999999999999 }",
        rb"{\rtf1 \pict\bin x}",
        rb"{\rtf1\ansicpg99999 \'ff\'fe}",
        rb"{\rtf1\ansicpgundefined \'ff}",
        rb"{\rtf",
    ],
)
def test_read_rtf_hostile_is_read_soon_or_one_error(data, tmp_path):
    (tmp_path / "v.rtf").write_bytes(data)
    (one,) = read_files([tmp_path / "v.rtf"])
    assert isinstance(one, Visit | UnreadableFile)


def test_read_rtf_too_long_is_said(tmp_path):
    with pytest.raises(UnreadableFile, match="the rich text is longer than any visit"):
        visit_of(tmp_path, rb"{\rtf1 " + b"word " * 2_100_000 + b"}")


def test_read_rtf_names_the_missing_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "striprtf.striprtf", None)
    with pytest.raises(MissingExtra, match=r"reading rich text needs .*'alliance_nlp\[formats\]'"):
        next(read_visits(DATA / "note.rtf"))
