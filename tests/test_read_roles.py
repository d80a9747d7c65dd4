"""Speaker label -> role."""

import pytest

from alliance_nlp.errors import BadOption
from alliance_nlp.read.draft import DraftTurn
from alliance_nlp.read.infer import infer_roles, load_cues, look_swapped
from alliance_nlp.read.roles import Names, assign_roles, find_label, name_words, parse_roles
from alliance_nlp.records import Patient, Provider

NOBODY = Names(frozenset(), frozenset())
ASKS = "Where does it hurt? Any pain when you bend your knee? Tell me about your sleep."
TELLS = "My knee hurts when I climb my stairs, I can't run and I've been sleeping badly."


def assign(*turns, names=NOBODY, roles=None):
    return assign_roles([DraftTurn(text, speaker) for speaker, text in turns], names, parse_roles(roles))


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Therapist", "provider"),
        ("PHYSIO", "provider"),
        ("PT", "provider"),
        ("Pt", "patient"),
        ("pt", "patient"),
        ("Dr. Reed", "provider"),
        ("Nurse Amy", "provider"),
        ("Dana Reed, DPT", "provider"),
        ("Greg (PT)", "provider"),
        ("CLINICIAN_0", "provider"),
        ("PATIENT_0", "patient"),
        ("Client 2", "patient"),
        ("C", "patient"),
        ("T", "provider"),
        ("Louise (wife)", "patient"),
        ("patient_guest", "other"),
        ("Alma (interpreter)", "other"),
    ],
)
def test_read_roles_known_labels(label, role):
    assert find_label(label).role == role


@pytest.mark.parametrize("label", ["Dana", "SPEAKER_00", "Speaker 1", "Ana (Guest)", "Drew", "A"])
def test_read_roles_unknown_labels(label):
    assert find_label(label) is None


def test_read_roles_map_goes_before_labels():
    found = assign(("T", TELLS), ("C", ASKS), roles="C=provider, t=patient")
    assert (found.roles, found.confidence, found.warnings) == (["patient", "provider"], None, [])


def test_read_roles_map_with_a_name_that_nobody_has_is_said():
    turns = (("Dana", ASKS), ("Martha", TELLS))
    assert "--roles names marhta, but no speaker" in assign(*turns, roles="Dana=provider,Marhta=patient").warnings[0]
    assert not assign(*turns, roles="Dana=provider,Martha=patient,Sam=provider").warnings


@pytest.mark.parametrize("roles", ["Dana", "Dana=boss", "=", "=provider", "Dana=patient,Jo", "Jo=patient,jo=other"])
def test_read_roles_map_that_makes_no_sense(roles):
    with pytest.raises(BadOption):
        parse_roles(roles)


def test_read_roles_names_of_the_record_decide():
    names = name_words(Patient(given="Martha", family="Collins", aliases=("Marty",)), Provider(name="Dana Reed"))
    assert assign(("Marty", ASKS), ("Dana", TELLS), names=names).roles == ["patient", "provider"]


def test_read_roles_infers_from_what_is_said():
    found = assign(("A", TELLS), ("B", ASKS), ("A", TELLS))
    assert found.roles == ["patient", "provider", "patient"]
    assert 0.8 <= found.confidence < 1
    assert "roles were inferred from what is said" in found.warnings[0]


def test_read_roles_stay_other_where_uncertain():
    found = assign(("A", "Good morning."), ("B", "Good morning."))
    assert found.roles == ["other", "other"]
    assert found.confidence < load_cues().threshold
    assert "too uncertain" in found.warnings[0]


def test_read_roles_pt_is_the_patient_beside_a_therapist():
    assert assign(("THERAPIST", ASKS), ("PT", TELLS)).roles == ["provider", "patient"]


def test_read_roles_p_and_c_are_told_apart_by_what_is_said():
    found = assign(("P", ASKS), ("C", TELLS))
    assert (found.roles, found.confidence is None) == (["provider", "patient"], False)


def test_read_roles_one_speaker_alone_is_other():
    assert assign(("Dana", ASKS)).roles == ["other"]


def test_read_roles_third_speaker_is_other_and_counted():
    found = assign(("Therapist", ASKS), ("Patient", TELLS), ("Karin", "I drove."))
    assert found.roles == ["provider", "patient", "other"]
    assert "1 more speaker(s) without a role" in found.warnings[0]


def test_read_roles_warns_where_labels_look_swapped():
    found = assign(*[("Therapist", TELLS), ("Patient", ASKS)] * 4)
    assert found.roles[:2] == ["provider", "patient"]
    assert "look swapped" in found.warnings[0]


def test_read_roles_no_warning_where_labels_fit():
    assert assign(*[("Therapist", ASKS), ("Patient", TELLS)] * 4).warnings == []


def test_read_roles_warnings_name_nobody():
    found = assign(("Zelda", TELLS), ("Quentin", ASKS), ("Umberto", "Hm."), (None, "Hello."))
    assert not any(name in " ".join(found.warnings) for name in ("Zelda", "Quentin", "Umberto"))


def test_read_infer_does_not_depend_on_the_order_of_speakers():
    one = infer_roles({"A": [ASKS], "B": [TELLS]}, {}, {})
    other = infer_roles({"B": [TELLS], "A": [ASKS]}, {}, {})
    assert one == other


def test_read_infer_needs_two_speakers():
    assert infer_roles({"A": [ASKS]}, {}, {}) is None


def test_read_infer_swapped_needs_both_sides():
    assert not look_swapped([], [ASKS])
