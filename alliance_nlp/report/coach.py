"""A coaching sheet: what went well in one visit, with quotes, and one thing to try, on one page without a grade.

It is written to the provider and carries no score. What it quotes is evidence the tool is sure of; where the tool
abstained, or is sure of too little, the sheet says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from ..codes import CODES
from ..records import Evidence, Visit, VisitReport
from .advice import Strength, Suggestion, read_advice
from .template import check_jinja, page_template, style_policy
from .wishes import SURE_P, find_goal, wish

N_STRENGTHS = 2
#: So many sure pieces of evidence make a habit.
FREQUENT = 3
MIN_QUOTE_WORDS = 4
#: Turns within which the patient's answer to a strength is looked for, and what such an answer counts.
ANSWER_TURNS = 2
ANSWERED = 0.5
_FAMILY = {code.name: code.family for code in CODES}
_WEAK_SIGNS = ("judge", "directive")
_TEMPLATE, _STYLE = "coach.html.jinja", "coach.css"


@dataclass(frozen=True)
class Praise:
    """One strength: its words, the provider's own, the patient's answer where there is one, and where it stands."""

    title: str
    why: str
    quote: str
    answer: str | None
    turn: int | None
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """One thing to try: its words and an example sentence; ``goal`` is the patient's, where one was found."""

    id: str
    title: str
    why: str
    example: str
    goal: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """What a coaching sheet says. ``too_little``: why it says less than it might, or None."""

    visit: Visit
    model: str
    strengths: tuple[Praise, ...]
    trial: Trial | None
    provider_share: float | None
    too_little: str | None
    sources: tuple[str, ...]


_ABSTAINED = {
    "too_short": "The visit is too short for the tool to say anything about it.",
    "one_sided": "Almost only one side's words are there, so nothing can be said of how the two worked together.",
    "roles_unknown": "It is not clear who is the provider and who the patient; give the roles and try again.",
    "not_english": "The visit is not in English, the only language that the tool reads.",
    "not_clinical": "The text does not read like a visit.",
}


def coaching_sheet(visit: Visit, report: VisitReport) -> Sheet:
    """What to tell the provider of one visit.

    Args:
        visit: the visit as it was scored.
        report: what `AllianceModel.score` said of it.

    >>> visit = Visit(visit_id="v", turns=[{"role": "patient", "text": "Hello."}])
    >>> report = VisitReport(visit_id="v", kind="transcript", model="m", status="abstained",
    ...                      abstained_because="too_short")
    >>> coaching_sheet(visit, report).too_little
    'The visit is too short for the tool to say anything about it.'
    """
    advice = read_advice()
    if report.abstained_because:
        return Sheet(visit, report.model, (), None, None, _ABSTAINED[report.abstained_because], ())
    strengths = _strengths(visit, report)
    trial = _trial(visit, report)
    share = report.measures.get("provider_word_share") if visit.kind == "transcript" else None
    used = {*trial.sources, *(name for praise in strengths for name in praise.sources)}
    if share is not None:
        used.update(advice.talk_sources)
    return Sheet(
        visit=visit,
        model=report.model,
        strengths=strengths,
        trial=trial,
        provider_share=share,
        too_little=None if len(strengths) == N_STRENGTHS else _few(len(strengths)),
        sources=tuple(sorted({advice.sources[name] for name in used})),
    )


def _few(n: int) -> str:
    found = "no passage that it is sure enough of" if n == 0 else "only one passage that it is sure enough of"
    return f"The tool found {found} to quote here. It reads words alone and misses much: what did you see?"


