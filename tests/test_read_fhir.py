"""FHIR resources, Bundles and bulk exports."""

import base64
import json
import socket
from pathlib import Path

import pytest
from documents import TALK, docx_bytes, encrypted_pdf, pdf_bytes, zip_bytes

from alliance_nlp.read import read_files, read_visits

DATA = Path(__file__).parent / "data" / "read"
NOTE = b"Subjective: Pt wants to swim."
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PATIENT = {"resourceType": "Patient", "id": "p7", "name": [{"family": "Collins", "given": ["Martha", "Jo"]}]}
DANA = {"resourceType": "Practitioner", "id": "t2", "name": [{"family": "Reed", "given": ["Dana"], "suffix": ["DPT"]}]}


def attachment(data=NOTE, media_type="text/plain", **more):
    encoded = {} if data is None else {"data": base64.b64encode(data).decode()}
    return {"attachment": {"contentType": media_type, **encoded, **more}}


def document(*contents, **more):
    return {"resourceType": "DocumentReference", "id": "d1", "content": list(contents or [attachment()]), **more}


def bundle(*resources):
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}


def found(tmp_path, resource, name="v.json"):
    (tmp_path / name).write_text(json.dumps(resource))
    return list(read_files([tmp_path / name]))


def test_read_fhir_bundle_of_a_real_shape():
    note, talk, composition = read_visits(DATA / "bundle.json")
    for visit in (note, talk, composition):
        assert (visit.date, visit.patient.id, visit.patient.given) == ("2026-05-04", "400123", "Martha")
        assert (visit.patient.family, visit.patient.aliases) == ("Collins", ("Marty",))
        assert (visit.provider.id, visit.provider.name) == ("t2", "Dana Reed DPT")
    assert (note.visit_id, note.setting) == ("d1", "Outpatient PT")
    assert note.text == "Subjective: Pt wants to dance.\nPlan: balance."
    assert [turn.role for turn in talk.turns] == ["provider", "patient"]
    assert composition.text == "Goals\nWalk a mile\nDance\n\nPlan\n\nHome\nStep-ups daily"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (NOTE, "text/plain"),
        (NOTE, ""),
        (NOTE.decode().encode("utf-16"), "text/plain; charset=utf-16"),
        (b"<html><body><p>" + NOTE + b"</p></body></html>", "text/html; charset=UTF-8"),
        (rb"{\rtf1 " + NOTE + b"}", "application/rtf"),
        (pdf_bytes([NOTE.decode()]), "application/pdf"),
        (docx_bytes(lambda word: word.add_paragraph(NOTE.decode())), WORD),
    ],
)
def test_read_fhir_attachment_of_any_type(data, media_type, tmp_path):
    (visit,) = found(tmp_path, document(attachment(data, media_type)))
    assert (visit.visit_id, visit.kind, visit.text) == ("d1", "note", NOTE.decode())


def test_read_fhir_attached_ccda_keeps_the_id_of_the_resource(tmp_path):
    (visit,) = found(tmp_path, document(attachment((DATA / "ccda.xml").read_bytes(), "application/xml")))
    assert (visit.visit_id, visit.patient.family, visit.date) == ("d1", "Collins", "2026-05-04")
    assert "with her sister" in visit.text


def test_read_fhir_of_several_forms_takes_the_one_that_keeps_its_text(tmp_path):
    forms = (attachment(pdf_bytes(["In the PDF."]), "application/pdf"), attachment(NOTE))
    (visit,) = found(tmp_path, document(*forms))
    assert visit.text == NOTE.decode()


def test_read_fhir_base64_with_line_ends_and_without_padding(tmp_path):
    data = base64.b64encode(NOTE).decode().rstrip("=")
    content = {"attachment": {"data": f"{data[:20]}\n {data[20:]}"}}
    (visit,) = found(tmp_path, document(content))
    assert visit.text == NOTE.decode()


