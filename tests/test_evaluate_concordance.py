import numpy as np
import pytest
from conftest import CORPUS
from sklearn.linear_model import LogisticRegression

from alliance_nlp import Visit, load
from alliance_nlp.concord.compare import sides
from alliance_nlp.concord.match import Match
from alliance_nlp.concord.weights import default_weights, from_json
from alliance_nlp.corpus.pairs import GoldItem, GoldPair, read_pairs
from alliance_nlp.evaluate.concordance import as_markdown, figures, measure_baseline, measure_pairs, tally
from alliance_nlp.train.concord import _pooled

VISIT = Visit(visit_id="v", turns=[{"role": "provider", "text": "Ice it tonight. I'll see you again next Thursday."}])
NOTE = Visit(visit_id="n", text="P: Ice. Next visit Thursday.")
CONTACT = GoldItem("next_contact", "both", ((0, 16, 49),), ((8, 27),))


@pytest.fixture(scope="module")
def both():
    said, note = sides(VISIT, NOTE, load())
    return note, said


def test_evaluate_concordance_needs_both_places(both):
    right, wrong = Match(4, "both", 1, 1, 0.9), Match(4, "both", 0, 1, 0.9)
    assert sum(tally(*both, [right], [CONTACT]).right.values()) == 1
    assert sum(tally(*both, [wrong], [CONTACT]).right.values()) == 0


def test_evaluate_concordance_counts_a_gold_item_once(both):
    twice = [Match(4, "both", 1, 1, 0.9), Match(4, "both", 1, 1, 0.8)]
    result = tally(*both, twice, [CONTACT])
    assert (sum(result.right.values()), sum(result.found.values())) == (1, 2)


def test_evaluate_concordance_measures_a_pair():
    pairs = [GoldPair(VISIT, NOTE, "own", (CONTACT,))]
    rows = figures(measure_pairs(pairs, load()))
    assert {row.right for row in rows if (row.kind, row.status) == ("next_contact", "both")} == {1}
    assert "`next_contact` | both | 1 / 1 / 1" in as_markdown(rows, figures(measure_baseline(pairs, load())))


def test_corpus_pairs_point_into_their_texts():
    pairs = read_pairs([CORPUS])
    assert len(pairs) == 53
    for pair in pairs:
        for item in pair.items:
            assert all(end <= len(pair.visit.turns[turn].text) for turn, _, end in item.said)
            assert all(start < end <= len(pair.note.text) for start, end in item.note)


def test_concord_weights_come_back_as_they_went():
    weights = default_weights()
    again = from_json(weights.as_json())
    assert again.cuts == weights.cuts
    assert all(np.array_equal(getattr(again, name).coef, getattr(weights, name).coef) for name in ("said", "link"))


def test_train_concord_exported_weights_give_the_fitted_answers():
    rng = np.random.default_rng(0)
    blocks = [(kind, rng.normal(size=(30, 3)), rng.random(30) < 0.4) for kind in range(5)]
    linear = _pooled(blocks, (1,), 1.0)
    wide = []
    for kind, rows, _ in blocks:
        own = np.zeros((30, 10))
        own[:, kind], own[:, 5 + kind] = 1, rows[:, 1]
        wide.append(np.hstack([rows, own]))
    fitted = LogisticRegression(C=1.0, max_iter=400).fit(np.vstack(wide), np.concatenate([gold for *_, gold in blocks]))
    for kind, rows, _ in blocks:
        assert np.allclose(linear.of_kind(kind, rows), fitted.predict_proba(wide[kind])[:, 1], atol=1e-6)
