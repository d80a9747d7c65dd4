"""Rules as data."""

import json
import re
from importlib.resources import files

import pytest
import spacy
from pattern_cover import ANY_LETTER, cover

from alliance_nlp.annotate.rules import matching_rules, rule_hits, rules_of
from alliance_nlp.codes import CODE_NAMES, CODES, FAMILIES
from alliance_nlp.parse import parse_visit
from alliance_nlp.records import Visit

FILES = (*FAMILIES, "measures")
NLP = spacy.blank("en")
RULES = [
    json.loads(line) | {"file": name}
    for name in FILES
    for line in (files("alliance_nlp.annotate") / "patterns" / f"{name}.jsonl").read_text("utf-8").splitlines()
]


def test_annotate_rules_ids_are_unique():
    assert len({rule["id"] for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_annotate_rules_are_whole(rule):
    assert rule["id"].startswith(f"{rule['file']}.")
    assert rule["source"]
    assert rule["triggers"]
    assert all(trigger == trigger.lower() and trigger.isalpha() for trigger in rule["triggers"])
    assert set(rule["roles"]) <= {"provider", "patient"}


@pytest.mark.parametrize("rule", [r for r in RULES if "code" in r], ids=lambda rule: rule["id"])
def test_annotate_rules_stand_for_a_code_of_their_family_and_its_roles(rule):
    code = CODES[CODE_NAMES.index(rule["code"])]
    assert code.family == rule["file"]
    assert set(rule["roles"]) <= set(code.roles)


def test_annotate_rules_patterns_compile():
    assert sum(len(rules_of(name)) for name in FILES) == len(RULES)


@pytest.mark.parametrize("name", FILES)
def test_annotate_rules_every_trigger_stands_in_a_text_its_pattern_matches(name):
    for rule in rules_of(name):
        pattern = rule.pattern.pattern
        texts = cover(pattern)
        free = [(text, word) for text in texts for word in text.split() if ANY_LETTER in word]
        texts += [text.replace(word, trigger) for text, word in free for trigger in rule.triggers]
        matched = {word for text in texts if re.search(pattern, text) for word in re.findall("[a-z]+", text)}
        assert rule.triggers <= matched, rule.id


@pytest.mark.parametrize(
    ("family", "text", "role", "expected"),
    [
        ("goals", "How important is it to you?", "provider", ["goals.how_important"]),
        ("goals", "HOW IMPORTANT IS IT TO YOU?", "provider", ["goals.how_important"]),
        ("goals", "How important is it to you?", "patient", []),
        ("goals", "How is it?", "provider", []),
        ("tasks", "Does that sound doable?", "provider", ["tasks.sound_good"]),
        ("bond", "I'm so sorry to hear that.", "provider", ["bond.sorry_to_hear"]),
        ("measures", "I'm scared of it.", "patient", ["measures.distress"]),
    ],
)
def test_annotate_rules_match_what_a_role_says(family, text, role, expected):
    assert [rule.id for rule in matching_rules(family, text, role)] == expected


def hits(*turns, names=()):
    visit = Visit(visit_id="v", turns=[{"role": role, "text": text} for role, text in turns])
    doc = parse_visit(visit, NLP)
    state = doc._.alliance_visit | {"names": [[t.i, t.i + 1] for t in doc if t.text in names]}
    return [(sentence, rule.id) for sentence, rule in rule_hits(doc, state, "bond")]


def test_annotate_rules_hits_know_their_sentence():
    turns = [("provider", "Okay. I'm sorry to hear that."), ("patient", "No wonder.")]
    assert hits(*turns) == [(1, "bond.sorry_to_hear")]


def test_annotate_rules_read_a_curly_apostrophe_as_a_straight_one():
    assert hits(("provider", "I\u2019m so sorry you\u2019re here again.")) == [(0, "bond.sorry_to_hear")]


def test_annotate_rules_do_not_read_names():
    said = ("provider", "I'm so proud, Wonder.")
    assert hits(("provider", "No Wonder"), said, names=["Wonder"]) == [(1, "bond.proud")]
    assert hits(("provider", "No wonder"), said) == [(0, "bond.no_wonder"), (1, "bond.proud")]


def test_annotate_rules_find_nothing_where_nothing_is_said():
    assert hits() == []
