"""Weights of the comparison: six linear models over its features, as JSON; scoring needs no scikit-learn."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..odds import sigmoid
from .features import KINDS

Array = NDArray[np.float64]
FILE = "weights.json"
_DECIMALS = 5


class Linear(NamedTuple):
    """One logistic regression a kind: ``coef`` (kinds, features) and ``bias`` (kinds,)."""

    coef: Array
    bias: Array

    def of_kind(self, kind: int, rows: Array) -> Array:
        """Probability of each row.

        >>> Linear(np.zeros((5, 2)), np.zeros(5)).of_kind(0, np.ones((3, 2))).tolist()
        [0.5, 0.5, 0.5]
        """
        return sigmoid(rows @ self.coef[kind] + self.bias[kind])

    def of_kinds(self, rows: list[Array]) -> Array:
        """Probability of each row of each kind, kinds last."""
        return np.stack([self.of_kind(kind, each) for kind, each in enumerate(rows)], axis=-1)


class Weights(NamedTuple):
    """What was learnt.

    ``said``, ``note``: whether a sentence, a clause is an item; ``link``: whether a sentence is what a clause
    documents; ``item``: as ``note``, knowing the links; ``found``: whether a clause that is an item was said; ``told``:
    whether a sentence that is an item was documented; ``cuts``: by status, the probability from which each kind is
    reported, and by ``found``, that from which a clause counts as said.
    """

    said: Linear
    note: Linear
    link: Linear
    item: Linear
    found: Linear
    told: Linear
    cuts: dict[str, tuple[float, ...]]

    def as_json(self) -> str:
        """Inverse of `from_json`, rounded."""
        parts: dict[str, Any] = {
            name: {"coef": _rounded(each.coef), "bias": _rounded(each.bias)}
            for name, each in self._asdict().items()
            if isinstance(each, Linear)
        }
        rows = [f'"{name}": {json.dumps(each)}' for name, each in parts.items()]
        return "{" + ",\n".join([f'"kinds": {json.dumps(KINDS)}', *rows, f'"cuts": {json.dumps(self.cuts)}']) + "}\n"


def from_json(text: str) -> Weights:
    """Weights from the text that `Weights.as_json` gave."""
    data = json.loads(text)
    parts = {
        name: Linear(np.array(data[name]["coef"], np.float64), np.array(data[name]["bias"], np.float64))
        for name in Weights._fields
        if name != "cuts"
    }
    return Weights(**parts, cuts={status: tuple(cuts) for status, cuts in data["cuts"].items()})


@cache
def default_weights() -> Weights:
    """The weights that come with the package, read once a process."""
    return from_json((files(__package__) / FILE).read_text("utf-8"))


def _rounded(values: Array) -> Any:
    return np.round(values, _DECIMALS).tolist()