def test_read_fhir_fetches_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "socket", None)
    (error,) = found(tmp_path, document(attachment(None, "application/pdf", url="https://ehr.example/Binary/1")))
    assert str(error).endswith(
        "v.json: DocumentReference d1 only links to its text, and nothing is fetched; "
        "export it with the document inside (base64)."
    )


def test_read_fhir_binary_in_the_same_bundle_is_found(tmp_path):
    binary = {"resourceType": "Binary", "id": "b1", "data": base64.b64encode(NOTE).decode()}
    (visit,) = found(tmp_path, bundle(document(attachment(None, url="Binary/b1")), binary))
    assert visit.text == NOTE.decode()


@pytest.mark.parametrize(
    "reference",
    ["Patient/p7", "https://ehr.example/fhir/Patient/p7", "Patient/p7/_history/3", "urn:uuid:77", "#p7"],
)
def test_read_fhir_patient_by_any_reference(reference, tmp_path):
    resource = document(subject={"reference": reference}, contained=[PATIENT] if reference == "#p7" else [])
    entries = [{"resource": resource}, {"fullUrl": "urn:uuid:77", "resource": PATIENT}]
    (visit,) = found(tmp_path, {"resourceType": "Bundle", "entry": entries})
    assert (visit.patient.given, visit.patient.family) == ("Martha", "Collins")


@pytest.mark.parametrize(
    ("name", "patient"),
    [
        ([{"text": "Martha Jo Collins"}], ("Martha", "Collins", ())),
        ([{"text": "Collins, Martha"}], ("Martha", "Collins", ())),
        ({"family": "Collins", "given": "Martha"}, ("Martha", "Collins", ())),
        (
            [{"use": "nickname", "given": ["Marty"]}, {"use": "official", "family": "Collins", "given": ["Martha"]}],
            ("Martha", "Collins", ("Marty",)),
        ),
        ([{"use": "old", "family": "Hart"}, {"family": "Collins"}], (None, "Collins", ())),
    ],
)
def test_read_fhir_patient_names_as_vendors_write_them(name, patient, tmp_path):
    resources = (document(subject={"reference": "Patient/p7"}), PATIENT | {"name": name})
    (visit,) = found(tmp_path, bundle(*resources))
    assert (visit.patient.given, visit.patient.family, visit.patient.aliases) == patient


def test_read_fhir_names_in_the_reference_will_do(tmp_path):
    resource = document(
        subject={"reference": "Patient/p9", "display": "Martha Collins"},
        author=[{"reference": "Organization/o1"}, {"reference": "Practitioner/t2", "display": "Dana Reed"}],
    )
    (visit,) = found(tmp_path, resource)
    assert (visit.patient.id, visit.patient.given, visit.patient.family) == ("p9", "Martha", "Collins")
    assert (visit.provider.id, visit.provider.name) == ("t2", "Dana Reed")


def test_read_fhir_author_by_role(tmp_path):
    role = {"resourceType": "PractitionerRole", "id": "r1", "practitioner": {"reference": "Practitioner/t2"}}
    (visit,) = found(tmp_path, bundle(document(author=[{"reference": "PractitionerRole/r1"}]), role, DANA))
    assert visit.provider.name == "Dana Reed DPT"


