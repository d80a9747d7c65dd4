"""CSV and TSV with a row a turn."""

from pathlib import Path

from alliance_nlp.errors import UnreadableFile
from alliance_nlp.read import read_files, read_visits

DATA = Path(__file__).parent / "data" / "read"


def test_read_tables_groups_rows_by_visit():
    first, second = read_visits(DATA / "turns.csv")
    assert (first.visit_id, second.visit_id) == ("7", "8")
    assert [(turn.role, turn.start_s) for turn in first.turns] == [("provider", 13.0), ("patient", 19.0)]
    assert second.turns[0].text == 'Where shall we start, the "big" goal?'


def test_read_tables_without_ids_are_one_visit_named_after_the_file(tmp_path):
    (tmp_path / "v.tsv").write_text("Role\tText\tstart_s\nprovider\tHi, you.\t1.5\npatient\tHello.\t2\n")
    (visit,) = read_visits(tmp_path / "v.tsv")
    assert visit.visit_id == "v"
    assert [(turn.role, turn.text, turn.start_s) for turn in visit.turns] == [
        ("provider", "Hi, you.", 1.5),
        ("patient", "Hello.", 2.0),
    ]


def test_read_tables_takes_speaker_and_role_together(tmp_path):
    (tmp_path / "v.csv").write_text("speaker;role;utterance\nDana;therapist;Hi.\nMartha;client;Hello.\n")
    (visit,) = read_visits(tmp_path / "v.csv")
    assert [(turn.speaker, turn.role) for turn in visit.turns] == [("Dana", "provider"), ("Martha", "patient")]


def test_read_tables_of_excel(tmp_path):
    (tmp_path / "v.csv").write_bytes(
        'sep=;\r\nSpeaker;Text\r\nTherapist;"Two\r\nlines"\r\n\r\nClient;Yes\r\n'.encode("utf-16")
    )
    (visit,) = read_visits(tmp_path / "v.csv")
    assert [turn.text for turn in visit.turns] == ["Two\r\nlines", "Yes"]


def test_read_tables_short_rows_have_blank_cells(tmp_path):
    (tmp_path / "v.csv").write_text("speaker,text,start\nT,Hi.\nC\nC,Hello.,4\n")
    (visit,) = read_visits(tmp_path / "v.csv")
    assert [turn.text for turn in visit.turns] == ["Hi.", "Hello."]


def test_read_tables_read_on_after_rows_that_are_not_together(tmp_path):
    rows = ("a,T,1", "b,T,2", "a,C,3", "c,T,4", "a,T,5", "b,C,6")
    (tmp_path / "v.csv").write_text("\n".join(("visit_id,speaker,text", *rows)))
    found = list(read_files([tmp_path / "v.csv"]))
    assert [one.line if isinstance(one, UnreadableFile) else one.visit_id for one in found] == ["a", "b", 4, "c", 7]


def test_read_tables_with_one_row_a_visit(tmp_path):
    (tmp_path / "v.csv").write_text(
        "visit_id,date,therapist,last_name,text\n"
        'x1,2026-05-04,Dana Reed,Collins,"Therapist: Hi.\nPatient: Hello."\n'
        "x2,2026-05-05,Dana Reed,Allen,Pt tolerated the session well.\n"
    )
    talk, note = read_visits(tmp_path / "v.csv")
    assert [(turn.role, turn.text) for turn in talk.turns] == [("provider", "Hi."), ("patient", "Hello.")]
    assert (talk.date, talk.provider.name, talk.patient.family) == ("2026-05-04", "Dana Reed", "Collins")
    assert (note.visit_id, note.kind, note.text) == ("x2", "note", "Pt tolerated the session well.")


def test_read_tables_a_note_is_a_note_whatever_its_lines_look_like(tmp_path):
    (tmp_path / "v.txt").write_text('note_id\tnote\nn1\t"PT: twice weekly\nOT: once weekly"\n')
    (visit,) = read_visits(tmp_path / "v.txt")
    assert (visit.visit_id, visit.kind) == ("n1", "note")


def test_read_tables_take_a_long_transcript_in_one_cell(tmp_path):
    said = "Therapist: Any pain?\nPatient: A little.\n" * 5000
    (tmp_path / "v.csv").write_text(f'visit_id,transcript\nv1,"{said}"\n')
    (visit,) = read_visits(tmp_path / "v.csv")
    assert len(visit.turns) == 10_000


def test_read_tables_bad_cell_costs_only_its_row(tmp_path):
    (tmp_path / "v.csv").write_text("visit_id,transcript\nv1,%PDF-1.7 Secret\nv2,T: Hi.\n")
    error, visit = read_files([tmp_path / "v.csv"])
    assert (error.line, visit.visit_id) == (2, "v2")


def test_read_tables_takes_of_which_transcript_a_note_is(tmp_path):
    (tmp_path / "v.csv").write_text("visit_id,of,kind,text\nn1,v1,note,P: walk.\nv1,v9,transcript,Any pain?\n")
    note, talk = read_visits(tmp_path / "v.csv")
    assert [(note.kind, note.of), (talk.kind, talk.of)] == [("note", "v1"), ("transcript", None)]
