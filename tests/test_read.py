"""`read_visits` and `read_files`: folders, formats by content, what a bad file costs."""

import json
from pathlib import Path

import pytest

from alliance_nlp.errors import AllianceError, BadOption, NoVisits, UnreadableFile
from alliance_nlp.read import list_files, read_files, read_visits
from alliance_nlp.records import Visit

DATA = Path(__file__).parent / "data" / "read"


def test_read_folder_goes_through_all_folders_in_sorted_order(tmp_path):
    for name in ("b.txt", "a/z.txt", "a/c.txt", ".hidden.txt", "README.md", "scan.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("A note of one line.")
    assert [visit.visit_id for visit in read_visits(tmp_path)] == ["c", "z", "b"]


def test_read_list_files_is_what_a_folder_is_read_from(tmp_path):
    (tmp_path / "b.vtt").touch()
    (tmp_path / "a.json").touch()
    assert [file.name for file in list_files(tmp_path)] == ["a.json", "b.vtt"]


def test_read_folder_without_a_visit_is_an_error(tmp_path):
    (tmp_path / "scan.png").write_bytes(b"\x89PNG")
    with pytest.raises(NoVisits, match="no visit found there"):
        next(read_visits(tmp_path))


def test_read_missing_file_is_an_error(tmp_path):
    with pytest.raises(UnreadableFile, match="there is no such file"):
        next(read_visits(tmp_path / "gone.txt"))


def test_read_visits_comes_one_at_a_time(tmp_path):
    (tmp_path / "a.txt").write_text("A note.")
    (tmp_path / "b.txt").write_bytes(b"")
    visits = read_visits(tmp_path)
    assert next(visits).visit_id == "a"
    with pytest.raises(UnreadableFile, match="the file is empty"):
        next(visits)


def test_read_files_goes_on_after_a_bad_file_and_a_bad_line(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\x00" * 9)
    (tmp_path / "b.jsonl").write_text(
        '{"visit_id": "one", "text": "x"}\n{"turns": 3}\noops\n{"visit_id": "two", "text": "y"}\n'
    )
    found = list(read_files([tmp_path, tmp_path / "gone", DATA / "note.txt"]))
    assert [one.visit_id if isinstance(one, Visit) else type(one).__name__ for one in found] == [
        "UnreadableFile",
        "one",
        "UnreadableFile",
        "UnreadableFile",
        "two",
        "UnreadableFile",
        "note",
    ]
    assert [one.line for one in found if isinstance(one, UnreadableFile)] == [None, 2, 3, None]


@pytest.mark.parametrize(
    ("like", "name"),
    [
        ("zoom.vtt", "captions.txt"),
        ("whisperx.srt", "captions"),
        ("visits.jsonl", "export.txt"),
        ("labelled.txt", "x.log"),
    ],
)
def test_read_knows_a_format_by_its_beginning(like, name, tmp_path):
    (tmp_path / name).write_bytes((DATA / like).read_bytes())
    by_beginning, by_suffix = (list(read_visits(path)) for path in (tmp_path / name, DATA / like))
    assert [visit.turns for visit in by_beginning] == [visit.turns for visit in by_suffix]


@pytest.mark.parametrize("path", sorted(set(DATA.iterdir()) - {DATA / "roster.csv"}), ids=lambda path: path.name)
def test_read_takes_every_sample(path):
    assert all(isinstance(one, Visit) for one in read_files([path]))


def test_read_file_without_any_visit_is_an_error(tmp_path):
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(UnreadableFile, match="there is no visit in the file"):
        next(read_visits(tmp_path / "a.json"))


def test_read_passes_over_the_roster_in_the_folder(tmp_path):
    (tmp_path / "v1.txt").write_text("A note.")
    (tmp_path / "roster.csv").write_text("visit_id,given\nv1,Martha\n")
    (visit,) = read_visits(tmp_path, roster=tmp_path / "roster.csv")
    assert visit.patient.given == "Martha"


def test_read_refuses_a_role_that_is_none(tmp_path):
    with pytest.raises(BadOption, match="use provider, patient or other"):
        next(read_visits(DATA, roles="Dana=boss"))


BAD = {
    "empty.txt": b"",
    "blank.txt": b" \n \n",
    "binary.txt": bytes(range(256)) * 40,
    "scan.txt": b"%PDF-1.7 Secret",
    "nul.txt": b"Therapist: Secret\x00 plan\nPatient: Secret\n",
    "line.txt": b"Secret " * 7_200_000,
    "line.jsonl": b'{"text": "' + b"Secret " * 7_200_000 + b'"}',
    "long.txt": b"Secret " * 300_000,
    "turns.json": b'{"visit_id": "v1", "turns": "Secret"}',
    "turn.json": b'{"visit_id": "v1", "turns": ["Secret"]}',
    "role.json": b'{"visit_id": "v1", "turns": [{"role": "patient", "text": "a"}, {"role": "Secret", "text": "b"}]}',
    "text.json": b'{"visit_id": "v1", "turns": [{"role": "patient", "text": ["Secret"]}]}',
    "name.json": b'{"visit_id": "v1", "turns": [], "patient": {"given": ["Secret"]}}',
    "people.json": b'{"visit_id": "v1", "turns": [], "provider": "Secret"}',
    "cut.json": b'{"visit_id": "v1", "turns": [{"role": "patient", "text": "Secret',
    "nul.json": b'{"turns": [{"role": "patient", "text": "Secret \\u0000"}]}',
    "half.json": b'{"turns": [{"role": "patient", "text": "Secret \\ud83d"}]}',
    "deep.json": b"[" * 200_000,
    "failure.jsonl": b'{"source": "a", "visit_id": null, "error": "Secret", "message": "Secret"}',
    "list.jsonl": b'[{"visit_id": "v1", "text": "Secret"}]',
    "report.json": b'{"visit_id": "v1", "scores": {}, "evidence": ["Secret"]}',
    "neither.json": b'{"visit_id": "v1", "words": "Secret"}',
    "kind.json": b'{"visit_id": "v1", "kind": "Secret", "text": "Secret"}',
    "no_header.vtt": b"00:01.000 --> 00:02.000\nSecret",
    "no_caption.vtt": b"WEBVTT\n\nSecret\n",
    "damaged.srt": b"1\n00:00:01,000 to 00:00:02,000\nSecret\n",
    "columns.csv": b"when,Secret\n1,Secret\n",
    "speakers.csv": b"text,when\nSecret,1\n",
    "header.csv": b"speaker,text\n",
    "quote.csv": b'speaker,text\nDana,"Secret\nMartha,Secret\n',
    "apart.csv": b"visit_id,speaker,text\n1,T,Secret\n2,T,Secret\n1,C,Secret\n",
}


@pytest.mark.parametrize("name", BAD)
def test_read_bad_input_is_one_clear_sentence(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(BAD[name])
    errors = [one for one in read_files([path]) if isinstance(one, AllianceError)]
    assert len(errors) == 1
    sentence = str(errors[0])
    assert sentence.startswith(str(path))
    assert sentence.endswith(".")
    assert "; " in sentence
    assert "\n" not in sentence
    assert "Secret" not in sentence


def test_read_unknown_role_names_visit_turn_and_the_roles(tmp_path):
    path = tmp_path / "role.json"
    path.write_bytes(BAD["role.json"])
    with pytest.raises(
        UnreadableFile, match=r"visit v1 has an unknown role \(turn 1\); use provider, patient or other"
    ):
        next(read_visits(path))


def test_read_folder_names_a_link_that_leads_nowhere_and_reads_on(tmp_path):
    (tmp_path / "a.txt").symlink_to("b.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    (tmp_path / "c.txt").symlink_to("gone.txt")
    (tmp_path / "d.txt").write_text("A note of one line.")
    *errors, visit = read_files([tmp_path])
    assert [Path(error.path).name for error in errors] == ["a.txt", "b.txt", "c.txt"]
    assert visit.visit_id == "d"


def test_read_takes_json_over_several_lines_under_the_name_of_json_lines(tmp_path):
    visit = {"visit_id": "v1", "turns": [{"role": "patient", "text": "Hello."}]}
    for name, data in (("one", visit), ("list", [visit, visit])):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(data, indent=2))
    assert [visit.visit_id for visit in read_visits(tmp_path)] == ["v1"] * 3
