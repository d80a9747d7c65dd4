"""Exported arrays -> fitted scikit-learn objects, for inspection and for the test that both give the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression

from ..annotate.weights import CHANNELS, CoderWeights
from ..codes import CODE_NAMES
from ..estimate import EstimatorWeights


def to_sklearn(coder: dict[str, CoderWeights], estimator: dict[str, EstimatorWeights]) -> dict[str, Any]:
    """Fitted estimators by kind of visit.

    Returns:
        For each kind ``first`` and ``second``: one ``LogisticRegression`` a code, over the columns named by
        ``first_columns`` and over `annotate.weights.second_inputs`; ``parts``: one ``LinearRegression`` a part, over
        the pieces named in ``part_columns`` (feature, from, to), each the share of the piece that the feature fills.
    """
    return {
        kind: {
            "first_columns": _first_columns(weights),
            "first": _first(weights),
            "second": {
                code: _logistic(weights.second[:, at], weights.second_bias[at]) for at, code in enumerate(CODE_NAMES)
            },
            **_parts(estimator[kind]),
        }
        for kind, weights in coder.items()
    }


def _first_columns(weights: CoderWeights) -> list[str]:
    from ..annotate.layout import SURFACE

    names = weights.vocabulary.names()
    context = [
        f"{channel} {role}: {names[at]}"
        for role in ("provider", "not provider")
        for channel, _ in CHANNELS
        for at in weights.context_columns.tolist()
    ]
    return [*names, *context, *(f"surface: {name}" for name in SURFACE)]


def _first(weights: CoderWeights) -> dict[str, LogisticRegression]:
    table = np.concatenate(
        [
            weights.own.astype(np.float64),
            weights.context.astype(np.float64).transpose(1, 2, 0, 3).reshape(-1, len(CODE_NAMES)),
            weights.surface,
        ]
    )
    return {code: _logistic(table[:, at], weights.bias[at]) for at, code in enumerate(CODE_NAMES)}


def _logistic(coefficients: np.ndarray[Any, Any], bias: float) -> LogisticRegression:
    fit = LogisticRegression()
    fit.classes_ = np.array([False, True])
    fit.coef_, fit.intercept_ = coefficients[None], np.array([bias])
    fit.n_features_in_ = len(coefficients)
    return fit


def _parts(estimator: EstimatorWeights) -> dict[str, Any]:
    parts, columns = {}, {}
    for part, fitted in estimator.parts.items():
        pieces = [
            (term.feature, low, high, step)
            for term in fitted.terms
            for low, high, step in zip(term.knots[:-1], term.knots[1:], term.steps, strict=True)
        ]
        fit = LinearRegression()
        fit.coef_, fit.intercept_ = np.array([step for *_, step in pieces]), fitted.base
        fit.n_features_in_ = len(pieces)
        parts[part] = fit
        columns[part] = [(feature, low, high) for feature, low, high, _ in pieces]
    return {"parts": parts, "part_columns": columns}
