"""Evidence against gold, by hand-made counts."""

import math
from dataclasses import replace

import pytest
from stand_in import make_report

from alliance_nlp.corpus.gold import GoldVisit
from alliance_nlp.corpus.markup import parse_markup
from alliance_nlp.evaluate.evidence import ROWS, count_visit, measure_evidence, units_of
from alliance_nlp.records import Evidence, Visit


def gold_of(*marked, units=None, visit_id="v", kind="transcript"):
    """A gold visit of turns with their codes written in; ``units`` by turn where the gold names them."""
    texts, codes, names = [], [], []
    for turn, text in enumerate(marked):
        plain, found = parse_markup(text)
        texts.append(plain)
        for code, start, end in found:
            (names if code.startswith("name_") else codes).append((code, turn, start, end))
    if kind == "note":
        visit = Visit(visit_id=visit_id, text=texts[0])
    else:
        visit = Visit(visit_id=visit_id, turns=[{"role": "provider", "text": text} for text in texts])
    return GoldVisit(visit, "test", codes=tuple(codes), names=tuple(names), units=units or {}, group=visit_id)


def report_of(gold):
    """A report that finds what the gold visit says."""
    found = [
        Evidence(code=code, turn=None if gold.kind == "note" else turn, start=start, end=end, p=0.9, why="coder")
        for code, turn, start, end in (*gold.codes, *gold.names)
    ]
    return make_report(gold.visit.visit_id, kind=gold.kind, evidence=tuple(found))


def counts(gold, found, row):
    """Right found, found, right gold, gold of one row."""
    return count_visit(gold, report_of(found))[ROWS.index(row)].tolist()


GOLD = gold_of("Hi. <empathy>That sounds hard.</> <affirm>Well done.</>", "<goal_state>To run.</> Yes.")


def test_evaluate_evidence_all_found():
    assert counts(GOLD, GOLD, "bond") == [2, 2, 2, 2]
    assert counts(GOLD, GOLD, "goal_state") == [1, 1, 1, 1]


def test_evaluate_evidence_nothing_found():
    assert counts(GOLD, gold_of("Hi. That sounds hard. Well done.", "To run. Yes."), "bond") == [0, 0, 0, 2]


def test_evaluate_evidence_a_family_is_right_where_any_of_its_codes_is():
    found = gold_of("Hi. <affirm>That sounds hard.</> Well done.", "To run. Yes.")
    assert counts(GOLD, found, "bond") == [1, 1, 1, 2]
    assert counts(GOLD, found, "empathy") == [0, 0, 0, 1]
    assert counts(GOLD, found, "affirm") == [0, 1, 0, 1]


def test_evaluate_evidence_codes_that_do_not_count_for_their_family():
    gold = gold_of("<judge>You should know better.</>")
    assert counts(gold, gold, "bond") == [0, 0, 0, 0]
    assert counts(gold, gold, "judge") == [1, 1, 1, 1]


def test_evaluate_evidence_two_codes_on_a_unit_count_once():
    gold = gold_of("<goal_state,goal_align>So you want to run?</>")
    assert counts(gold, gold, "goals") == [1, 1, 1, 1]


def test_evaluate_evidence_several_stretches_on_a_unit_count_once():
    gold = gold_of("<empathy>That sounds hard, it must be tiring.</>")
    found = gold_of("<empathy>That sounds hard</>, <empathy>it must be tiring.</>")
    assert counts(gold, found, "empathy") == [1, 1, 1, 1]


def test_evaluate_evidence_a_stretch_counts_from_half_an_overlap_on():
    units = {0: ((0, 10), (11, 21))}
    gold = replace(gold_of("aaaa aaaaa bbbb bbbbb"), units=units, codes=(("empathy", 0, 0, 10),))
    enough, little = (replace(gold, codes=(("empathy", 0, start, 21),)) for start in (5, 6))
    assert counts(gold, enough, "empathy") == [1, 2, 1, 1]
    assert counts(gold, little, "empathy") == [0, 1, 0, 1]


def test_evaluate_evidence_a_stretch_in_another_turn_is_wrong():
    found = gold_of("Hi. That sounds hard. Well done.", "To run. <empathy>Yes.</>")
    assert counts(GOLD, found, "empathy") == [0, 1, 0, 1]


def test_evaluate_evidence_units_without_any_named_are_stretches_and_the_sentences_between():
    gold = gold_of("so <empathy>that sounds hard</> okay. And then?")
    text = gold.visit.turns[0].text
    assert [text[start:end] for start, end in units_of(gold)[0]] == ["so ", "that sounds hard", " okay.", " And then?"]


def test_evaluate_evidence_units_of_a_note_end_at_its_lines():
    gold = gold_of("GOALS\n<goal_state>climb stairs</>\nPlan: bike", kind="note")
    text = gold.visit.text
    assert [text[start:end].strip() for start, end in units_of(gold)[0]] == ["GOALS", "climb stairs", "Plan: bike"]
    assert counts(gold, gold, "goals") == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("Hi <name_vocative>Jo</>.", [1, 1, 1, 1]),
        ("<name_vocative>Hi Jo</>.", [1, 1, 1, 1]),
        ("Hi <name_reference>Jo</>.", [0, 1, 0, 1]),
        ("<name_vocative>Hi</> Jo.", [0, 1, 0, 1]),
        ("Hi Jo.", [0, 0, 0, 1]),
    ],
)
def test_evaluate_evidence_names_count_on_characters_and_code(found, expected):
    assert counts(gold_of("Hi <name_vocative>Jo</>."), gold_of(found), "names") == expected


def measured(pairs):
    named = [gold.visit.model_copy(update={"visit_id": f"v{n}"}) for n, (gold, _) in enumerate(pairs)]
    golds = [replace(gold, visit=visit) for visit, (gold, _) in zip(named, pairs, strict=True)]
    return measure_evidence(golds, {f"v{n}": report_of(found) for n, (_, found) in enumerate(pairs)})


HALF = gold_of("Hi. <empathy>That sounds hard.</> Well done.", "<goal_state>To run.</> <goal_state>Yes.</>")


def test_evaluate_evidence_rates_over_visits():
    figures = measured([(GOLD, GOLD), (GOLD, HALF)])
    bond, goals = figures["bond"], figures["goals"]
    assert (bond.precision, bond.recall, bond.gold, bond.found) == (1.0, 3 / 4, 4, 3)
    assert bond.f1 == pytest.approx(2 * 3 / 7)
    assert (goals.precision, goals.recall) == (pytest.approx(2 / 3), 1.0)


def test_evaluate_evidence_interval_holds_the_rate_and_is_the_same_every_time():
    pairs = [(GOLD, GOLD), (GOLD, HALF), (GOLD, GOLD), (GOLD, HALF)]
    first, second = measured(pairs), measured(pairs)
    assert first["bond"] == second["bond"]
    assert first["bond"].low < first["bond"].f1 < first["bond"].high


def test_evaluate_evidence_what_is_nowhere_is_undefined():
    assert math.isnan(measured([(GOLD, GOLD)])["judge"].f1)


def test_evaluate_evidence_what_is_never_found_is_nought():
    assert measured([(GOLD, gold_of("Hi. That sounds hard. Well done.", "To run. Yes."))])["bond"].f1 == 0.0
