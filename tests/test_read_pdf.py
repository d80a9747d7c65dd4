"""PDF with text, scanned, encrypted and broken."""

import io
import logging
import sys

import pytest
from documents import encrypted_pdf, pdf_bytes
from pypdf import PdfReader, PdfWriter

from alliance_nlp.errors import MissingExtra, UnreadableFile
from alliance_nlp.read import read_visits

FIRST = (
    "River Clinic, chart 4711, page 1",
    "SUBJECTIVE: Pt states the stairs are easier (pain 3/10) and she would like to",
    "get to church with her sister again, as she used to do every Sunday before",
    "the fall.",
    "- 12 steps by June",
    "- sleep on the left side",
    "ASSESSMENT: Good carryover of the exercises.",
    "She is worried about the winter and whether the ice will keep her from going",
    "Page 1 of 2",
)
SECOND = ("River Clinic, chart 4711, page 2", "out at all.", "PLAN: She chose step-ups in the evening.", "Page 2 of 2")


def visit_of(tmp_path, data, name="v.pdf"):
    (tmp_path / name).write_bytes(data)
    (visit,) = read_visits(tmp_path / name)
    return visit


def test_read_pdf_note_has_whole_sentences_and_no_page_edges(tmp_path):
    visit = visit_of(tmp_path, pdf_bytes(FIRST, SECOND))
    assert visit.text.split("\n") == [
        "River Clinic, chart 4711, page 1",
        "SUBJECTIVE: Pt states the stairs are easier (pain 3/10) and she would like to get to church with her sister "
        "again, as she used to do every Sunday before the fall.",
        "- 12 steps by June",
        "- sleep on the left side",
        "ASSESSMENT: Good carryover of the exercises.",
        "She is worried about the winter and whether the ice will keep her from going out at all.",
        "PLAN: She chose step-ups in the evening.",
    ]


def test_read_pdf_labelled_transcript_over_pages(tmp_path):
    pages = (["Therapist: Any pain?", "Patient: Yes."], ["Therapist: In the knee?", "Patient: Yes."])
    visit = visit_of(tmp_path, pdf_bytes(*pages))
    assert [(turn.role, turn.text) for turn in visit.turns] == [
        ("provider", "Any pain?"),
        ("patient", "Yes."),
        ("provider", "In the knee?"),
        ("patient", "Yes."),
    ]


def test_read_pdf_scanned_is_said(tmp_path):
    with pytest.raises(UnreadableFile, match=r"the PDF is scanned: .*; run text recognition \(OCR\)"):
        visit_of(tmp_path, pdf_bytes((), ()))


def test_read_pdf_scanned_in_part_is_a_warning(tmp_path):
    visit = visit_of(tmp_path, pdf_bytes(["Pt wants to swim."], ()))
    assert visit.warnings == ("1 of 2 pages have no text; they may be scanned",)


def test_read_pdf_encrypted_is_said(tmp_path):
    with pytest.raises(UnreadableFile, match="the PDF is encrypted; save it without a password"):
        visit_of(tmp_path, encrypted_pdf("secret", FIRST))


def test_read_pdf_that_only_restricts_its_owner_is_read(tmp_path):
    assert visit_of(tmp_path, encrypted_pdf("", ["Pt wants to swim."])).text == "Pt wants to swim."


def test_read_pdf_is_known_by_its_content(tmp_path):
    assert visit_of(tmp_path, pdf_bytes(["Pt wants to swim."]), "v.txt").text == "Pt wants to swim."


@pytest.mark.parametrize("cut", [12, 200, -300])
def test_read_pdf_cut_off_is_one_sentence_and_logs_nothing(cut, tmp_path, caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(UnreadableFile, match=r"damaged|scanned"):
        visit_of(tmp_path, pdf_bytes(FIRST)[:cut])
    assert not caplog.records


def test_read_pdf_of_too_many_pages_is_said(tmp_path):
    writer = PdfWriter()
    page = PdfReader(io.BytesIO(pdf_bytes(["x"]))).pages[0]
    for _ in range(2002):
        writer.add_page(page)
    stream = io.BytesIO()
    writer.write(stream)
    with pytest.raises(UnreadableFile, match="the PDF is longer than any visit"):
        visit_of(tmp_path, stream.getvalue())


def test_read_pdf_names_the_missing_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(MissingExtra, match=r"reading PDF needs .*'alliance_nlp\[formats\]'"):
        visit_of(tmp_path, pdf_bytes(FIRST))
