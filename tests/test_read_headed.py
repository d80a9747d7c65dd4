"""Names and times on lines of their own."""

from pathlib import Path

import pytest
from hostile import read_all, spoilt_text
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_nlp.read import read_visits
from alliance_nlp.read.headed import find_headers

DATA = Path(__file__).parent / "data" / "read"


def turns(name):
    (visit,) = read_visits(DATA / name)
    return [(turn.speaker, turn.text, turn.start_s) for turn in visit.turns]


def test_read_headed_otter_leaves_its_title_and_footer_out():
    assert turns("otter.txt") == [
        ("Dana Reed", "Good morning, Zoë. How did the stairs go? Plan: one at a time, we said.", 2.0),
        ("Zoë O'Neil", "Better. I only had to stop once.", 9.0),
        ("Dana Reed", "That took some practice.", 3723.0),
    ]


def test_read_headed_zoom_counts_from_the_first_past_midnight():
    assert turns("zoom_saved.txt") == [
        ("Dana Reed", "Good morning, Martha.", 0.0),
        ("Martha Collins", "Good morning. I did my exercises.", 8.0),
        ("Dana Reed", "All of them?", 14.0),
    ]


def test_read_headed_tabs_between_time_name_and_words():
    assert turns("zoom_tabs.txt")[1] == ("Martha Collins", "Good morning.", 8.0)


def test_read_headed_teams_before_2022_has_both_times():
    text = "0:0:1.0 --> 0:0:3.5\nDana Reed\nAny pain?\n0:0:4.0 --> 0:0:5.0\nJo\nNo.\n"
    assert [header[2:] for header in find_headers(text)] == [("Dana Reed", 1.0, 3.5), ("Jo", 4.0, 5.0)]


@pytest.mark.parametrize(
    "note",
    [
        "Time in  9:30\nTime out  10:15\nPt walked 50 m.",
        "Arrived  9:30\nPt in pain.",
        "Plan  9:30\nHEP.\nAssessment  9:40\nBetter.",
        "walk  0:20\nrest  0:05\nwalk  0:20\n",
    ],
)
def test_read_headed_note_with_times_is_a_note(note, tmp_path):
    (tmp_path / "a.txt").write_text(note)
    (visit,) = read_visits(tmp_path / "a.txt")
    assert (visit.kind, visit.text) == ("note", note)


def test_read_headed_labels_within_do_not_win_over_the_headers():
    assert len(turns("otter.txt")) == 3


@pytest.mark.parametrize("name", ["otter.txt", "zoom_saved.txt", "zoom_tabs.txt"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_read_headed_spoilt_file_is_a_visit_or_a_sentence(name, data):
    read_all(name, data.draw(spoilt_text((DATA / name).read_bytes())))
