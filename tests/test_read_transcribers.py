"""JSON of transcription services, in the shapes of their documentation."""

import json
from pathlib import Path

import pytest
from hostile import read_all, spoilt_json
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_nlp.errors import UnreadableFile
from alliance_nlp.read import read_files, read_visits
from alliance_nlp.read.formats import FORMATS
from alliance_nlp.read.json_visits import is_visit

FOLDER = Path(__file__).parent / "data" / "read" / "transcribers"
SAMPLES = sorted(FOLDER.iterdir())
DIALECTS = {row.name: row.dialect for row in FORMATS if row.dialect}
OF_FILE = {"whisperx": "whisper", "openai_diarized": "whisper", "whisper_verbose": "whisper"}
OF_FILE |= {"whispercpp": "whisper"}
OF_FILE |= {"healthscribe_summary": "healthscribe-note"}


def read(name, **options):
    (visit,) = read_visits(FOLDER / name, **options)
    return visit


def turns(name, **options):
    return [(turn.speaker, turn.text, turn.start_s, turn.end_s) for turn in read(name, **options).turns]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_read_transcribers_each_sample_is_of_one_dialect(path):
    data = json.loads(path.read_text())
    name = OF_FILE.get(path.stem) or path.stem.partition("_")[0]
    assert [row for row, dialect in DIALECTS.items() if dialect.fits(data)] == [name]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_read_transcribers_suffix_and_line_do_not_matter(path, tmp_path):
    data = json.loads(path.read_text())
    names = ("a.txt", "b", "c.jsonl")[: 2 if isinstance(data, list) else 3]
    (tmp_path / "a.txt").write_text(path.read_text())
    for name in names[1:]:
        (tmp_path / name).write_text(json.dumps(data))
    (visit,) = read_visits(path)
    for name in names:
        (same,) = read_visits(tmp_path / name)
        assert (same.turns, same.text) == (visit.turns, visit.text)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_read_transcribers_a_visit_with_their_keys_stays_a_visit(path):
    data = json.loads(path.read_text())
    data = (data[0] if isinstance(data, list) else data) | {"visit_id": "v1", "kind": "note", "text": "Walks daily."}
    assert is_visit(data)
    (visit,) = read_all("a.json", json.dumps(data).encode())
    assert (visit.visit_id, visit.text, visit.turns) == ("v1", "Walks daily.", ())


def test_read_transcribers_healthscribe_gives_roles_and_the_name_of_the_job():
    visit = read("healthscribe_transcript.json")
    assert visit.visit_id == "knee-followup-0504"
    assert [(turn.role, turn.speaker) for turn in visit.turns] == [
        ("provider", "CLINICIAN_0"),
        ("patient", "PATIENT_0"),
        ("patient", "PATIENT_1"),
    ]
    assert visit.turns[0].text == "Good morning. How has the knee been since last week?"
    assert (visit.turns[0].start_s, visit.turns[0].end_s, visit.role_confidence) == (0.16, 3.1, None)


def test_read_transcribers_healthscribe_roles_yield_to_the_user():
    visit = read("healthscribe_transcript.json", roles="PATIENT_1=other")
    assert [turn.role for turn in visit.turns] == ["provider", "patient", "other"]


def test_read_transcribers_healthscribe_stream_has_roles_in_its_file():
    visit = read("healthscribe_stream.json")
    assert [(turn.role, turn.text) for turn in visit.turns] == [
        ("provider", "Any pain?"),
        ("patient", "Only at night."),
    ]


