"""Whose name it is that is said: the patient's, the provider's, a third person's or nobody's."""

from __future__ import annotations

import pytest
from marked_lines import MARTHA, NLP, check_marked, found_in, visit_of

from alliance_nlp.annotate.names import find_names
from alliance_nlp.parse import parse_visit
from alliance_nlp.records import Patient


def test_owners_of_provider_and_third_persons_are_not_the_patients() -> None:
    lines = [
        "P: Hi, I'm Dana. Dr. Patel referred you.",
        "C: Yes. My husband Jim drove me. Thanks, Dana.",
        "P: How is your wife Ruth? Is the other Martha here?",
    ]
    assert found_in(visit_of(lines, MARTHA, "Dana Reed, DPT")) == []
    doc = parse_visit(visit_of(lines, MARTHA, "Dana Reed, DPT"), NLP)
    persons = [doc[start:end].text for start, end in find_names(doc).persons]
    assert persons == ["Dana", "Dr. Patel", "Jim", "Dana", "Ruth", "Martha"]


def test_owners_other_person_in_the_room() -> None:
    lines = ["P: Hi, Martha. This is Beth, she's a student with us.", "C: Hi.", "P: Beth, grab the tape.", "O: Sure."]
    assert [(turn, label) for turn, label, _, _ in found_in(visit_of(lines, MARTHA))] == [(0, "name_vocative")]


def test_owners_bystander_who_answers_is_not_the_patient() -> None:
    check_marked(
        [
            "P: Priya, can you get the walker?",
            "O: Sure.",
            "P: Thanks. <name_vocative>Dmitri</>, up you get.",
        ],
        Patient(given="Dmitri", family="Volkov"),
    )
    check_marked(
        [
            "P: Grab the tape, Lois.",
            "O: Here.",
            "P: Now, <name_vocative>Jorge</>, tell me when it pulls.",
        ],
    )


def test_owners_parent_who_answers_as_the_patient_is_named_too() -> None:
    check_marked(
        [
            "P: Hi, <name_vocative>Noah</>. Hi, <name_vocative>Shanice</>, how did he sleep?",
            "C: He slept all night.",
        ],
        Patient(given="Noah"),
    )


def test_owners_partner_shown_by_the_patient_is_another() -> None:
    check_marked(
        [
            "C: This is Ilka. She came along.",
            "P: Ilka, nice to meet you.",
            "O: Hi.",
        ],
        Patient(given="Zsolt"),
    )


def test_owners_provider_of_the_same_name() -> None:
    check_marked(
        [
            "P: Hi, I'm Anna, your therapist. Come in, <name_vocative>Anna</>. Ask for Anna at the desk.",
        ],
        Patient(given="Anna", family="Kowal"),
        provider="Anna Reed, PT",
    )


def test_owners_same_given_name_with_another_family_name() -> None:
    check_marked(
        [
            "P: That was Ana Torres. Ana T. is early. Sit, <name_vocative>Ana</>.",
        ],
        Patient(given="Ana", family="Figueiredo"),
    )


def test_owners_same_given_name_of_a_student() -> None:
    check_marked(
        [
            "P: <name_vocative>Sam</>, this is Sam, my student. Sit, <name_vocative>Sam</>.",
        ],
        Patient(given="Sam", family="Ortiz"),
    )


def test_owners_same_family_name_with_another_title() -> None:
    check_marked(
        [
            "P: Hello, <name_vocative>Mrs. Long</>. Mr. Long may be right. Sit, <name_vocative>Mrs. Long</>.",
        ],
        Patient(given="Mei", family="Long"),
    )


def test_owners_asked_for_who_it_is() -> None:
    check_marked(
        [
            "P: Is it <name_vocative>Ibtisam</>? Am I saying that right?",
            "C: Yes.",
        ],
    )
    check_marked(
        [
            "P: Hi there. <name_vocative>Elizaveta</>, is it?",
            "C: Yes.",
        ],
    )
    check_marked(
        [
            "P: It's <name_vocative>Lachie</>, isn't it?",
            "C: Yes.",
        ],
    )
    check_marked(
        [
            "P: I've <name_vocative>Mr Pillai</> down for ten.",
            "C: Yes.",
        ],
    )


def test_owners_question_which_one_is_a_call() -> None:
    check_marked(
        [
            "P: Which one of you is <name_vocative>Max</>?",
        ],
        Patient(given="Max"),
    )


def test_owners_dictated_as_the_patient() -> None:
    check_marked(
        [
            "P: Patient is <name_reference>Itziar Goiko</>, seen today. <name_reference>Ms. Goiko</> walks.",
            "C: I do.",
        ],
    )


def test_owners_introduced_to_a_bystander() -> None:
    check_marked(
        [
            "P: Josie, this is <name_reference>Mr. Adeleke</>, he had a fall.",
            "O: Hello.",
            "P: Ready, <name_vocative>Mr. Adeleke</>?",
            "C: Yes.",
        ],
    )


def test_owners_asked_for_by_the_patient() -> None:
    check_marked(
        [
            "P: Come in, <name_vocative>Mr. Adeleke</>.",
            "C: Tunde, please.",
            "P: Sit, <name_vocative>Tunde</>. <name_reference>Tunde</> walks well.",
        ],
        Patient(given="Babatunde", family="Adeleke"),
    )


def test_owners_welcomed_at_the_start() -> None:
    check_marked(["P: <name_vocative>Jit</>, hi. Was the van all right?", "C: It was."])
    check_marked(["P: <name_vocative>Fintan</>. Come in out of that.", "C: Thanks."])


def test_owners_dictated_to_a_device() -> None:
    check_marked(["P: Device, start note, <name_reference>Itziar Goiko</>, forty-six, right knee.", "C: Is it on?"])


def test_owners_of_things_asked_for_are_nobody() -> None:
    for line in ("Voltaren, is it?", "Is that Ibiza?", "Is it Lyrica?", "Are you Irish?", "You're Muslim?"):
        assert found_in(visit_of(["P: " + line, "C: Yes."])) == []
        assert found_in(visit_of(["P: Hi. How are you?", "C: Fine.", "P: " + line, "C: Yes."])) == []
    for line in ("Hi. Are you Catholic?", "Good. Sit down. It's Voltaren, isn't it?"):
        assert found_in(visit_of(["P: Hi.", "C: Fine.", "P: " + line, "C: Yes."])) == []


def test_owners_of_a_place_that_greets_are_nobody() -> None:
    assert found_in(visit_of(["P: Riverside Clinic, good morning.", "C: Hi."])) == []


@pytest.mark.parametrize("name", ["Tom", "Grace", "Mr. Ibiza", "Ms. Lyrica"])
def test_owners_of_listed_names_and_titles_asked_for_are_patients(name: str) -> None:
    said = f"<name_vocative>{name}</>"
    for line in (f"Is that {said}?", f"Is it {said}?", f"{said}, is it?", f"Are you {said}?", f"You're {said}?"):
        check_marked(["P: " + line, "C: Yes."])


def test_owners_of_unlisted_names_asked_for_with_a_greeting_are_patients() -> None:
    check_marked(["P: Come on in. <name_vocative>Elizaveta</>, is it?", "C: Yes."])
    check_marked(["P: Is it <name_vocative>Ibtisam</>? How do you pronounce it?", "C: Ibtisam."])