def _strengths(visit: Visit, report: VisitReport) -> tuple[Praise, ...]:
    """The surest of what the provider did well, answered by the patient if possible, of different families."""
    spoilt = [piece for piece in report.evidence if piece.code in _WEAK_SIGNS]
    ranked: list[tuple[float, Evidence, Strength, str | None]] = []
    rows = {row.code: row for row in read_advice().strengths if row.kind == visit.kind}
    for piece in report.evidence:
        row = rows.get(piece.code)
        if row is None or piece.p < SURE_P or not _by_provider(visit, piece):
            continue
        if len(_words(visit, piece).split()) < MIN_QUOTE_WORDS or any(_overlap(piece, other) for other in spoilt):
            continue
        answer = _answer(visit, report, piece, row)
        if row.needs_answer and answer is None:
            continue
        ranked.append((piece.p + (ANSWERED if answer else 0.0), piece, row, answer))
    ranked.sort(key=lambda one: -one[0])
    chosen: list[tuple[float, Evidence, Strength, str | None]] = []
    for one in ranked:
        if all(_FAMILY[one[1].code] != _FAMILY[other[1].code] for other in chosen):
            chosen.append(one)
    chosen += [one for one in ranked if all(one[2] is not other[2] for other in chosen)]
    return tuple(
        Praise(row.title, row.why, _words(visit, piece), answer, piece.turn, row.sources)
        for _, piece, row, answer in chosen[:N_STRENGTHS]
    )


def _answer(visit: Visit, report: VisitReport, piece: Evidence, row: Strength) -> str | None:
    """The patient's surest words that take the strength up within the next turns."""
    if piece.turn is None:
        return None
    taken = [
        other
        for other in report.evidence
        if other.turn is not None
        and piece.turn < other.turn <= piece.turn + ANSWER_TURNS
        and other.code in row.answers
        and other.p >= SURE_P
        and visit.turns[other.turn].role == "patient"
    ]
    return _words(visit, max(taken, key=lambda other: other.p)) if taken else None


def _trial(visit: Visit, report: VisitReport) -> Trial:
    """The first suggestion that applies, those for the part with the lowest score first."""
    goal = find_goal(visit, report.evidence)

    def urgency(row: Suggestion) -> tuple[bool, float]:
        if row.part is None or report.scores is None:
            return (True, 0.0)
        value = getattr(report.scores, row.part).value
        return (False, 0.0 if value is None else value)

    rows = [row for row in read_advice().suggestions if row.kind == visit.kind]
    row = next(row for row in sorted(rows, key=urgency) if _applies(row, visit, report, goal))
    said = (row.say if goal else None) or row.say_without_goal or ""
    example = said.format(wish=wish(goal), goal=goal) if goal else said
    return Trial(row.id, row.title, row.why, example, goal, row.sources)


def _applies(row: Suggestion, visit: Visit, report: VisitReport, goal: str | None) -> bool:
    done = [piece for piece in report.evidence if _by_provider(visit, piece)]
    if row.needs_goal and goal is None:
        return False
    if row.missing:
        return all(piece.code != row.missing for piece in done)
    if row.present:
        return sum(piece.code == row.present and piece.p >= SURE_P for piece in done) >= FREQUENT
    return row.unmeasured is None or report.measures.get(row.unmeasured) == 0


def _by_provider(visit: Visit, piece: Evidence) -> bool:
    return piece.turn is None or visit.turns[piece.turn].role == "provider"


def _words(visit: Visit, piece: Evidence) -> str:
    source = (visit.text or "") if piece.turn is None else visit.turns[piece.turn].text
    return " ".join(source[piece.start : piece.end].split())


def _overlap(one: Evidence, other: Evidence) -> bool:
    return one.turn == other.turn and one.start < other.end and other.start < one.end


def as_html(sheet: Sheet) -> str:
    """The sheet as one printable page that asks for nothing from elsewhere.

    Raises:
        MissingExtra: jinja2 is not installed.
    """
    check_template()
    return page_template(__package__, _TEMPLATE).render(
        sheet=sheet, style=_style(), policy=content_policy(), talk=read_advice().talk
    )


def check_template() -> None:
    """Say before the work that a sheet cannot be written.

    Raises:
        MissingExtra: jinja2 is not installed.
    """
    check_jinja("writing a coaching sheet")


def content_policy() -> str:
    """Content-Security-Policy of the sheet: its own style, known by its hash, and nothing else."""
    return style_policy(_style())


def _style() -> str:
    return (files(__package__) / _STYLE).read_text("utf-8")
