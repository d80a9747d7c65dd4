"""The components of the three families, in the package's pipeline and in a user's own."""

import numpy as np
import pytest
import spacy
from spacy.language import Language

from alliance_nlp.annotate.families import find_family, spans_key
from alliance_nlp.annotate.weights import N_CODES
from alliance_nlp.codes import CODE_NAMES, FAMILIES, codes_of
from alliance_nlp.corpus.markup import parse_markup
from alliance_nlp.parse import parse_visit
from alliance_nlp.records import Visit

GOAL = "On a scale of 0 to 10, how important is it to you to climb the stairs?"
TASK = "Does that sound doable to you?"
BOND = "I'm so sorry to hear that."
ALL = {"goals": (GOAL, "goal_elicit"), "tasks": (TASK, "task_agree"), "bond": (BOND, "empathy")}


def spans_of(doc, family="goals"):
    """Label, why and text of every span; the caller's Doc lives for as long as it is read."""
    return [(span.label_, span.id_, span.text) for span in doc.spans[spans_key(family)]]


def labels_of(doc, family="goals"):
    return {span.label_ for span in doc.spans[spans_key(family)]}


@Language.component("test_tagger")
def tag_everything(doc):
    for token in doc:
        token.tag_, token.pos_, token.lemma_ = "NN", "NOUN", token.lower_
    return doc


@Language.component("test_parser")
def parse_everything(doc):
    for token in doc:
        token.head, token.dep_ = doc[0], "dep" if token.i else "ROOT"
    return doc


@pytest.mark.parametrize("family", FAMILIES)
def test_annotate_families_work_in_a_users_own_pipeline(family):
    nlp = spacy.blank("en")
    nlp.add_pipe(spans_key(family))
    text, code = ALL[family]
    doc = nlp(text)
    assert code in labels_of(doc, family)
    assert labels_of(doc, family) <= set(codes_of(family))


@pytest.mark.parametrize("others", [["sentencizer"], ["test_tagger"], ["test_parser"], ["test_tagger", "test_parser"]])
@pytest.mark.parametrize("place", [{"first": True}, {"last": True}])
def test_annotate_families_work_beside_other_components(others, place):
    nlp = spacy.blank("en")
    for name in others:
        nlp.add_pipe(name)
    nlp.add_pipe("alliance_goals", **place)
    doc = nlp(f"Hi. {GOAL}")
    assert "goal_elicit" in labels_of(doc)


def test_annotate_families_leave_the_users_sentences_alone():
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    before = [sent.text for sent in nlp(f"Hi Dr. Reed. {GOAL}").sents]
    nlp.add_pipe("alliance_goals")
    assert [sent.text for sent in nlp(f"Hi Dr. Reed. {GOAL}").sents] == before


def test_annotate_families_work_before_a_coder_is_in_the_pipeline():
    nlp = spacy.blank("en")
    nlp.add_pipe("alliance_goals")
    alone = spans_of(nlp(GOAL))
    nlp.add_pipe("alliance_coder", before="alliance_goals")
    assert spans_of(nlp(GOAL)) == alone


def test_annotate_families_share_the_probabilities_of_one_coder():
    nlp = spacy.blank("en")
    for family in FAMILIES:
        nlp.add_pipe(spans_key(family))
    doc = nlp(f"{GOAL} {TASK} {BOND}")
    assert set(doc.spans) == {spans_key(family) for family in FAMILIES}
    assert doc._.alliance_visit["p"].shape == (3, N_CODES)


