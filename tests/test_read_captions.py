"""WebVTT and SRT."""

import sys
from pathlib import Path

import pytest

from alliance_nlp.errors import MissingExtra
from alliance_nlp.read import read_visits

DATA = Path(__file__).parent / "data" / "read"


def read(name, **options):
    (visit,) = read_visits(DATA / name, **options)
    return visit


def test_read_captions_of_zoom_joins_a_speaker_who_goes_on():
    turns = read("zoom.vtt").turns
    assert [turn.speaker for turn in turns] == ["Dana Reed", "Martha Collins"] * 2
    assert turns[1].text == "Better, I only had to stop once. I held on to the rail like you said: both hands."
    assert (turns[1].start_s, turns[1].end_s) == (7.0, 13.9)


def test_read_captions_of_zoom_takes_roles_from_the_user():
    visit = read("zoom.vtt", roles={"dana reed": "provider", "Martha Collins": "patient"})
    assert [turn.role for turn in visit.turns] == ["provider", "patient"] * 2
    assert (visit.role_confidence, visit.warnings) == (None, ())


def test_read_captions_of_teams_takes_voices_and_strips_tags():
    turns = read("teams.vtt").turns
    assert [(turn.speaker, turn.text) for turn in turns] == [
        ("Reed, Dana (PT)", "Let's see how the knee bends today. Any pain & swelling?"),
        ("Zoë O'Neil (Guest)", "A bit stiff in the morning."),
    ]


def test_read_captions_of_two_voices_in_one(tmp_path):
    (tmp_path / "a.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:04.000\n<v Dana>Any pain?</v>\n<v Jo>No.</v>\n")
    (visit,) = read_visits(tmp_path / "a.vtt")
    assert [(turn.speaker, turn.text) for turn in visit.turns] == [("Dana", "Any pain?"), ("Jo", "No.")]


def test_read_captions_of_srt_infers_who_is_who():
    visit = read("whisperx.srt")
    assert [(turn.speaker, turn.role) for turn in visit.turns] == [
        ("SPEAKER_01", "provider"),
        ("SPEAKER_00", "patient"),
        ("SPEAKER_01", "provider"),
    ]
    assert visit.turns[1].text == "It's my shoulder, I can't reach the shelf and I've been sleeping badly."
    assert 0.8 <= visit.role_confidence < 1


def test_read_captions_without_speakers_are_other_and_say_so():
    visit = read("no_speakers.vtt")
    assert {turn.role for turn in visit.turns} == {"other"}
    assert "no speaker is named" in visit.warnings[0]


def test_read_captions_counts_damaged_times(tmp_path):
    (tmp_path / "a.srt").write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nHi.\n\n2\n00:00:xx,000 --> 00:00:03,000\nLost.\n"
    )
    (visit,) = read_visits(tmp_path / "a.srt")
    assert "1 captions without a readable time were left out" in visit.warnings


def test_read_captions_without_the_extra_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "webvtt", None)
    with pytest.raises(MissingExtra, match=r"pip install 'alliance_nlp\[formats\]'"):
        read("zoom.vtt")
