import json

import pytest

from alliance_nlp.corpus.added import count_added, read_added
from alliance_nlp.corpus.gold import GoldVisit
from alliance_nlp.errors import BadCorpus, NoVisits
from alliance_nlp.records import Visit

RATINGS = {"goal": 4, "task": 3, "bond": 5}


def turns(codes=None, words="I want to run."):
    made = [{"role": "provider", "text": "What matters to you?"}, {"role": "patient", "text": words}]
    return made if codes is None else [{**turn, "codes": own} for turn, own in zip(made, codes, strict=True)]


def visit(visit_id="v1", codes=None, words="I want to run.", **keys):
    return {"visit_id": visit_id, "turns": turns(codes, words), **keys}


CODED = visit(codes=[[["goal_elicit", 0, 20]], [["goal_state", 0, 14]]])


@pytest.fixture
def added(tmp_path):
    def read(*records, beside=()):
        path = tmp_path / "mine.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
        return read_added([path], beside)

    return read


def other(visit_id, **keys):
    return GoldVisit(Visit(visit_id=visit_id, turns=turns(words=f"said in {visit_id}")), "aci", group="g", **keys)


def test_corpus_added_reads_coded_visits(added):
    (gold,) = added({**CODED, "discipline": "OT"})
    assert gold.codes == (("goal_elicit", 0, 0, 20), ("goal_state", 1, 0, 14))
    assert (gold.coded, gold.ratings, gold.discipline, gold.split, gold.fold) == (True, None, "OT", "train", None)


def test_corpus_added_knows_a_rated_visit_from_one_without_codes_in_it(added):
    rated, empty = added(visit("a", ratings=RATINGS), visit("b", [[], []], "No.", ratings=RATINGS))
    assert (rated.coded, empty.coded) == (False, True)
    assert count_added([rated, empty]) == {"visits": 2, "coded": 1, "coded_empty": 1, "rated": 2, "merely_rated": 1}


def test_corpus_added_takes_names_apart_from_codes(added):
    (gold,) = added({"visit_id": "n", "text": "Jo came.", "codes": [["name_reference", 0, 2]], "ratings": RATINGS})
    assert (gold.kind, gold.codes, gold.names) == ("note", (), (("name_reference", 0, 0, 2),))


def test_corpus_added_keeps_a_patient_a_pair_and_a_note_together(added):
    golds = added(
        visit("a", ratings=RATINGS, words="a", patient={"id": "p7"}),
        visit("b", ratings=RATINGS, words="b", patient={"id": "p7"}, pair="c"),
        visit("c", ratings=RATINGS, words="c"),
        {"visit_id": "n", "text": "c", "of": "c", "ratings": RATINGS},
        visit("d", ratings=RATINGS, words="d", patient={"id": "p8"}),
    )
    groups = [gold.group for gold in golds]
    assert groups[0] == groups[1] == groups[2] == groups[3] != groups[4]


def test_corpus_added_shares_the_fold_of_the_visit_it_belongs_to(added):
    (gold,) = added(visit("a", ratings=RATINGS, of="old"), beside=[other("old", fold=3, strict_fold=1)])
    assert (gold.group, gold.fold, gold.strict_fold) == ("g", 3, 1)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (visit(), "line 1, visit v1: it is neither coded nor rated"),
        (visit(ratings={"goal": 3}), "it is not rated in every part"),
        (visit(codes=[[["goal_state", 0, 4]], [["directive", 0, 14]]]), "turn 1: directive is not for the role"),
        (visit(codes=[[["hope", 0, 4]], []]), "turn 0: unknown code hope"),
        (visit(codes=[[["goal_state", 0, 99]], []]), "are not within the text"),
        (visit("old", ratings=RATINGS), "another visit is called old"),
        (visit(ratings=RATINGS, words="said in old"), "it says the same as visit old"),
        (visit(ratings=RATINGS, of="held"), "added visit v1: it belongs to held"),
        (visit(ratings=RATINGS, pair="held"), "added visit v1: it belongs to held"),
    ],
)
def test_corpus_added_refuses_what_is_wrong_without_quoting_it(added, record, message):
    with pytest.raises(BadCorpus, match=message) as error:
        added(record, beside=[other("old"), other("held", split="test")])
    assert "want" not in str(error.value)


def test_corpus_added_refuses_a_file_without_visits(added):
    with pytest.raises(NoVisits, match=r"mine\.jsonl"):
        added()
