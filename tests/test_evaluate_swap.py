"""Give a patient another name."""

import pytest
from stand_in import make_report

from alliance_nlp.evaluate.swap import largest_change, swap_name
from alliance_nlp.records import Score, Visit


def visit_of(text, **patient):
    return Visit(visit_id="v", patient=patient or None, turns=[{"role": "provider", "text": text}])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi Jo Ray.", "Hi Ann Poe."),
        ("hi jo", "hi ann"),
        ("JO!", "ANN!"),
        ("Jo's knee", "Ann's knee"),
        ("Joan and enjoy", "Joan and enjoy"),
        ("Ms. Ray?", "Ms. Poe?"),
    ],
)
def test_evaluate_swap_keeps_case_and_whole_words(text, expected):
    swapped = swap_name(visit_of(text, given="Jo", family="Ray"), "Ann", "Poe")
    assert swapped.turns[0].text == expected
    assert (swapped.patient.given, swapped.patient.family) == ("Ann", "Poe")


def test_evaluate_swap_of_a_note():
    note = Visit(visit_id="n", text="Jo wants to run.", patient={"given": "Jo"})
    assert swap_name(note, "Ann", "Poe").text == "Ann wants to run."


def test_evaluate_swap_without_a_roster_changes_nothing():
    visit = visit_of("Hi Jo.")
    assert swap_name(visit, "Ann", "Poe") == visit


class ByName:
    """Scores a visit higher where it says Jennifer."""

    def score(self, visit, *, text=True):
        report = make_report()
        if "Jennifer" not in visit.turns[0].text:
            return report
        goal = Score(value=report.scores.goal.value + 0.5, low=1, high=5)
        return report.model_copy(update={"scores": report.scores.model_copy(update={"goal": goal})})


def test_evaluate_swap_tells_the_largest_change():
    visits = [visit_of("Hi Jo.", given="Jo"), visit_of("Hi.", given="Jo")]
    assert largest_change(ByName(), visits, roster=True) == pytest.approx(0.5)
    assert largest_change(ByName(), visits[1:], roster=True) == 0.0


def test_evaluate_swap_without_a_roster_hides_the_name_from_the_model():
    seen = []

    class Watching(ByName):
        def score(self, visit, *, text=True):
            seen.append(visit.patient)
            return super().score(visit, text=text)

    largest_change(Watching(), [visit_of("Hi Jo.", given="Jo")], roster=False)
    assert set(seen) == {None}
