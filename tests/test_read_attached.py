"""Documents inside records."""

import pytest

from alliance_nlp.errors import UnreadableFile
from alliance_nlp.read.attached import Attachment, Record, iso_day, person, read_attached
from alliance_nlp.read.draft import Draft
from alliance_nlp.read.source import MAX_FILE_BYTES, Source

SOURCE = Source.in_memory("v.json", b"{}")


def test_read_attached_record_goes_before_its_document():
    record = Record("v1", 3, date="2026-05-04", patient={"given": "Martha"})
    inside = [
        Draft("x", "note", text="a", date="2020-01-01", patient={"given": "Ann"}, provider={"name": "Dana"}),
        UnreadableFile("v.json!/x", "it is damaged", "export it again"),
        Draft("y", "note", text="b"),
    ]
    first, error, second = record.fill(inside)
    assert (first.visit_id, first.date, first.patient, first.provider) == (
        "v1",
        "2026-05-04",
        {"given": "Martha"},
        {"name": "Dana"},
    )
    assert (error.line, second.visit_id, second.line) == (3, "v1-2", 3)


def test_read_attached_name_is_that_of_the_document_in_its_record():
    with pytest.raises(UnreadableFile, match=r"^v\.json!/d1\.pdf: the PDF is damaged"):
        list(read_attached(SOURCE, Attachment("d1", b"%PDF-1.4 x", "application/pdf")))


def test_read_attached_charset_that_is_wrong_is_found_out():
    text = "Zoë wants to swim."
    for media_type in ("text/plain; charset=nonsense", "text/plain; charset=us-ascii", 'text/plain;charset="UTF-8"'):
        (draft,) = read_attached(SOURCE, Attachment("d1", text.encode(), media_type))
        assert draft.text == text


def test_read_attached_too_long_is_refused_before_it_is_decoded():
    with pytest.raises(UnreadableFile, match="the attachment is longer than"):
        list(read_attached(SOURCE, Attachment("d1", "A" * (2 * MAX_FILE_BYTES + 1))))


@pytest.mark.parametrize(
    ("stamp", "day"),
    [("20260504", "2026-05-04"), (" 202605041030-0500", "2026-05-04"), ("202605", None), ("", None), ("May 4th", None)],
)
def test_read_attached_days_of_hl7(stamp, day):
    assert iso_day(stamp) == day


def test_read_attached_person_of_nothing_is_none():
    assert person(None, "", None, [""]) is None
