"""Fit the sentence coder."""

from dataclasses import replace

import numpy as np
import pytest
from scenes import annotated

from alliance_nlp.annotate.families import find_family
from alliance_nlp.annotate.note_signs import without_signs
from alliance_nlp.annotate.rules import rules_of
from alliance_nlp.annotate.weights import code_probabilities
from alliance_nlp.codes import CODE_NAMES, FAMILIES
from alliance_nlp.train.coder import MIN_RULE_HITS, choose_cuts, raise_by_rules, rule_precisions, without_vetoed

EMPATHY = CODE_NAMES.index("empathy")
RULE = next(rule for rule in rules_of("bond") if rule.id == "bond.no_wonder")


@pytest.fixture
def visit(prepared):
    """One prepared transcript."""
    return next(each for each in prepared if each.visit.kind == "transcript")


def with_hits(visit, n_right, n_wrong):
    """The visit with so many hits of one rule, on sentences that are or are not empathy."""
    gold = np.zeros_like(visit.gold)
    gold[:n_right, EMPATHY] = True
    return replace(visit, gold=gold, hits=[(at, RULE) for at in range(n_right + n_wrong)])


def test_train_coder_rules_are_right_by_their_share_of_hits_with_one_wrong_added(visit):
    assert rule_precisions([with_hits(visit, 6, 3)]) == {RULE.id: 6 / 10}


def test_train_coder_rules_of_few_hits_are_left_out(visit):
    assert rule_precisions([with_hits(visit, MIN_RULE_HITS - 1, 0)]) == {}


def test_train_coder_cuts_divide_right_from_wrong(visit):
    gold = np.zeros_like(visit.gold)
    gold[: len(gold) // 3, EMPATHY] = True
    answers = np.where(gold, 0.6, 0.2)
    cut = choose_cuts([replace(visit, gold=gold)], [answers])[EMPATHY]
    assert 0.2 < cut <= 0.6


def test_train_coder_cuts_of_a_code_that_never_stands_are_a_half(visit):
    none = np.zeros_like(visit.gold)
    assert choose_cuts([replace(visit, gold=none)], [none + 0.1]).tolist() == [0.5] * len(CODE_NAMES)


def test_train_coder_rules_raise_a_probability_and_never_lower_one(visit, tiny_model):
    cuts = np.full(len(CODE_NAMES), 0.5)
    weights = replace(tiny_model.coder_weights()["transcript"], rules={RULE.id: 0.7}, cuts=cuts)
    p = np.full(visit.gold.shape, 0.1)
    p[1, EMPATHY] = 0.9
    raised = raise_by_rules(with_hits(visit, 2, 0), p, weights)
    assert raised[:3, EMPATHY].tolist() == [0.7, 0.9, 0.1]
    assert p[0, EMPATHY] == 0.1


def test_train_coder_raises_as_the_pipeline_does(prepared, tiny_model):
    for kind, weights in tiny_model.coder_weights().items():
        proven = replace(weights, rules={rule.id: 0.9 for family in FAMILIES for rule in rules_of(family)})
        each = max((each for each in prepared if each.visit.kind == kind), key=lambda each: len(each.hits))
        p = code_probabilities(each.words, each.layout, weights, weights.matrix(), plain=without_signs(each.words))
        p = without_vetoed(each, p)
        doc = annotated(tiny_model, each.visit.visit)
        state = doc._.alliance_visit | {"p": p.copy(), "rules": proven.rules}
        for family in FAMILIES:
            for find in find_family(doc, state, family):
                state["p"][find.sentence, find.code] = find.p
        np.testing.assert_allclose(state["p"], raise_by_rules(each, p, proven), atol=1e-12)


def test_train_coder_prepares_sentences_as_the_pipeline_does(prepared, tiny_model):
    for each in prepared:
        weights = tiny_model.coder_weights()[each.visit.kind]
        p = code_probabilities(each.words, each.layout, weights, weights.matrix(), plain=without_signs(each.words))
        p = without_vetoed(each, p)
        doc = annotated(tiny_model, each.visit.visit)
        raised = doc._.alliance_visit["p"]
        np.testing.assert_array_equal(np.where(raised > p, p, raised), p)


def test_train_coder_a_code_that_is_not_in_the_gold_is_never_likely(tiny_model, prepared):
    weights = tiny_model.coder_weights()["note"]
    notes = [each for each in prepared if each.visit.kind == "note"]
    gold = np.concatenate([each.gold for each in notes])
    p = np.concatenate([code_probabilities(each.words, each.layout, weights, weights.matrix()) for each in notes])
    absent = gold.sum(axis=0) < 3
    assert absent.any()
    assert p[:, absent].max() < 0.01