def test_annotate_families_survive_a_folder(tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("alliance_goals", config={"role": "patient"})
    nlp.to_disk(tmp_path / "mine")
    again = spacy.load(tmp_path / "mine")
    assert again.get_pipe("alliance_goals").role == "patient"
    said = "My goal is to climb the stairs."
    assert spans_of(again(said)) == spans_of(nlp(said))


def test_annotate_families_survive_a_folder_with_their_coder(tmp_path, tiny_model):
    nlp = tiny_model.nlp
    nlp.to_disk(tmp_path / "mine")
    again = spacy.load(tmp_path / "mine")
    assert again.pipe_names == nlp.pipe_names
    assert [spans_of(again(GOAL), f) for f in FAMILIES] == [spans_of(nlp(GOAL), f) for f in FAMILIES]
    np.testing.assert_array_equal(again(GOAL)._.alliance_visit["p"], nlp(GOAL)._.alliance_visit["p"])


def test_annotate_families_survive_bytes(tiny_model):
    nlp = tiny_model.nlp
    again = spacy.blank("en")
    for name in nlp.pipe_names:
        again.add_pipe(name)
    again.from_bytes(nlp.to_bytes())
    np.testing.assert_array_equal(again(GOAL)._.alliance_visit["p"], nlp(GOAL)._.alliance_visit["p"])


def test_annotate_families_work_in_two_processes():
    nlp = spacy.blank("en")
    nlp.add_pipe("alliance_goals")
    texts = [GOAL, "The knee is fine.", GOAL]
    docs = list(nlp.pipe(texts, n_process=2, batch_size=1))
    assert [spans_of(doc) for doc in docs] == [spans_of(nlp(text)) for text in texts]


def test_annotate_families_a_doc_survives_bytes(tiny_model):
    doc = tiny_model.nlp(GOAL)
    again = spacy.tokens.Doc(tiny_model.nlp.vocab).from_bytes(doc.to_bytes())
    assert spans_of(again) == spans_of(doc)
    np.testing.assert_array_equal(again._.alliance_visit["p"], doc._.alliance_visit["p"])


def test_annotate_families_a_doc_without_turns_is_of_the_role_set():
    nlp = spacy.blank("en")
    nlp.add_pipe("alliance_goals", name="asks", config={"role": "provider"})
    assert "goal_elicit" in labels_of(nlp(GOAL))
    nlp.replace_pipe("asks", "alliance_goals", config={"role": "patient"})
    assert "goal_elicit" not in labels_of(nlp(GOAL))


@pytest.mark.parametrize(
    "marked",
    [
        "Hi there. <goal_elicit>What would you like to be able to do again?</>",
        f"<goal_elicit>{GOAL}</> Okay.",
    ],
)
def test_annotate_families_find_the_marked_sentence(marked):
    text, gold = parse_markup(marked)
    nlp = spacy.blank("en")
    nlp.add_pipe("alliance_goals")
    doc = nlp(text)
    found = {(span.label_, span.start_char, span.end_char) for span in doc.spans["alliance_goals"]}
    assert found == set(gold)


def scene(text, role="provider", **rows):
    """A parsed visit of one turn with the probabilities given by code, cuts of a half and rules of share .9."""
    doc = parse_visit(Visit(visit_id="v", turns=[{"role": role, "text": text}]), spacy.blank("en"))
    state = doc._.alliance_visit
    p = np.zeros((len(state["sents"]), N_CODES))
    for code, value in rows.items():
        p[:, CODE_NAMES.index(code)] = value
    state |= {"names": [], "p": p, "cuts": [0.5] * N_CODES, "rules": {}}
    return doc, state


def finds(doc, state, family="goals"):
    return [(CODE_NAMES[find.code], round(find.p, 3), find.why) for find in find_family(doc, state, family)]


def test_annotate_families_take_a_code_from_its_cut_on():
    assert finds(*scene("Fine.", goal_state=0.5, goal_align=0.49)) == [("goal_state", 0.5, "coder")]


def test_annotate_families_leave_the_codes_of_the_others():
    assert finds(*scene("Fine.", empathy=0.9)) == []
    assert finds(*scene("Fine.", empathy=0.9), "bond") == [("empathy", 0.9, "coder")]


def test_annotate_families_a_proven_rule_goes_before_a_doubtful_coder():
    doc, state = scene(GOAL, goal_elicit=0.6)
    state["rules"] = {"goals.how_important": 0.9}
    assert finds(doc, state) == [("goal_elicit", 0.9, "goals.how_important")]


def test_annotate_families_a_sure_coder_goes_before_a_rule():
    doc, state = scene(GOAL, goal_elicit=0.95)
    state["rules"] = {"goals.how_important": 0.9}
    assert finds(doc, state) == [("goal_elicit", 0.95, "coder")]


@pytest.mark.parametrize("rules", [{}, {"goals.how_important": 0.4}])
def test_annotate_families_a_rule_that_is_not_proven_says_nothing(rules):
    doc, state = scene(GOAL)
    state["rules"] = rules
    assert finds(doc, state) == []


@pytest.mark.parametrize(("first", "second"), [(0.9, 0.6), (0.6, 0.9)])
def test_annotate_families_the_better_of_two_rules_counts(first, second):
    doc, state = scene("How important is it, and how ready are you?")
    state["rules"] = {"goals.how_important": first, "goals.how_ready": second}
    assert [p for _, p, _ in finds(doc, state)] == [0.9]


def test_annotate_families_no_rule_lets_the_provider_commit(tiny_model):
    turns = [{"role": "provider", "text": "I'll call the gym tomorrow. I'm about a nine."}] * 3
    doc = parse_visit(Visit(visit_id="v", turns=turns), tiny_model.nlp)
    for _, component in tiny_model.nlp.pipeline:
        doc = component(doc)
    assert "task_commit" not in labels_of(doc, "tasks")
