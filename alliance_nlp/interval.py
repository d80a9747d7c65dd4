"""How far a score may be off: a half width for every visit, from its values and how unsure its codes are.

The usual miss is linear in a few inputs; times a conformal factor it is the half width that holds 90 % of new visits
(Lei 2018, locally weighted conformal prediction). scikit-learn fits the slopes (`train.interval`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict

LOWEST, HIGHEST = 1.0, 5.0
LEAST_MISS = 0.15


class Spread(BaseModel):
    """The fitted width of one score: ``factor`` times the usual miss ``usual + sum of slopes * inputs``."""

    model_config = ConfigDict(frozen=True)
    usual: float
    slopes: dict[str, float] = {}
    factor: float = 1.0

    def half_width(self, inputs: Mapping[str, float]) -> float:
        """Half the width of the 90 % interval, in points.

        >>> Spread(usual=0.5, slopes={"value": 0.1}, factor=2.0).half_width({"value": 3.0})
        1.6
        """
        miss = math.fsum([self.usual, *(slope * inputs[name] for name, slope in self.slopes.items())])
        return self.factor * max(LEAST_MISS, miss)


def spread_inputs(
    value: float, values: Iterable[float], row: Mapping[str, float], names: Iterable[str]
) -> dict[str, float]:
    """What the width of a score may depend on: the value, how it lies to the other parts, and features of doubt.

    Args:
        value: the score.
        values: goal, task and bond.
        row: features of the visit; one that is ``nan`` counts as 0.
        names: the features to take.

    >>> spread_inputs(3.0, (1.0, 2.0, 3.0), {"goals_doubt": 0.4}, ["goals_doubt"])
    {'value': 3.0, 'value_squared': 9.0, 'mean': 2.0, 'apart': 1.0, 'goals_doubt': 0.4}
    """
    parts = list(values)
    mean = math.fsum(parts) / len(parts)
    doubts = {name: 0.0 if math.isnan(row[name]) else row[name] for name in names}
    return {"value": value, "value_squared": value * value, "mean": mean, "apart": abs(value - mean), **doubts}


def interval(value: float, half_width: float) -> tuple[float, float]:
    """Ends of the interval of a value, within the scale.

    >>> interval(1.5, 0.75)
    (1.0, 2.25)
    """
    return max(LOWEST, value - half_width), min(HIGHEST, value + half_width)