def test_read_fhir_bulk_export_finds_people_in_the_files_beside_it(tmp_path):
    documents = [document(subject={"reference": "Patient/p7"}, author=[{"reference": "Practitioner/t2"}], id=f"d{n}")
                 for n in (1, 2)]  # fmt: skip
    for kind, rows in (("DocumentReference", documents), ("Patient", [PATIENT]), ("Practitioner", [DANA])):
        (tmp_path / f"{kind}.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    visits = list(read_visits(tmp_path))
    assert [(visit.visit_id, visit.patient.given, visit.provider.name) for visit in visits] == [
        ("d1", "Martha", "Dana Reed DPT"),
        ("d2", "Martha", "Dana Reed DPT"),
    ]
    members = [(path.name, path.read_bytes()) for path in sorted(tmp_path.iterdir())]
    (tmp_path / "export.zip").write_bytes(zip_bytes(members))
    assert list(read_visits(tmp_path / "export.zip")) == visits


def test_read_fhir_lines_of_one_file_share_their_people(tmp_path):
    rows = (document(subject={"reference": "Patient/p7"}), {"resourceType": "Encounter", "id": "e1"}, PATIENT)
    (tmp_path / "all.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (visit,) = read_visits(tmp_path / "all.ndjson")
    assert visit.patient.given == "Martha"


def test_read_fhir_list_of_resources_is_as_a_bundle(tmp_path):
    (visit,) = found(tmp_path, [PATIENT, document(subject={"reference": "Patient/p7"}), DANA])
    assert (visit.visit_id, visit.patient.given) == ("d1", "Martha")


def test_read_fhir_withdrawn_documents_are_left_out(tmp_path):
    resources = (document(status="entered-in-error"), document(id="d2", status="current"))
    assert [visit.visit_id for visit in found(tmp_path, bundle(*resources))] == ["d2"]


def test_read_fhir_without_id_goes_by_identifier_or_file(tmp_path):
    plain = {key: value for key, value in document().items() if key != "id"}
    (visit,) = found(tmp_path, plain | {"masterIdentifier": {"value": "urn:oid:1.2.3"}})
    assert visit.visit_id == "urn:oid:1.2.3"
    assert [visit.visit_id for visit in found(tmp_path, bundle(plain, plain))] == ["v-1", "v-2"]


def test_read_fhir_bad_document_costs_only_itself(tmp_path):
    resources = (document(attachment(b"\x89PNG", "image/png")), document(id="d2"))
    error, visit = found(tmp_path, bundle(*resources))
    assert str(error).endswith("v.json!/d1: the attachment is image/png and no text; leave it out.")
    assert visit.visit_id == "d2"


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        (PATIENT, "without DocumentReference or Composition"),
        (bundle(PATIENT), "a Bundle of FHIR without DocumentReference or Composition"),
        (document(attachment(None)), "DocumentReference d1 has no text"),
        (document(attachment(zip_bytes([("v.txt", TALK)]), "application/zip")), "the attachment is an archive"),
        (document(attachment(encrypted_pdf("x", ["Secret"]), "application/pdf")), "the PDF is encrypted"),
        (document({"attachment": {"data": "Secret!"}}), "the base64 of the attachment is broken"),
        ({"resourceType": "Composition", "id": "c1"}, "Composition c1 has no text in its sections"),
    ],
)
def test_read_fhir_without_text_is_one_sentence(resource, why, tmp_path):
    (error,) = found(tmp_path, resource)
    assert why in str(error)
    assert "Secret" not in str(error)


def test_read_fhir_in_itself_ends(tmp_path):
    resource = document()
    for _ in range(9):
        resource = document(attachment(json.dumps(resource).encode(), "application/fhir+json"))
    (error,) = found(tmp_path, resource)
    assert "documents lie in documents more than 4 deep" in str(error)


@pytest.mark.parametrize("wrong", [None, 5, "x", [], ["x"], {}, [None], [{}], {"reference": 5}, [[]], True])
def test_read_fhir_invalid_fields_do_not_matter(wrong, tmp_path):
    fields = ("id", "status", "subject", "author", "context", "date", "masterIdentifier", "identifier", "contained")
    for field in fields:
        (visit,) = found(tmp_path, bundle(document(**{field: wrong}), PATIENT | {"name": wrong, "identifier": wrong}))
        assert visit.text == NOTE.decode()


def test_read_fhir_roster_goes_before_the_resource(tmp_path):
    (tmp_path / "roster.csv").write_text("visit_id,given\nd1,Marta\n")
    visit = next(read_visits(DATA / "bundle.json", roster=tmp_path / "roster.csv"))
    assert (visit.patient.given, visit.patient.family) == ("Marta", "Collins")
