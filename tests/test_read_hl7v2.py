"""HL7 v2 messages with notes."""

import base64
import sys
from pathlib import Path

import pytest
from documents import pdf_bytes

from alliance_nlp.errors import MissingExtra
from alliance_nlp.read import read_files, read_visits

DATA = Path(__file__).parent / "data" / "read"
HEADER = r"MSH|^~\&|EMR|CLINIC|DWH|CLINIC|20260505090000||{}|MSG9|P|2.5.1"
PID = "PID|1||400125^^^CLINIC^MR||Okafor^Ngozi"


def found(tmp_path, *segments, kind="ORU^R01^ORU_R01", end="\r"):
    """What is read from one message."""
    (tmp_path / "v.hl7").write_text(end.join([HEADER.format(kind), *segments, ""]), newline="")
    return list(read_files([tmp_path / "v.hl7"]))


def test_read_hl7v2_mdm_is_a_note_with_patient_provider_and_day():
    visit = next(read_visits(DATA / "batch.hl7"))
    assert (visit.visit_id, visit.kind, visit.date) == ("DOC-778", "note", "2026-05-04")
    assert (visit.patient.id, visit.patient.given, visit.patient.family) == ("400123", "Martha", "Collins")
    assert visit.patient.aliases == ("Marty",)
    assert (visit.provider.id, visit.provider.name) == ("T2", "Dana Reed, DPT")
    assert visit.text.split("\n") == [
        "SUBJECTIVE: Pt reports the stairs are easier & she would like to go to church with her sister again by "
        "Pentecost.",
        "ASSESSMENT: Good carryover. Pain 3|10.",
        "PLAN: We agreed on step-ups, 2^nd set to be tried at home.",
    ]


def test_read_hl7v2_batch_gives_notes_and_attachments_and_passes_over_laboratory_values():
    visits = list(read_visits(DATA / "batch.hl7"))
    assert [visit.visit_id for visit in visits] == ["DOC-778", "RPT-9", "RPT-9-2"]
    assert visits[1].text == (
        "Patient would like to hold the grandchild\nwithout fear of dropping him.\n\nPlan: putty exercises daily."
    )
    assert visits[2].text == "Subjective: Pt wants to get back to bowling.\nPlan: bowling motions next visit."
    assert {visit.provider.name for visit in visits[1:]} == {"Per Lund, OT"}


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_read_hl7v2_takes_any_line_end_and_mllp_frames(end, tmp_path):
    message = end.join([HEADER.format("ORU^R01"), PID, "OBR|1||R1", "OBX|1|TX|||Pt wants to swim.", ""])
    (tmp_path / "v").write_text(f"\x0b{message}\x1c\r" * 2, newline="")
    assert [visit.text for visit in read_visits(tmp_path / "v")] == ["Pt wants to swim."] * 2


def test_read_hl7v2_names_sections_where_a_report_has_several(tmp_path):
    (visit,) = found(
        tmp_path, "OBR|1||R1", "OBX|1|TX|1^SUBJECTIVE||Wants to swim.", "OBX|2|TX|1^SUBJECTIVE||Sleeps well.",
        "OBX|3|TX|2^PLAN||Pool on Friday.",
    )  # fmt: skip
    assert visit.text == "SUBJECTIVE\nWants to swim.\nSleeps well.\nPLAN\nPool on Friday."


def test_read_hl7v2_every_report_of_a_message_is_a_visit(tmp_path):
    visits = found(
        tmp_path, PID, "OBR|1||R1", "OBX|1|FT|||Pt wants to swim.", "OBR|2||R2", "OBX|1|FT|||Pt wants to dance."
    )
    assert [(visit.visit_id, visit.patient.family) for visit in visits] == [("R1", "Okafor"), ("R2", "Okafor")]


