"""A model that scores by counting, for tests of what happens around the scoring."""

from typing import ClassVar

from alliance_nlp.concord.records import ConcordanceReport
from alliance_nlp.errors import AllianceError
from alliance_nlp.records import (
    AllianceScore,
    Contribution,
    Evidence,
    Score,
    Scores,
    Visit,
    VisitReport,
)

WANT = "I want to climb the stairs."


def make_report(visit_id="v1", **changes):
    """A scored report of a transcript whose turn 1 begins with `WANT`."""
    goal, task = Score(value=3.4, low=2.8, high=4.1), Score(value=2.0, low=1.2, high=2.9)
    fields = {
        "visit_id": visit_id,
        "kind": "transcript",
        "model": "stand_in-1",
        "status": "scored",
        "scores": Scores(
            goal=goal,
            task=task,
            bond=Score(value=4.2, low=3.3, high=4.9),
            alliance=AllianceScore(value=3.2, low=2.7, high=3.8, band="fair", p_strong=0.31),
        ),
        "evidence": (Evidence(code="goal_state", turn=1, start=0, end=len(WANT), text=WANT, p=0.93, why="coder"),),
        "measures": {"provider_word_share": 0.52, "name_vocative_per_1000_words": None},
        "contributions": (
            Contribution(feature="base", of="goal", value=2.9),
            Contribution(feature="scale_limit", of="goal", value=-0.1),
            Contribution(feature="goal_state_rate", of="goal", value=0.6, evidence=(0,)),
        ),
        **changes,
    }
    return VisitReport(**fields)


def make_visit(visit_id="v1", words=WANT):
    turns = [
        {"role": "provider", "speaker": "Dana", "text": "How did the week go?"},
        {"role": "patient", "speaker": "Martha", "text": words},
    ]
    return Visit(visit_id=visit_id, turns=turns)


def make_note(visit_id="n1", text="P: climb the stairs daily.", **changes):
    return Visit(visit_id=visit_id, kind="note", text=text, **changes)


def make_concordance(note, visit, *, model=None, text=True):
    """What a comparison might say: the goal of turn 1 documented, the first turn left out, another name in the note."""
    wanted, first = visit.turns[1].text, visit.turns[0].text
    said = {"turn": 1, "start": 0, "end": len(wanted), "text": wanted if text else None}
    written = {"start": 3, "end": len(note.text), "text": note.text[3:] if text else None}
    left_out = {"turn": 0, "start": 0, "end": len(first), "text": first if text else None}
    items = [
        {"kind": "goal", "status": "both", "said": said, "note": written, "p": 0.8},
        {"kind": "plan", "status": "said_only", "said": left_out, "note": None, "p": 0.4},
    ]
    return ConcordanceReport(
        visit_id=visit.visit_id,
        note_id=note.visit_id,
        model="stand_in-1",
        items=items,
        mismatches=[{"detail": "name", "said": None, "note": written, "rule": "person.name"}],
        warnings=(*visit.warnings, *note.warnings),
    )


class StandInModel:
    """Abstains from visits of no turn, fails where a turn says so, else gives `make_report`."""

    name = "stand_in-1"
    meta: ClassVar = {"sha256": "0" * 64}

    def __init__(self):
        self.scored = []

    def warm(self):
        """Nothing to learn."""

    def score(self, visit, *, text=True):
        self.scored.append(visit)
        said = " ".join(turn.text for turn in visit.turns)
        if "FAIL" in said:
            raise KeyError(said)
        if "REFUSE" in said:
            raise AllianceError("this visit cannot be scored.")
        if not visit.turns:
            changes = {"status": "abstained", "abstained_because": "too_short", "scores": None, "contributions": ()}
            return make_report(visit.visit_id, kind=visit.kind, evidence=(), warnings=visit.warnings, **changes)
        report = make_report(visit.visit_id, warnings=visit.warnings)
        if text:
            return report
        return report.model_copy(
            update={"evidence": tuple(e.model_copy(update={"text": None}) for e in report.evidence)}
        )
