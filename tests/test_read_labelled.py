"""Labelled text and notes."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance_nlp.errors import AllianceError
from alliance_nlp.read import read_files, read_visits
from alliance_nlp.read.labelled import find_turns, split_label
from alliance_nlp.records import Visit

DATA = Path(__file__).parent / "data" / "read"


def read(name, **options):
    (visit,) = read_visits(DATA / name, **options)
    return visit


def roles(visit):
    return [turn.role for turn in visit.turns]


def test_read_labelled_joins_lines_and_keeps_times():
    visit = read("labelled.txt")
    assert visit.turns[1].text == "Sore in the morning. It eases once I have walked the dog."
    assert [turn.start_s for turn in visit.turns] == [2.0, 5.0, 14.0, 20.0]
    assert visit.turns[2].text.endswith("this month: the garden or the stairs?")


def test_read_labelled_says_that_a_heading_was_left_out():
    assert "text before the first speaker label was left out" in read("labelled.txt").warnings


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("labelled.txt", ["provider", "patient"] * 2),
        ("doctor_patient.txt", ["provider", "patient"] * 2),
        ("inline_tags.txt", ["provider", "patient", "other", "provider"]),
        ("markdown.md", ["provider", "patient", "provider"]),
    ],
)
def test_read_labelled_sample_roles(name, expected):
    assert roles(read(name)) == expected


@pytest.mark.parametrize(
    ("line", "label", "said"),
    [
        ("Therapist: Hi.", "Therapist", "Hi."),
        ("PT:Hi.", "PT", "Hi."),
        ("Dr. Reed: Hi.", "Dr. Reed", "Hi."),
        ("[doctor] Hi.", "doctor", "Hi."),
        ("[SPEAKER_00]: Hi.", "SPEAKER_00", "Hi."),
        ("00:01:02 Dana: Hi.", "Dana", "Hi."),
        ("(1:02) Dana: Hi.", "Dana", "Hi."),
        ("[00:01:02.500] - Dana O'Neil: Hi.", "Dana O'Neil", "Hi."),
        ("Dana (00:01): Hi.", "Dana", "Hi."),
        ("Dana [00:01:02]: Hi.", "Dana", "Hi."),
        ("**Therapist:** Hi.", "Therapist", "Hi."),
        ("- **Pt**: Hi.", "Pt", "Hi."),
        ("> C: Hi.", "C", "Hi."),
    ],
)
def test_read_labelled_split_label(line, label, said):
    found = split_label(line)
    assert (found.label, line[found.said_at :]) == (label, said)


@pytest.mark.parametrize(
    "line", ["No label here.", "at 10:30 we met", "10:30", "see https://x.org", ": hm", "[laughs]x: y: "]
)
def test_read_labelled_no_label(line):
    found = split_label(line)
    assert found is None or find_turns(line) == []


def test_read_labelled_colon_in_a_turn_starts_no_turn():
    text = "T: Here is the plan.\nMonday: ten steps.\nC: Okay.\nT: And then rest.\nlonger: more\nstill more\nand more\n"
    assert [line.label for line in find_turns(text)] == ["T", "C", "T"]


def test_read_labelled_one_who_speaks_once_counts_among_names():
    text = "Dana: Any pain?\nMartha: A bit.\nKarin: I drove.\nDana: Thanks.\nMartha: Yes.\n"
    assert [line.label for line in find_turns(text)] == ["Dana", "Martha", "Karin", "Dana", "Martha"]


def test_read_labelled_user_names_a_label():
    text = "her majesty: Hi.\nmore\nmore\nThe coach of hearts: Hello.\n"
    found = find_turns(text, {"her majesty", "the coach of hearts"})
    assert [line.label for line in found] == ["her majesty", "The coach of hearts"]


@pytest.mark.parametrize(
    "text",
    [
        (DATA / "note.txt").read_text(),
        "S: sore\nO: AROM 0-90\nA: better\nP: HEP",
        "Patient: Martha Collins\nTherapist: Dana Reed\n\nMartha walked better than last week and wants the stairs.",
        "Martha wants to climb the stairs again.",
        "EXAM\nKnee: stable\nHip: sore\nRESULTS\nKnee: clear\nHip: clear\n",
        "Cardio: ok\nHip: sore\nShe walks daily.\nKnee: clear\nShe eats.\nCardio: x\nAll good.\nSo far.\nYes.\n",
    ],
)
def test_read_labelled_note_is_no_talk(text, tmp_path):
    (tmp_path / "n.txt").write_text(text)
    (visit,) = read_visits(tmp_path / "n.txt")
    assert (visit.kind, visit.text, visit.warnings) == ("note", text, ())


SPOKEN = st.text(st.sampled_from("abc .?:[]()0123:-*_\n\t'é"), min_size=1, max_size=40)
LABELS = st.sampled_from(["T", "C", "Dana", "[doctor]", "Dr. Reed", "00:01 Pt", "**Therapist**", "SPEAKER_00", ""])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(LABELS, SPOKEN), max_size=8))
def test_read_labelled_turns_are_found_in_the_file(tmp_path, lines):
    path = tmp_path / "v.txt"
    path.write_text("\n".join(f"{label}: {said}" for label, said in lines), encoding="utf-8")
    file = " ".join(path.read_text(encoding="utf-8").split())
    for visit in read_files([path]):
        if isinstance(visit, Visit):
            at = 0
            for turn in visit.turns:
                at = file.index(" ".join(turn.text.split()), at)
            assert visit.kind == "note" or visit.turns


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["txt", "md", "vtt", "srt", "csv", "tsv", "json", "jsonl", "x"]))
def test_read_any_bytes_give_visits_or_our_errors(tmp_path, data, suffix):
    path = tmp_path / f"v.{suffix}"
    path.write_bytes(data)
    assert all(isinstance(one, Visit | AllianceError) for one in read_files([path]))


def test_read_labelled_disciplines_in_a_note_are_no_speakers():
    assert find_turns("HPI: Knee pain.\nPT: twice weekly.\nOT: once.\nPT: gait training.\nShe agrees.") == []


def test_read_labelled_labels_without_a_word_are_no_visit(tmp_path):
    (tmp_path / "v.txt").write_text("T: \nC:\nT:\n")
    with pytest.raises(AllianceError, match="there is no visit in the file"):
        next(read_visits(tmp_path / "v.txt"))