def test_read_hl7v2_transcript_in_text(tmp_path):
    (visit,) = found(tmp_path, r"OBX|1|FT|||Therapist: Any pain?\.br\Patient: A little.")
    assert [(turn.role, turn.text) for turn in visit.turns] == [("provider", "Any pain?"), ("patient", "A little.")]


def test_read_hl7v2_other_separators(tmp_path):
    (tmp_path / "v.hl7").write_text("MSH$%~!@$A\rPID$1$$7%%%%MR$$Collins%Martha\rOBX$1$TX$$$Pain 3!F!10, up @ about\r")
    (visit,) = read_visits(tmp_path / "v.hl7")
    assert (visit.text, visit.patient.family) == ("Pain 3$10, up @ about", "Collins")


def test_read_hl7v2_lines_broken_inside_a_field_belong_to_it(tmp_path):
    (visit,) = found(tmp_path, "OBX|1|TX|||SUBJECTIVE", "Pt wants to swim.", "", "PLAN", "Pool on Friday.", end="\n")
    assert visit.text == "SUBJECTIVE\nPt wants to swim.\n\nPLAN\nPool on Friday."


def test_read_hl7v2_attached_pdf(tmp_path):
    data = base64.b64encode(pdf_bytes(["Pt wants to swim."])).decode()
    (visit,) = found(tmp_path, PID, "OBR|1||R1", f"OBX|1|ED|PDF||^application^pdf^Base64^{data}")
    assert (visit.visit_id, visit.text, visit.patient.given) == ("R1", "Pt wants to swim.", "Ngozi")


@pytest.mark.parametrize(
    ("segments", "why"),
    [
        (["OBX|1|NM|718-7||13.2"], "no message in the file has text in it"),
        (["OBX|1|ST|5778-6^Color||Yellow"], "no message in the file has text in it"),
        (["OBX|1|TX|||Secret, taken back.||||||W"], "no message in the file has text in it"),
        (["OBX|1|RP|||https://ehr.example/doc/1"], "only points to its document"),
        (["OBX|1|ED|||^application^pdf^Base64^Secret!"], "the base64 of the attachment is broken"),
        (["OBX|1|ED|||^IM^tiff^Base64^AAAA"], "binary"),
        (["OBX|1|ED|||^application^pdf^Hex^Secret"], "the message is damaged"),
    ],
)
def test_read_hl7v2_without_text_is_one_sentence(segments, why, tmp_path):
    sentences = [str(one) for one in found(tmp_path, PID, "OBR|1||R1", *segments)]
    assert why in sentences[0]
    assert "Secret" not in "".join(sentences)


def test_read_hl7v2_takes_back_no_document(tmp_path):
    (error,) = found(tmp_path, "TXA|1|PN", "OBX|1|TX|||Pt wants to swim.", kind="MDM^T11")
    assert "no message in the file has text" in str(error)


def test_read_hl7v2_bad_message_costs_only_itself(tmp_path):
    good = "\r".join([HEADER.format("ORU^R01"), "OBR|1||R1", "OBX|1|TX|||Pt wants to swim."])
    (tmp_path / "v.hl7").write_text(f"MSH|\rOBX|1|TX|||Secret\r{good}\r", newline="")
    error, visit = read_files([tmp_path / "v.hl7"])
    assert str(error).endswith("v.hl7, line 1: the message is damaged; export it again.")
    assert visit.visit_id == "R1"


def test_read_hl7v2_roster_goes_before_the_message(tmp_path):
    (tmp_path / "roster.csv").write_text("visit_id,given\nDOC-778,Marta\n")
    visit = next(read_visits(DATA / "batch.hl7", roster=tmp_path / "roster.csv"))
    assert (visit.patient.given, visit.patient.family) == ("Marta", "Collins")


def test_read_hl7v2_names_the_missing_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "hl7", None)
    with pytest.raises(MissingExtra, match=r"reading HL7 messages needs .*'alliance_nlp\[formats\]'"):
        next(read_visits(DATA / "batch.hl7"))
