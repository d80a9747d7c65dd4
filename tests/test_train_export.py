"""Exported arrays against what scikit-learn fitted, and what is given back for inspection."""

import numpy as np
import pytest
from scipy.sparse import hstack
from sklearn.linear_model import LogisticRegression, Ridge

from alliance_nlp.annotate.weights import CHANNELS, SURFACE_WEIGHT, allowed, first_pass, second_inputs
from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.estimate import estimate_row
from alliance_nlp.featurise import FEATURES
from alliance_nlp.odds import sigmoid
from alliance_nlp.records import PARTS
from alliance_nlp.train import coder as coder_fitting
from alliance_nlp.train import estimator as estimator_fitting
from alliance_nlp.train import first_pass as first_fitting
from alliance_nlp.train.estimator import RatedRow

CLOSE = {"atol": 1e-6, "rtol": 0}


def recorder(of, fits):
    """An estimator class that also notes each fit with its table."""

    class Recorder(of):
        def fit(self, table, target, *arguments, **options):
            fits.append((self, table))
            return super().fit(table, target, *arguments, **options)

    return Recorder


@pytest.fixture(scope="module")
def notes(prepared):
    return coder_fitting.settle_bags([each for each in prepared if each.visit.kind == "note"])


def second_inputs_of(weights, visits):
    logits = first_logits(weights, visits)
    return [second_inputs(p, v.layout, v.measures, weights.ceiling) for p, v in zip(logits, visits, strict=True)]


def first_logits(weights, visits):
    matrix = weights.matrix()
    return [first_pass(v.words, v.layout, v.measures, weights, matrix) for v in visits]


def test_train_export_first_pass_is_what_was_fitted(notes, monkeypatch):
    fits = []
    monkeypatch.setattr(first_fitting, "LogisticRegression", recorder(LogisticRegression, fits))
    weights = first_fitting.fit_first(notes)
    exported = sigmoid(np.concatenate(first_logits(weights, notes)))
    gold = np.concatenate([each.gold for each in notes])
    may = np.concatenate([allowed(each.layout) & each.known for each in notes])
    fitted = iter(fits)
    codes = [code for code in range(len(CODE_NAMES)) if gold[may[:, code], code].sum() >= 3]
    assert len(codes) == len(fits)
    for code, (fit, table) in zip(codes, fitted, strict=True):
        np.testing.assert_allclose(exported[may[:, code], code], fit.predict_proba(table)[:, 1], **CLOSE)


def test_train_export_second_pass_is_what_was_fitted(notes, tiny_model, monkeypatch):
    fits = []
    monkeypatch.setattr(coder_fitting, "LogisticRegression", recorder(LogisticRegression, fits))
    weights = tiny_model.coder_weights()["note"]
    inputs = second_inputs_of(weights, notes)
    second, bias, _ = coder_fitting._fit_second(notes, inputs, np.arange(len(notes)) % 3)
    exported = sigmoid(np.concatenate(inputs) @ second + bias)
    may = np.concatenate([allowed(each.layout) & each.known for each in notes])
    for code in range(len(CODE_NAMES)):
        same = [(fit, table) for fit, table in fits if np.array_equal(fit.coef_[0], second[:, code])]
        for fit, table in same[-1:]:
            np.testing.assert_allclose(exported[may[:, code], code], fit.predict_proba(table)[:, 1], **CLOSE)
    assert any(second.any(axis=0))


def test_train_export_estimator_is_what_was_fitted(monkeypatch):
    fits = []
    monkeypatch.setattr(estimator_fitting, "Ridge", recorder(Ridge, fits))
    rng = np.random.default_rng(1)
    caps = {feature.name: feature.cap for feature in FEATURES}
    drawn = [{name: float(rng.uniform(0, cap)) for name, cap in caps.items()} for _ in range(60)]
    rows = [RatedRow(row, dict.fromkeys(PARTS, n % 5 + 1), n % 5) for n, row in enumerate(drawn)]
    weights = estimator_fitting.fit_estimator(rows, "transcript")
    for part, (fit, table) in zip(PARTS, fits[-len(PARTS) :], strict=True):
        points = [estimate_row(each.row, weights).points[part] for each in rows]
        exported = [sum(value for name, value in each.items() if name != "scale_limit") for each in points]
        np.testing.assert_allclose(exported, fit.predict(table), **CLOSE)


def design(visits, weights):
    """Table of the first pass in the order of ``first_columns``: as in training, each neighbour unweighted, by role."""
    table = first_fitting._first_table(visits, weights.vocabulary, weights.context_columns)
    n_own, n_context = len(weights.vocabulary), len(weights.context_columns)
    blocks = {}
    for channel, (_, weight) in enumerate(CHANNELS):
        for role in range(2):
            at = n_own + (2 * channel + role) * n_context
            blocks[role, channel] = table[:, at : at + n_context] / weight
    surface = table[:, n_own + 2 * len(CHANNELS) * n_context :] / SURFACE_WEIGHT
    return hstack([table[:, :n_own], *(blocks[key] for key in sorted(blocks)), surface]).tocsr()


@pytest.mark.parametrize("kind", ["transcript", "note"])
def test_train_export_gives_back_the_coder(tiny_model, prepared, kind):
    given, weights = tiny_model.to_sklearn()[kind], tiny_model.coder_weights()[kind]
    visits = [each for each in prepared if each.visit.kind == kind]
    table = design(visits, weights)
    assert table.shape[1] == len(given["first_columns"])
    logits = first_logits(weights, visits)
    inputs = np.concatenate(second_inputs_of(weights, visits))
    for code, name in enumerate(CODE_NAMES):
        first = given["first"][name].predict_proba(table)[:, 1]
        np.testing.assert_allclose(first, sigmoid(np.concatenate(logits))[:, code], **CLOSE)
        second = given["second"][name].predict_proba(inputs)[:, 1]
        np.testing.assert_allclose(second, sigmoid(inputs @ weights.second + weights.second_bias)[:, code], **CLOSE)


@pytest.mark.parametrize("kind", ["transcript", "note"])
def test_train_export_gives_back_the_parts(tiny_model, kind):
    given = tiny_model.to_sklearn()[kind]
    rng = np.random.default_rng(2)
    row = {feature.name: float(rng.uniform(0, 1.5 * feature.cap)) for feature in FEATURES}
    points = estimate_row(row, tiny_model.estimator[kind]).points
    for part in PARTS:
        filled = [np.clip((row[name] - low) / (high - low), 0, 1) for name, low, high in given["part_columns"][part]]
        said = given["parts"][part].predict(np.array(filled)[None])[0] if filled else given["parts"][part].intercept_
        exported = sum(value for name, value in points[part].items() if name != "scale_limit")
        assert said == pytest.approx(exported, abs=1e-6)


def test_train_export_columns_have_names_of_their_own(tiny_model):
    for given in tiny_model.to_sklearn().values():
        assert len(set(given["first_columns"])) == len(given["first_columns"])
        assert all(len(fit.coef_[0]) == len(given["first_columns"]) for fit in given["first"].values())
