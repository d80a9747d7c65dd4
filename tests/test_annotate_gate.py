"""Gate: a rule is never shut out of a text that its pattern holds in."""

import random
import re
from functools import cache

import pytest

from alliance_nlp.annotate import context, goal_parts, note_marks, note_signs, note_vetoes, stigma
from alliance_nlp.annotate import gate as module
from alliance_nlp.annotate.gate import Gate

FAMILIES = {
    "signs": note_signs.sign_rules(),
    "vetoes": note_vetoes.vetoes(),
    "context": context.cues(),
    "goals": goal_parts.goal_rules(),
    "copied": note_marks.marks("copied"),
    "stigma": stigma.stigma_rules(),
}


#: Rules of which a trigger must be there besides what the pattern asks for.
NARROWER = {"stigma.yelled", "stigma.diabetic_noun", "stigma.own_choices"}


#: Rules that chance does not meet, for what they ask of the words around.
HARD_TO_MEET = {"body.side", "stigma.rating_contrast"}


@cache
def _gate(family):
    return Gate(FAMILIES[family])


def _said(node, chance):
    """Letters that a parsed pattern may hold in, by chance; what it looks at around them is left to chance."""
    op, value = str(node[0]), node[1]
    if op == "LITERAL":
        return chr(value)
    if op == "IN":
        return _one_of(value, chance)
    if op == "SUBPATTERN":
        return _all(value[3], chance)
    if op == "BRANCH":
        return _all(chance.choice(value[1]), chance)
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, high, body = value
        return "".join(_all(body, chance) for _ in range(chance.randint(low, min(high, low + 2))))
    if op == "ASSERT" and value[0] > 0:
        return _all(value[1], chance)
    return chance.choice("a7 ") if op in ("ANY", "NOT_LITERAL") else ""


def _one_of(choices, chance):
    if str(choices[0][0]) == "NEGATE":
        return chance.choice("abc7 ")
    op, value = chance.choice(choices)
    if str(op) == "RANGE":
        return chr(chance.randint(*value))
    if str(op) == "CATEGORY":
        return chance.choice({"DIGIT": "0369", "SPACE": " \n", "WORD": "ab7"}.get(str(value).rpartition("_")[2], ".;-"))
    return chr(value)


def _all(nodes, chance):
    return "".join(_said(node, chance) for node in nodes)


@pytest.mark.parametrize("family", FAMILIES)
def test_annotate_gate_lets_in_whatever_a_rule_holds_in(family):
    chance = random.Random(7)
    for rule in FAMILIES[family]:
        pattern = getattr(rule, "pattern", None) or rule.anchor
        tree = re._parser.parse(pattern.pattern)
        held = 0
        for _ in range(300):
            said = _all(tree, chance)
            for text in (said, said.upper(), f"Pt {said} now", f"({said}), {said.lower()}.", said.replace("'", "’")):
                if pattern.search(text):
                    held += 1
                    assert rule.id in NARROWER or rule in _gate(family).candidates(text), (rule.id, text)
        assert held or rule.id in HARD_TO_MEET, rule.id


@pytest.mark.parametrize("word", ["unwilling", "Willingly", "wi\u0307lling", "un willin", "willing²", "wıllıng"])
def test_annotate_gate_knows_where_words_begin_and_end(word):
    found = {rule.id for rule in _gate("vetoes").candidates(f"Pt {word}.")}
    assert ("note.no_agreement" in found) == (word in ("wi\u0307lling", "wıllıng"))


def test_annotate_gate_shuts_out_most_rules():
    assert _gate("signs").candidates("Knee ROM full.") == ()
    assert len(_gate("stigma").candidates("Reports 3/10 knee soreness after the stairs.")) < 5


def test_annotate_gate_forgets(monkeypatch):
    monkeypatch.setattr("alliance_nlp.annotate.gate._MAX_WORDS", 3)
    gate = Gate(note_vetoes.vetoes())
    words = module._words()
    words.clear()
    for _ in range(2):
        module._opened.cache_clear()
        found = [rule.id for rule in gate.candidates("a b c d e agrees f g goals h i j")]
        assert found == ["note.no_agreement", "note.no_goals"]
    assert len(words) <= 4
