"""Gold visits -> what the coder learns from."""

import pytest

from alliance_nlp.annotate.words import NAME, NUMBER
from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.corpus.gold import GoldVisit
from alliance_nlp.corpus.markup import parse_markup
from alliance_nlp.records import Visit
from alliance_nlp.train.fit import names_pipeline
from alliance_nlp.train.sentences import overlaps, prepare


def made(*marked, **patient):
    """One visit of turns (role, text with codes), ready to fit on."""
    turns, codes = [], []
    for at, (role, text) in enumerate(marked):
        plain, found = parse_markup(text)
        turns.append({"role": role, "text": plain})
        codes += [(code, at, start, end) for code, start, end in found]
    visit = Visit(visit_id="v", turns=turns, patient=patient or None)
    return prepare([GoldVisit(visit, "test", codes=tuple(codes), group="v")], names_pipeline())[0]


def gold_of(each):
    return [{CODE_NAMES[code] for code in row.nonzero()[0]} for row in each.gold]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ((0, 10), (0, 10), True),
        ((0, 10), (5, 30), True),
        ((0, 10), (6, 30), False),
        ((0, 30), (25, 35), True),
        ((0, 10), (10, 20), False),
        ((0, 10), (2, 4), True),
    ],
)
def test_train_sentences_overlap_by_half_of_either(a, b, same):
    assert overlaps(a, b) is overlaps(b, a) is same


def test_train_sentences_have_the_codes_of_their_stretch():
    asks = ("provider", "Hi. <goal_elicit>What would you like to do again?</>")
    each = made(asks, ("patient", "<goal_state,task_commit>Run.</>"))
    assert gold_of(each) == [set(), {"goal_elicit"}, {"goal_state", "task_commit"}]


def test_train_sentences_lie_in_their_turn():
    each = made(("provider", "Hi. Any pain?"), ("patient", "No."))
    assert each.stretches == [(0, 0, 3), (0, 4, 13), (1, 0, 3)]


def test_train_sentences_hide_names_and_numbers():
    each = made(("provider", "Thanks, Martha, do 10 of them."), given="Martha")
    assert each.tokens == [["thanks", NAME, "do", NUMBER, "of", "them"]]


def test_train_sentences_know_the_rules_that_hold():
    each = made(("provider", "Okay. How important is it to you?"))
    assert [(sentence, rule.id) for sentence, rule in each.hits] == [(1, "goals.how_important")]


def test_train_sentences_a_note_is_one_turn_of_the_provider():
    note = Visit(visit_id="n", text="LTG: climb stairs.\nPlan: bike.")
    each = prepare([GoldVisit(note, "test", codes=(("goal_state", 0, 0, 18),))], names_pipeline())[0]
    assert gold_of(each) == [{"goal_state"}, set()]
    assert each.layout.provider.all()


def test_train_sentences_rows_agree_in_length(prepared):
    for each in prepared:
        n = len(each.tokens)
        assert len(each.gold) == len(each.stretches) == len(each.measures) == len(each.layout.turn) == n


def test_train_sentences_find_almost_every_gold_stretch(prepared):
    coded = sum(len(each.visit.codes) for each in prepared)
    found = sum(int(each.gold.sum()) for each in prepared)
    assert found >= 0.95 * coded