def test_read_transcribers_healthscribe_summary_is_a_note():
    visit = read("healthscribe_summary.json")
    assert visit.kind == "note"
    assert visit.text.startswith("Chief complaint:\nRight knee stiffness on rising.\n\nAssessment:\n")
    assert visit.warnings == ("the note was written by AWS HealthScribe",)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "transcribe.json",
            [("spk_0", "Any pain, Martha?", 0.04, 1.2), ("spk_1", "No.", 1.5, 1.8), ("spk_0", "Good.", 2.0, 2.4)],
        ),
        ("transcribe_item_labels.json", [("spk_0", "Ready?", 0.009, 0.5), ("spk_1", "Yes.", 0.9, 1.2)]),
        ("transcribe_channels.json", [("ch_0", "Ready?", 0.1, 0.5), ("ch_1", "Yes.", 0.9, 1.2)]),
        ("transcribe_undiarised.json", [(None, "Any pain? No.", 0.1, 1.8)]),
        ("deepgram_words.json", [("Speaker 0", "Any pain?", 0.08, 0.6), ("Speaker 1", "No.", 1.1, 1.4)]),
        (
            "deepgram_multichannel.json",
            [("Channel 0", "any pain", 0.1, 0.6), ("Channel 1", "no", 1.1, 1.4), ("Channel 0", "good", 2.1, 2.4)],
        ),
        ("assemblyai_plain.json", [(None, "Where does it hurt? Here.", 0.25, 1.9)]),
        ("google_v1.json", [("Speaker 1", "how is the hip", 0.1, 0.9), ("Speaker 2", "much better", 1.5, 2.2)]),
        (
            "google_v2.json",
            [("Speaker 1", "How is the hip?", 0.0, 0.9), ("Speaker 2", "Much better since I walk.", 1.5, 2.8)],
        ),
        ("watson.json", [("Speaker 0", "how did it go", 0.68, 1.9), ("Speaker 2", "really well", 2.3, 3.1)]),
        ("gladia.json", [("Speaker 0", "Ready for one more?", 0.2, 1.4), ("Speaker 1", "One more.", 1.9, 2.5)]),
        ("pyannote.json", [("SPEAKER_01", "Ready for one more?", 1.2, 2.6), ("SPEAKER_00", "One more.", 3.0, 4.0)]),
        ("healthscribe_events.json", [("Channel 0", "Any pain?", 0.3, 0.8), ("Channel 1", "Only at night.", 1.1, 2.0)]),
        ("whispercpp.json", [(None, "How is the shoulder? Better.", 0.0, 2.9)]),
        ("openai_diarized.json", [("Speaker A", "How is the shoulder?", 0.0, 1.9), ("Speaker B", "Better.", 2.2, 2.9)]),
    ],
)
def test_read_transcribers_speakers_words_and_seconds(name, expected):
    assert turns(name) == expected


def test_read_transcribers_deepgram_utterances_go_before_words():
    assert turns("deepgram_utterances.json")[1] == ("Speaker 1", "Garden.", 2.4, 3.1)


def test_read_transcribers_assemblyai_letters_are_no_labels_of_roles():
    visit = read("assemblyai.json")
    assert [turn.speaker for turn in visit.turns] == ["Speaker A", "Speaker C", "Speaker D"]
    assert [turn.end_s for turn in visit.turns] == [1.61, 3.48, 4.48]
    assert visit.role_confidence is not None  # inferred from what is said, not from C and D


def test_read_transcribers_assemblyai_failure_is_named(tmp_path):
    (tmp_path / "a.json").write_text('{"id": "1", "status": "error", "audio_url": "u", "text": null, "words": null}')
    with pytest.raises(UnreadableFile, match="is a failure of the transcriber; transcribe the recording again"):
        next(read_visits(tmp_path / "a.json"))


def test_read_transcribers_whisperx_fills_missing_speakers_and_times_from_words():
    found = turns("whisperx.json")
    assert found[1] == ("SPEAKER_00", "I did 12 on Monday.", 2.9, 4.2)
    assert found[2] == (None, "Mm-hm.", 4.4, 4.9)
    assert "1 turn(s) name no speaker and count as other" in read("whisperx.json").warnings


def test_read_transcribers_whisper_names_no_speaker_and_says_so():
    visit = read("whisper_verbose.json")
    assert [(turn.role, turn.speaker) for turn in visit.turns] == [("other", None)]
    assert "no speaker is named, so every turn counts as other; export the visit with speaker names" in visit.warnings


@pytest.mark.parametrize(
    "data",
    [
        {"segments": [], "language": "en"},
        {"results": {"transcripts": [], "items": []}},
        {"results": {"channels": []}},
        {"Conversation": {"TranscriptSegments": []}},
        {"result": {"transcription": {"utterances": []}}},
        {"output": {"turnLevelTranscription": []}},
    ],
)
def test_read_transcribers_without_words_is_an_error(data, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(data))
    (error,) = read_files([tmp_path / "a.json"])
    assert str(error) == (
        f"{tmp_path / 'a.json'}: visit a has no words; transcribe the recording again, or check for a cut-off end."
    )


def test_read_transcribers_many_in_one_file_with_a_bad_one(tmp_path):
    good = json.loads((FOLDER / "transcribe.json").read_text())
    lines = [json.dumps(one) for one in (good, {"segments": [], "text": ""}, good)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    first, error, last = read_files([tmp_path / "a.jsonl"])
    assert (first.visit_id, error.line, last.visit_id) == ("visit-0504", 2, "visit-0504")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_read_transcribers_spoilt_file_is_a_visit_or_a_sentence(path, data):
    read_all(path.name, data.draw(spoilt_json(json.loads(path.read_text()))))
