"""Held-out answers made by hand, for tests of what is told of them."""

import numpy as np
from stand_in import make_report

from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.corpus.gold import GoldVisit
from alliance_nlp.evaluate.run import HeldOut
from alliance_nlp.records import AllianceScore, Score, Scores, Visit

SECRET = "Quorvexitz blimpfoddle"
HOSTILE = "<script>alert(1)</script> | P&T"


def held_answers(n=12):
    """``n`` transcripts of growing length, the even ones punctuated, of two splits; every fourth one merely rated."""
    held = HeldOut()
    draw = np.random.default_rng(0)
    for at in range(n):
        said = f"I want to climb the stairs{'.' if at % 2 == 0 else ''}"
        turns = [{"role": "provider", "text": SECRET}, {"role": "patient", "text": said}]
        turns += [{"role": "patient", "text": "well " * 20 + said[-1]}] * (at + 1)
        visit = Visit(visit_id=f"v{at:02}", turns=turns)
        coded = at % 4 != 3
        gold = GoldVisit(
            visit=visit,
            source="annomi" if at < n // 2 else "rehab",
            codes=(("goal_state", 1, 0, len(said)),) if coded else (),
            ratings={"goal": 1 + at % 5, "task": 1 + at % 3, "bond": 3 + at % 2},
            group=visit.visit_id,
            fold=at % 5,
            split="test" if at % 3 else "test_2",
            quality=("high", "low")[at % 2],
            discipline=HOSTILE if at == 1 else None,
            coded=coded,
        )
        value = 1 + 4 * at / n
        part = Score(value=value, low=value - 1, high=value + 1)
        alliance = AllianceScore(value=value, low=value - 1, high=value + 1, band="fair", p_strong=at / n)
        report = make_report(visit.visit_id, scores=Scores(goal=part, task=part, bond=part, alliance=alliance))
        held.golds.append(gold)
        held.reports[visit.visit_id] = held.nameless[visit.visit_id] = report
        held.means[visit.visit_id] = {"goal": 3.0, "task": 3.0, "bond": 3.0}
        held.p.append(draw.random((3, len(CODE_NAMES))))
        held.gold.append(held.p[-1] > 0.5)
    return held
