"""The audit's intervals hold what they promise: they contain the figure of all visits 95 times in 100 samples."""

import numpy as np
import pytest

from alliance_nlp.audit.agreement import alpha, bland_altman, icc, quadratic_kappa
from alliance_nlp.audit.frame import Candidate
from alliance_nlp.audit.sample import draw
from alliance_nlp.audit.weights import mean_of, weigh

N_VISITS, N_SAMPLES = 600, 150
STATISTICS = {
    "ICC(2,1)": lambda both: icc(both, "one"),
    "kappa": lambda both: quadratic_kappa(both[:, 0], both[:, 1]),
    "alpha": lambda both: alpha(both, "interval"),
    "difference": lambda both: bland_altman(both[:, 0], both[:, 1], "difference"),
    "apart": lambda both: mean_of(np.abs(both[:, 0] - both[:, 1])),
    "ratings": lambda both: mean_of(both[:, 1]),
}


@pytest.fixture(scope="module")
def clinic():
    """Candidates, and the tool's and the reviewer's points for each."""
    rng = np.random.default_rng(1)
    truth = np.clip(rng.normal(3, 0.9, N_VISITS), 1, 5)
    rated = np.clip(np.round(truth + rng.normal(0, 0.5, N_VISITS)), 1, 5)
    tool = np.clip(truth + 0.2 + rng.normal(0, 0.6, N_VISITS), 1, 5)
    provider = rng.choice(list("abcd"), N_VISITS, p=[0.6, 0.25, 0.1, 0.05])
    bands = np.array(["weak", "fair", "strong"])[np.digitize(tool, [2.5, 3.5])]
    candidates = [
        Candidate(
            visit_id=f"v{n}",
            kind="transcript",
            provider=str(provider[n]),
            setting=None,
            month=None,
            patient=None,
            date=None,
            words=100,
            band=str(bands[n]),
            value=float(tool[n]),
            spread=float(abs(rng.normal())),
            p_strong=float(1 / (1 + np.exp(-4 * (tool[n] - 3.5)))),
        )
        for n in range(N_VISITS)
    ]
    return candidates, np.column_stack([tool, rated])


@pytest.fixture(scope="module")
def samples(clinic):
    """Thirty visits each: where they are, and how they are weighed."""
    drawn = [draw(clinic[0], 30, core=0.5, rng=np.random.default_rng(seed)) for seed in range(N_SAMPLES)]
    return [
        ([each.at for each in own], weigh(np.array([each.weight for each in own]), seed=seed))
        for seed, own in enumerate(drawn)
    ]


@pytest.mark.parametrize("name", STATISTICS)
def test_audit_intervals_contain_the_truth(clinic, samples, name):
    _, both = clinic
    statistic = STATISTICS[name]
    truth = float(statistic(both)(np.ones((1, len(both))))[0])
    found = [weighing.figure(statistic(both[at]), np.arange(len(at))) for at, weighing in samples]
    assert np.mean([each.low <= truth <= each.high for each in found]) >= 0.9
    values = np.array([each.value for each in found])
    assert abs(values.mean() - truth) < 4 * values.std() / N_SAMPLES**0.5 + 0.01
