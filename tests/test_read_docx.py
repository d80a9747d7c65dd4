"""Word documents: Teams transcripts, labelled transcripts, notes."""

import sys

import pytest
from documents import docx_bytes, zip_bytes
from docx.oxml import parse_xml

from alliance_nlp.errors import MissingExtra, UnreadableFile
from alliance_nlp.read import read_visits

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def visit_of(tmp_path, build, name="v.docx"):
    (tmp_path / name).write_bytes(docx_bytes(build))
    (visit,) = read_visits(tmp_path / name)
    return visit


def teams(document):
    document.add_heading("PT visit-20260504_103000-Meeting Recording", 1)
    document.add_paragraph("May 4, 2026, 10:30AM\n31m 2s")
    document.add_paragraph("Zoë Réed, PT started transcription")
    for name, clock, said in (
        ("Zoë Réed, PT", "0:03", "Hi Martha."),
        ("Collins, Martha (Guest)", "0:07", "Hello. The stairs are hard."),
        ("Zoë Réed, PT", "1:02:07", "Shall we start there?"),
    ):
        paragraph = document.add_paragraph()
        paragraph.add_run(name).bold = True
        paragraph.add_run(f"   {clock}").add_break()
        paragraph.add_run(said)
    document.add_paragraph("Zoë Réed, PT stopped transcription")


def test_read_docx_teams_transcript(tmp_path):
    visit = visit_of(tmp_path, teams)
    assert [(turn.speaker, turn.start_s, turn.text) for turn in visit.turns] == [
        ("Zoë Réed, PT", 3.0, "Hi Martha."),
        ("Collins, Martha (Guest)", 7.0, "Hello. The stairs are hard."),
        ("Zoë Réed, PT", 3727.0, "Shall we start there?"),
    ]


def test_read_docx_teams_transcript_with_what_is_said_in_a_paragraph_below(tmp_path):
    def build(document):
        for line in ("Dana Reed   0:03", "Hi.", "How are you?", "Martha   0:07", "Fine.", "Dana Reed   0:09", "Good."):
            document.add_paragraph(line)

    assert [turn.text for turn in visit_of(tmp_path, build).turns] == ["Hi. How are you?", "Fine.", "Good."]


@pytest.mark.parametrize("apart", ["\n", None])
def test_read_docx_teams_transcript_of_before_2022(apart, tmp_path):
    def build(document):
        for lines in (
            ("0:0:0.0 --> 0:0:2.400", "Zoë Réed", "Hi Martha."),
            ("0:0:3.10 --> 0:1:7.0", "Martha", "Hello.", "The stairs are hard."),
        ):
            for paragraph in [apart.join(lines)] if apart else lines:
                document.add_paragraph(paragraph)

    assert [(turn.speaker, turn.start_s, turn.text) for turn in visit_of(tmp_path, build).turns] == [
        ("Zoë Réed", 0.0, "Hi Martha."),
        ("Martha", 3.1, "Hello. The stairs are hard."),
    ]


def test_read_docx_labelled_transcript(tmp_path):
    def build(document):
        document.add_paragraph().add_run("Therapist:").bold = True
        document.paragraphs[0].add_run(" Any pain?")
        document.add_paragraph("Patient: A little.")

    assert [turn.role for turn in visit_of(tmp_path, build).turns] == ["provider", "patient"]


def test_read_docx_transcript_in_a_table(tmp_path):
    def build(document):
        rows = (("Time", "Speaker", "Text"), ("0:01", "Therapist", "Any pain?"), ("0:04", "Patient", "Some.\nHere."))
        for row, cells in zip(document.add_table(3, 3).rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text

    turns = visit_of(tmp_path, build).turns
    assert [(turn.role, turn.start_s, turn.text) for turn in turns] == [
        ("provider", 1.0, "Any pain?"),
        ("patient", 4.0, "Some. Here."),
    ]


def test_read_docx_note_with_headings_lists_and_tables_in_their_order(tmp_path):
    def build(document):
        document.add_heading("Subjective")
        document.add_paragraph("Pt wants to climb stairs.", style="List Bullet")
        table = document.add_table(2, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = "Goal", "12 steps by June"
        table.cell(1, 0).text, table.cell(1, 1).text = "Patient's part:", "evening walks"
        document.add_paragraph("Next visit Thursday.")

    visit = visit_of(tmp_path, build)
    assert visit.kind == "note"
    assert visit.text.split("\n") == [
        "Subjective",
        "Pt wants to climb stairs.",
        "Goal: 12 steps by June",
        "Patient's part: evening walks",
        "Next visit Thursday.",
    ]


def test_read_docx_note_reads_with_all_changes_accepted_and_forms_filled_in(tmp_path):
    def build(document):
        document.add_paragraph("Plan")._p.addnext(
            parse_xml(
                f"<w:p {W}><w:r><w:t>Walk</w:t></w:r><w:del><w:r><w:delText> never</w:delText></w:r></w:del>"
                "<w:ins><w:r><w:t xml:space='preserve'> daily</w:t></w:r></w:ins>"
                "<w:sdt><w:sdtContent><w:r><w:t xml:space='preserve'> at home</w:t></w:r></w:sdtContent></w:sdt></w:p>"
            )
        )
        document.element.body.insert(
            0, parse_xml(f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>PT note</w:t></w:r></w:p></w:sdtContent></w:sdt>")
        )

    assert visit_of(tmp_path, build).text == "PT note\nPlan\nWalk daily at home"


def test_read_docx_is_known_by_its_content(tmp_path):
    assert visit_of(tmp_path, lambda document: document.add_paragraph("Pt wants to swim."), "v.zip").kind == "note"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (lambda: docx_bytes(lambda document: None), "there is no text in the document"),
        (lambda: docx_bytes(teams)[:-2000], "damaged"),
        (lambda: zip_bytes([("word/document.xml", b"<w:p>")]), "damaged"),
        (lambda: zip_bytes([("word/document.xml", b" " * 20_000_000)]), "unpacks to too much"),
        (lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "encrypted, or of the kind before 2007"),
    ],
)
def test_read_docx_bad_documents_are_one_sentence(data, why, tmp_path):
    (tmp_path / "v.docx").write_bytes(data())
    with pytest.raises(UnreadableFile, match=why):
        next(read_visits(tmp_path / "v.docx"))


def test_read_docx_names_the_missing_extra(tmp_path, monkeypatch):
    (tmp_path / "v.docx").write_bytes(docx_bytes(teams))
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(MissingExtra, match=r"reading Word documents needs .*'alliance_nlp\[formats\]'"):
        next(read_visits(tmp_path / "v.docx"))
