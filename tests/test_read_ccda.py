"""C-CDA documents."""

import base64
import sys
from pathlib import Path

import pytest
from documents import pdf_bytes

from alliance_nlp.errors import MissingExtra
from alliance_nlp.read import read_files, read_visits

DATA = Path(__file__).parent / "data" / "read"
NOTES = """<component><section><templateId root="2.16.840.1.113883.10.20.22.2.65"/>
<code code="11506-3"/><title>Notes</title>
<text><list><item ID="n1"><paragraph>Pt wants to swim.</paragraph></item><item ID="n2">Pt sings.</item></list></text>
<entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.202"/>
 <id extension="note-1" root="1.2"/><text><reference value="#n1"/></text><effectiveTime value="20260501"/>
 <author><assignedAuthor><id extension="t3"/><assignedPerson><name>Per Lund</name></assignedPerson></assignedAuthor>
 </author></act></entry>
<entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.202"/>
 <text mediaType="application/pdf" representation="B64">{}</text></act></entry>
<entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.202"/>
 <text><reference value="#elsewhere"/></text></act></entry>
</section></component>"""


def with_body(body):
    """The sample with another body."""
    text = (DATA / "ccda.xml").read_text("utf-8")
    start = text.index(" <component><structuredBody>")
    return f"{text[:start]}<component>{body}</component></ClinicalDocument>"


def found(tmp_path, text, name="v.xml"):
    (tmp_path / name).write_text(text)
    return list(read_files([tmp_path / name]))


def test_read_ccda_narrative_is_one_note_without_mere_lists():
    (visit,) = read_visits(DATA / "ccda.xml")
    assert (visit.visit_id, visit.kind, visit.date) == ("note-55", "note", "2026-05-04")
    assert (visit.patient.id, visit.patient.given, visit.patient.family) == ("400123", "Martha", "Collins")
    assert visit.patient.aliases == ("Marty",)
    assert (visit.provider.id, visit.provider.name) == ("1234567893", "Dana Reed DPT")
    assert visit.text == (
        "HISTORY OF PRESENT ILLNESS\nPt would like to get to church\nwith her sister.\nStairs are hard.\nSleeps well."
        "\n\nPLAN OF TREATMENT\nGoal: Climb 12 steps by June\nHome: Step-ups, agreed with her"
    )


def test_read_ccda_notes_in_it_are_visits(tmp_path):
    data = base64.b64encode(pdf_bytes(["Pt wants to dance."])).decode()
    body = f"<structuredBody>{NOTES.format(data)}</structuredBody>"
    first, second, error = found(tmp_path, with_body(body))
    assert (first.visit_id, first.text, first.date) == ("note-1", "Pt wants to swim.", "2026-05-01")
    assert (first.provider.name, first.patient.family) == ("Per Lund", "Collins")
    assert (second.visit_id, second.text, second.date) == ("note-55-2", "Pt wants to dance.", "2026-05-04")
    assert second.provider.name == "Dana Reed DPT"
    assert "a note is only linked to, and nothing is fetched" in str(error)


def test_read_ccda_unstructured_document(tmp_path):
    data = base64.b64encode(rb"{\rtf1 Pt wants to swim.}").decode()
    body = f'<nonXMLBody><text mediaType="text/rtf" representation="B64">{data}</text></nonXMLBody>'
    (visit,) = found(tmp_path, with_body(body), "v.txt")
    assert (visit.visit_id, visit.text, visit.patient.given) == ("note-55", "Pt wants to swim.", "Martha")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<?xml version='1.0'?><METADATA/>", "the XML is no C-CDA document"),
        ("<ClinicalDocument xmlns='urn:hl7-org:v3'><Secret>", "the XML is broken"),
        ("<ClinicalDocument xmlns='urn:hl7-org:v3'/>", "has no body"),
        (with_body("<structuredBody/>"), "there is no text in the document"),
        (with_body("<nonXMLBody><text><reference value='a.pdf'/></text></nonXMLBody>"), "nothing is fetched"),
        (
            "<!DOCTYPE x [<!ENTITY a 'Secret'><!ENTITY b '&a;&a;'>]><ClinicalDocument xmlns='urn:hl7-org:v3'>&b;"
            "</ClinicalDocument>",
            "the XML declares entities",
        ),
        (
            "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><ClinicalDocument xmlns='urn:hl7-org:v3'>&a;"
            "</ClinicalDocument>",
            "the XML declares entities",
        ),
    ],
)
def test_read_ccda_bad_documents_are_one_sentence(text, why, tmp_path):
    (error,) = found(tmp_path, text)
    assert why in str(error)
    assert "Secret" not in str(error)


def test_read_ccda_of_deep_narrative_ends(tmp_path):
    deep = "<list><item>" * 5000 + "Pt wants to swim." + "</item></list>" * 5000
    section = f"<structuredBody><component><section><text>{deep}</text></section></component></structuredBody>"
    (visit,) = found(tmp_path, with_body(section))
    assert visit.text == "Pt wants to swim."


def test_read_ccda_roster_goes_before_the_document(tmp_path):
    (tmp_path / "roster.csv").write_text("file,given\nccda.xml,Marta\n")
    (visit,) = read_visits(DATA / "ccda.xml", roster=tmp_path / "roster.csv")
    assert (visit.patient.given, visit.patient.family) == ("Marta", "Collins")


def test_read_ccda_names_the_missing_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "defusedxml", None)
    with pytest.raises(MissingExtra, match=r"reading C-CDA needs .*'alliance_nlp\[formats\]'"):
        next(read_visits(DATA / "ccda.xml"))
