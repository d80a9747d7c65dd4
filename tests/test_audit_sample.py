from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_in import make_report

from alliance_nlp.audit.frame import Candidate
from alliance_nlp.audit.sample import chances, draw, draw_units, surprise, uncertainty
from alliance_nlp.records import Evidence, Visit


def candidate(n, value=3.0, **changes):
    band = None if value is None else "weak" if value < 2.5 else "fair" if value < 3.5 else "strong"
    fields = {
        "visit_id": f"v{n}",
        "kind": "transcript",
        "provider": "Reed",
        "setting": None,
        "month": None,
        "patient": None,
        "date": None,
        "words": 100,
        "band": band,
        "value": value,
        "spread": None if value is None else 0.5,
        "p_strong": None if value is None else float(1 / (1 + np.exp(-3 * (value - 3.5)))),
        **changes,
    }
    return Candidate(**fields)


@pytest.fixture(scope="module")
def clinic():
    """200 visits of four unlike providers, and the value that the audit is to estimate for each."""
    rng = np.random.default_rng(3)
    providers = rng.choice(["Ames", "Berg", "Cole", "Dorn"], 200, p=[0.6, 0.25, 0.1, 0.05])
    values = np.clip(rng.normal(3, 0.7, 200) - (providers == "Dorn"), 1, 5)
    months = rng.choice(["2026-01", "2026-02", "2026-03"], 200)
    candidates = [candidate(n, float(values[n]), provider=str(providers[n]), month=str(months[n])) for n in range(200)]
    return candidates, values + rng.normal(0, 0.4, 200)


def test_sample_weighted_means_are_those_of_all_visits(clinic):
    candidates, truth = clinic
    estimates, plain = [], []
    for seed in range(400):
        drawn = draw(candidates, 20, core=0.5, rng=np.random.default_rng(seed))
        values, weights = truth[[each.at for each in drawn]], np.array([each.weight for each in drawn])
        estimates.append((values @ weights) / len(candidates))
        plain.append(values.mean())
    error = np.std(estimates) / len(estimates) ** 0.5
    assert abs(np.mean(estimates) - truth.mean()) < 3 * error
    assert abs(np.mean(plain) - truth.mean()) > 3 * np.std(plain) / len(plain) ** 0.5


def test_sample_draws_each_visit_as_often_as_its_chance(clinic):
    candidates, _ = clinic
    times = Counter(
        each.at for seed in range(400) for each in draw(candidates, 20, core=0.5, rng=np.random.default_rng(seed))
    )
    chance = chances(candidates, 20, core=0.5).sum(axis=1)
    seen = np.array([times[n] for n in range(len(candidates))]) / 400
    assert np.abs(seen - chance).max() < 4.5 * np.sqrt(chance * (1 - chance) / 400).max()


def test_sample_of_one_seed_is_the_same(clinic):
    first, second = (draw(clinic[0], 20, core=0.5, rng=np.random.default_rng(5)) for _ in range(2))
    assert first == second


def test_sample_core_is_the_share_asked_for(clinic):
    chance = chances(clinic[0], 20, core=0.5)
    assert chance[:, 0].sum() == pytest.approx(10)
    assert np.ptp(chance[:, 0]) == pytest.approx(0)


def test_sample_all_core_gives_every_visit_one_weight(clinic):
    drawn = draw(clinic[0], 20, core=1.0, rng=np.random.default_rng(0))
    assert {(round(each.weight, 9), each.why) for each in drawn} == {(10.0, "core")}


def test_sample_a_rare_provider_is_likelier_than_a_common_one(clinic):
    candidates, _ = clinic
    chance = chances(candidates, 20, core=0.5)[:, 1]
    of = {name: chance[[each.provider == name for each in candidates]].mean() for name in ("Ames", "Dorn")}
    assert of["Dorn"] > 2 * of["Ames"]


def test_sample_of_more_than_there_are_is_all_of_them(clinic):
    drawn = draw(clinic[0], 500, core=0.5, rng=np.random.default_rng(0))
    assert sorted(each.at for each in drawn) == list(range(200))
    assert {each.weight for each in drawn} == {1.0}


@given(
    st.lists(st.tuples(st.one_of(st.none(), st.floats(1, 5)), st.sampled_from("abc")), min_size=1, max_size=40),
    st.integers(1, 30),
    st.floats(0.1, 1.0),
)
def test_sample_any_clinic_gives_chances_that_add_up_to_n(visits, n, core):
    candidates = [candidate(at, value, provider=provider) for at, (value, provider) in enumerate(visits)]
    drawn = draw(candidates, n, core=core, rng=np.random.default_rng(0))
    assert len({each.at for each in drawn}) == len(drawn) == min(n, len(candidates))
    assert all(each.weight >= 1 for each in drawn)
    if n < len(candidates):
        chance = chances(candidates, n, core=core)
        assert chance.sum() == pytest.approx(n)
        assert chance.sum(axis=1).max() <= 1 + 1e-9
        assert chance.sum(axis=1).min() > 0


def test_sample_uncertainty_is_highest_at_even_odds():
    found = uncertainty([candidate(0, p_strong=p) for p in (0.5, 0.0, 0.9, None)])
    assert found[:3] == pytest.approx([1, 0, 0.2])
    assert np.isnan(found[3])


def test_sample_surprise_is_a_fall_since_the_patients_last_visit():
    usual = [candidate(n, 3.0 + 0.1 * (n % 3), patient=f"p{n}", date="2026-03-01") for n in range(9)]
    before = candidate(9, 3.2, patient="p", date="2026-03-02")
    fallen = candidate(10, 2.6, patient="p", date="2026-03-09")
    found = surprise([*usual, before, fallen])
    assert np.argmax(found) == 10


def test_sample_surprise_needs_two_scored_visits():
    assert np.isnan(surprise([candidate(0, 3.0), candidate(1, None)])).all()


def visit_of(n_turns):
    turns = [{"role": ("provider", "patient", "other")[n % 3], "text": f"Words of {n}."} for n in range(n_turns)]
    return Visit(visit_id="v", turns=turns)


def marked(turn):
    return Evidence(code="directive", turn=turn, start=0, end=5, text=None, p=0.9, why="coder")


def test_sample_units_stand_for_all_turns_that_may_carry_codes():
    report = make_report(evidence=tuple(marked(turn) for turn in (0, 3, 6, 9)))
    units = draw_units(visit_of(30), report, 6, np.random.default_rng(0))
    assert sum(unit.weight for unit in units) == pytest.approx(20)
    assert sum(unit.turn in (0, 3, 6, 9) for unit in units) == 2
    assert [unit.turn for unit in units] == sorted(unit.turn for unit in units)
    assert all(unit.turn % 3 != 2 for unit in units)


@pytest.mark.parametrize("n", [0, 1, 100])
def test_sample_units_are_as_many_as_there_are(n):
    report = make_report(evidence=(marked(0),))
    assert len(draw_units(visit_of(4), report, n, np.random.default_rng(0))) == min(n, 3)


def test_sample_units_of_a_note_are_its_sentences():
    note = Visit(visit_id="n", text="GOALS\nWalk to the shop. Agreed with her.")
    report = make_report(kind="note", evidence=())
    units = draw_units(note, report, 6, np.random.default_rng(0))
    assert [(unit.turn, note.text[unit.start : unit.end]) for unit in units] == [
        (None, "GOALS"),
        (None, "Walk to the shop."),
        (None, "Agreed with her."),
    ]
