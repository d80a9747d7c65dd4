"""Draws an audit and writes its database: what ``alliance audit new`` does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..batch.task import Scorer
from ..corpus.gold import GoldVisit
from ..errors import BadAudit, BadOption
from ..records import Visit, VisitReport
from .frame import STRATA, Candidate, Frame, is_scored, read_reports
from .reviews import log, now
from .sample import Drawn, draw, draw_units
from .store import create_store, store_url
from .tables import SCHEMA_VERSION, Audit, SampledVisit


class Made(NamedTuple):
    """What was drawn: how many of how many, by reason, and what had to be passed over."""

    sampled: int
    population: int
    reasons: dict[str, int]
    without_report: int
    failures: tuple[str, ...]
    name: str
    """The database, to show."""


def new_audit(
    target: Path | str,
    source: Path,
    *,
    model: Scorer,
    visits: Sequence[Path] = (),
    n: int = 30,
    seed: int = 0,
    core: float = 0.5,
    turns: int = 6,
    roster: Path | None = None,
    roles: str | None = None,
) -> Made:
    """Draw visits and write the database of their audit.

    Args:
        target: file of the new database, or its address.
        source: reports that ``alliance score`` wrote, or visits to score now.
        model: the one that scores, or scored, them.
        visits: where the visits of the reports are.
        n: how many visits to draw.
        seed: of the draw; the same seed, visits and scores give the same sample.
        core: share of the sample that falls on every visit alike.
        turns: how many turns of each visit are to be coded blind.
        roster: table of who the patients and providers are.
        roles: role by speaker label.

    Raises:
        BadAudit: there is an audit already, no visit has a report, or a report does not fit its visit.
        BadOption: visits are missing, or given where they are not used.
    """
    _, name = store_url(target)
    frame = make_frame(source, visits, model)
    frame.roster, frame.roles = roster, roles
    candidates = frame.candidates()
    if not candidates:
        why = str(frame.failures[0]) if frame.failures else "no visit there has a report"
        raise BadAudit(str(source), why.rstrip("."), "check --from and --visits")
    rng = np.random.default_rng(seed)
    drawn = draw(candidates, n, core=core, rng=rng)
    pairs = frame.fetch({candidates[each.at].visit_id for each in drawn})
    rows = []
    for place, each in enumerate(drawn, 1):
        known = candidates[each.at]
        visit, report = pairs[known.visit_id]
        rows.append(_row(place, each, known, visit.model_dump_json(), report))
        rows[-1].units = draw_units(visit, report, turns, rng)
    reasons: dict[str, int] = dict(sorted(Counter(each.why for each in drawn).items()))
    design: dict[str, Any] = {
        "core": core,
        "turns": turns,
        "reasons": reasons,
        "population": describe(candidates),
        "learned_from": count_learned([visit for visit, _ in pairs.values()], model),
    }
    audit = Audit(
        schema_version=SCHEMA_VERSION,
        created_at=now(),
        model=next(iter(pairs.values()))[1].model,
        seed=seed,
        population=len(candidates),
        design=design,
    )
    store = create_store(target)
    try:
        with store.writing() as session:
            session.add_all([audit, *rows])
            log(session, None, "new", seed=seed, sampled=len(rows), population=len(candidates))
    finally:
        store.close()
    return Made(len(rows), len(candidates), reasons, frame.without, tuple(map(str, frame.failures)), name)


def make_frame(source: Path, visits: Sequence[Path], model: Scorer) -> Frame:
    """Where candidates come from: reports with their visits, or visits to score.

    Raises:
        BadOption: a path does not exist, or visits are missing, or given where they are not used.
    """
    for option, path in [("--from", source), *(("--visits", path) for path in visits)]:
        if not path.exists():
            raise BadOption(option, str(path), "there is no such file or folder")
    if is_scored(source):
        if not visits:
            raise BadOption(
                "--from", str(source), "reports hold no transcripts; say with --visits where the visits are"
            )
        return Frame(visits, read_reports(source))
    if visits:
        raise BadOption("--visits", str(visits[0]), "it goes with reports; --from holds the visits themselves")
    return Frame([source], model.score)


def count_learned(visits: Iterable[Visit], model: Scorer) -> int:
    """How many visits a model has learned from, as far as it remembers their hashes."""
    seen = set(model.meta.get("seen", ()))
    return sum(GoldVisit(visit, "audit").sha256() in seen for visit in visits)


def describe(candidates: Sequence[Candidate]) -> dict[str, Any]:
    """The population's own figures, which need no sample: counts by stratum and the mean of the tool's scores."""
    values = [each.value for each in candidates if each.value is not None]
    return {
        "visits": len(candidates),
        "scored": len(values),
        "mean_alliance": float(np.mean(values)) if values else None,
        **{name: len({getattr(each, name) for each in candidates} - {None}) for name in STRATA},
    }


def _row(place: int, drawn: Drawn, known: Candidate, visit_json: str, report: VisitReport) -> SampledVisit:
    return SampledVisit(
        place=place,
        visit_id=known.visit_id,
        weight=drawn.weight,
        why=drawn.why,
        kind=known.kind,
        provider=known.provider,
        setting=known.setting,
        month=known.month,
        band=known.band,
        words=known.words,
        visit_json=visit_json,
        report_json=report.model_dump_json(),
    )
