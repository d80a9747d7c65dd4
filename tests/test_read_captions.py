"""WebVTT and SRT."""

import sys
from pathlib import Path

import pytest
from hostile import read_all, spoilt_text
from hypothesis import given, settings
from hypothesis import strategies as st

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


def spoken(visit):
    return [(turn.speaker, turn.text) for turn in visit.turns]


def test_read_captions_of_zoom_takes_commas_accents_and_numbers_but_no_colon_within():
    assert spoken(read("zoom_gaps.vtt")) == [
        ("Reed, Dana (PT)", "Good morning, Zoë. Two things: the stairs, and the garden."),
        ("Zoë O'Neil", "The stairs are fine. Remember: you said one at a time."),
        ("14155550123", "Hello, it's her husband."),
        ("Reed, Dana (PT)", "Hello. Good to have you."),
        ("Zoë O'Neil", "He helps me."),
    ]


def test_read_captions_of_meet_takes_the_name_above_and_two_speakers_in_one():
    visit = read("meet.vtt")
    assert spoken(visit) == [
        ("Dana Reed", "I wanted to start with what you would like to do again."),
        ("Martha Collins", "Garden. I miss it (laughs) a lot."),
    ]
    assert [(turn.start_s, turn.end_s) for turn in visit.turns] == [(8.0, 16.0), (12.0, 20.0)]


def test_read_captions_of_teams_with_hidden_names_is_other():
    visit = read("teams_hidden.vtt")
    assert spoken(visit) == [(None, "Let's see how the knee bends today. Any pain?")]
    assert "no speaker is named" in visit.warnings[0]


def test_read_captions_with_dashes_are_of_two_speakers(tmp_path):
    (tmp_path / "a.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:04.000\n- Dana: Any pain?\n- Jo: No.\n\n"
        "00:05.000 --> 00:06.000\nDana: Good.\n\n00:07.000 --> 00:08.000\n- Yes.\n- No.\n"
    )
    (visit,) = read_visits(tmp_path / "a.vtt")
    assert spoken(visit) == [("Dana", "Any pain?"), ("Jo", "No."), ("Dana", "Good."), (None, "Yes. No.")]


def test_read_captions_noises_in_brackets_are_no_names(tmp_path):
    (tmp_path / "a.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:04.000\n(door closes)\nDana: Any pain?\n\n00:05.000 --> 00:06.000\nJo: No.\n\n"
        "00:07.000 --> 00:08.000\nDana: Good.\n"
    )
    (visit,) = read_visits(tmp_path / "a.vtt")
    assert spoken(visit) == [(None, "(door closes)"), ("Dana", "Any pain?"), ("Jo", "No."), ("Dana", "Good.")]


def test_read_captions_a_word_before_a_colon_is_no_speaker(tmp_path):
    said = ["Dana: How is it?", "Jo: Fine.", "Listen: it was hard.", "Dana: Go on.", "Ana Ruiz: Hello.", "Jo: My aunt."]
    cues = [f"00:0{n}.000 --> 00:0{n}.900\n{text}\n" for n, text in enumerate(said)]
    (tmp_path / "a.vtt").write_text("\n".join(["WEBVTT\n", *cues]))
    (visit,) = read_visits(tmp_path / "a.vtt")
    assert [speaker for speaker, _ in spoken(visit)] == ["Dana", "Jo", "Dana", "Ana Ruiz", "Jo"]
    assert visit.turns[1].text == "Fine. Listen: it was hard."


def test_read_captions_of_sbv_takes_arrows_as_another_speaker():
    visit = read("youtube.sbv")
    assert spoken(visit) == [
        ("DANA", "How did the stairs go?"),
        ("MARTHA", "Better. I only had to stop once."),
        ("DANA", "That took some practice."),
        (None, "Knock, knock."),
        ("MARTHA", "My daughter is here."),
    ]
    assert (visit.turns[1].start_s, visit.turns[1].end_s) == (4.16, 6.77)


@pytest.mark.parametrize("name", ["zoom_gaps.vtt", "teams.vtt", "meet.vtt", "whisperx.srt", "youtube.sbv"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_read_captions_spoilt_file_is_a_visit_or_a_sentence(name, data):
    read_all(name, data.draw(spoilt_text((DATA / name).read_bytes())))
