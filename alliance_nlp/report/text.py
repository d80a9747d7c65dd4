"""One visit explained in the terminal: its scores, what moved them, and its words with the evidence marked in place.

Marks read ``[the words](code 7)``, where 7 is the index of the evidence in the report, so nothing is lost without
colour; in colour each family has its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from ..codes import CODES, NAME_CODES
from ..errors import BadOffsets
from ..records import PARTS, Contribution, Evidence, Visit, VisitReport
from .note_lines import note_lines
from .printable import printable

STYLES = {"goals": "cyan", "tasks": "green", "bond": "magenta", "names": "yellow"}
_STYLE = {**{code.name: STYLES[code.family] for code in CODES}, **dict.fromkeys(NAME_CODES, STYLES["names"])}
_HEADING = "bold"
_QUIET = "dim"


def explanation(visit: Visit, report: VisitReport, titles: Mapping[str, str] | None = None) -> Iterator[Text]:
    """The lines that `alliance explain` prints, top to bottom.

    Args:
        visit: the visit as it was scored.
        report: what `AllianceModel.score` said of it.
        titles: a readable title for each feature or measure; names without one are shown as they are.

    Raises:
        BadOffsets: the report's evidence does not fit the visit.

    >>> visit = Visit(visit_id="n1", text="Pt wants to climb stairs.")
    >>> said = {"code": "goal_state", "turn": None, "start": 0, "end": 24, "p": 0.9, "why": "coder"}
    >>> report = VisitReport(visit_id="n1", kind="note", model="m", status="abstained",
    ...                      abstained_because="too_short", evidence=[said])
    >>> [line.plain for line in explanation(visit, report)][-1]
    '[Pt wants to climb stairs](goal_state 0).'
    """
    titles = titles or {}
    facts = [visit.kind, *(fact for fact in (visit.date, visit.setting) if fact), f"model {report.model}"]
    yield Text(printable(f"{report.visit_id}: {', '.join(facts)}"), style=_HEADING)
    if report.abstained_because:
        yield Text(f"Not scored: {report.abstained_because.replace('_', ' ')}.")
    yield from _scores(report)
    yield from _moved(report, titles)
    yield from _measures(report.measures, titles)
    yield from note_lines(report)
    if report.warnings:
        yield Text("\nWarnings", style=_HEADING)
        yield from (Text(f"  {printable(warning)}") for warning in report.warnings)
    yield from _words(visit, report)


def mark(text: str, evidence: Sequence[tuple[int, Evidence]]) -> Text:
    """``text`` with each stretch of evidence in brackets, followed by its codes and numbers.

    Stretches with the same ends share their brackets; one inside another is marked inside it.

    Args:
        text: text of one turn or note.
        evidence: number and evidence of every stretch in that text.

    >>> hi = Evidence(code="name_vocative", turn=0, start=6, end=12, p=1, why="roster")
    >>> praise = Evidence(code="affirm", turn=0, start=0, end=13, p=0.8, why="coder")
    >>> mark("Good, Martha. Next one.", [(0, hi), (1, praise)]).plain
    '[Good, [Martha](name_vocative 0).](affirm 1) Next one.'
    """
    spans: dict[tuple[int, int], list[tuple[int, Evidence]]] = {}
    for number, said in evidence:
        spans.setdefault((said.start, said.end), []).append((number, said))
    # At one place: first what closes (the innermost first), then what opens (the outermost first).
    marks = sorted(
        [((end, 0, -start, end), (start, end)) for start, end in spans]
        + [((start, 1, -end, start), (start, end)) for start, end in spans]
    )
    marked, at = Text(), 0
    opened: dict[tuple[int, int], int] = {}
    styled: list[tuple[int, int, int, str]] = []
    for (place, opens, *_), span in marks:
        marked.append(printable(text[at:place], keep="\n"))
        at = place
        if opens:
            opened[span] = len(marked)
            marked.append("[")
            continue
        label = ", ".join(f"{said.code} {number}" for number, said in spans[span])
        marked.append(f"]({label})")
        styled.append((span[0] - span[1], opened[span], len(marked), _STYLE.get(spans[span][0][1].code, "")))
    marked.append(printable(text[at:], keep="\n"))
    for _, start, end, style in sorted(styled):  # longest first: the inner colour wins
        marked.stylize(style, start, end)
    return marked


def _scores(report: VisitReport) -> Iterator[Text]:
    if report.scores is None:
        return
    yield Text("\nScores, 1 to 5, with their 90 % intervals", style=_HEADING)
    for part in (*PARTS, "alliance"):
        score = getattr(report.scores, part)
        if not score.documented:
            shown = "not documented"
        elif score.value is None:
            shown = "-"
        else:
            ends = "" if score.low is None or score.high is None else f"   {score.low:.1f} to {score.high:.1f}"
            shown = f"{score.value:.1f}{ends}"
        line = Text(f"  {part:<9} {shown}")
        if part == "alliance":
            alliance = report.scores.alliance
            line.append(f"   {alliance.band}" if alliance.band else "", style=_HEADING)
            line.append("" if alliance.p_strong is None else f"   probability of strong {alliance.p_strong:.2f}")
        yield line


def _moved(report: VisitReport, titles: Mapping[str, str]) -> Iterator[Text]:
    """What each part's score is made of: the base, then the largest contribution first."""
    if not report.contributions:
        return
    yield Text("\nWhat moved them, in points", style=_HEADING)
    for part in PARTS:
        own = [contribution for contribution in report.contributions if contribution.of == part]
        own.sort(key=lambda contribution: (contribution.feature != "base", -abs(contribution.value)))
        for contribution in own:
            if contribution.feature == "base" or round(contribution.value, 2):
                yield _moving(contribution, titles)


def _moving(contribution: Contribution, titles: Mapping[str, str]) -> Text:
    sign = "" if contribution.feature == "base" else "+"
    title = titles.get(contribution.feature, contribution.feature)
    line = Text(f"  {contribution.of:<9} {contribution.value:>{sign}6.2f}  {printable(title)}")
    if contribution.evidence:
        line.append(f"   (evidence {', '.join(map(str, contribution.evidence))})", style=_QUIET)
    return line


def _measures(measures: Mapping[str, float | None], titles: Mapping[str, str]) -> Iterator[Text]:
    if not measures:
        return
    yield Text("\nMeasures beside the scores", style=_HEADING)
    for name, value in measures.items():
        shown = "undefined" if value is None or value != value else f"{value:.3g}"
        yield Text(f"  {shown:>9}  {printable(titles.get(name, name))}")


def _words(visit: Visit, report: VisitReport) -> Iterator[Text]:
    """The transcript or the note, marked."""
    texts: list[str] = [visit.text or ""] if visit.kind == "note" else [turn.text for turn in visit.turns]
    by_turn: dict[int, list[tuple[int, Evidence]]] = {}
    for number, said in enumerate(report.evidence):
        turn = 0 if visit.kind == "note" else said.turn
        if turn is None or not 0 <= turn < len(texts) or not said.start < said.end <= len(texts[turn]):
            raise BadOffsets(visit.visit_id, said.turn, said.start, said.end)
        by_turn.setdefault(turn, []).append((number, said))
    yield Text("\nNote" if visit.kind == "note" else "\nTranscript", style=_HEADING)
    yield _legend()
    for index, text in enumerate(texts):
        words = mark(text, by_turn.get(index, ()))
        if visit.kind == "note":
            yield words
            continue
        said_by = visit.turns[index]
        speaker = f" ({printable(said_by.speaker)})" if said_by.speaker else ""
        yield Text.assemble((f"{index:>4} {said_by.role}{speaker}: ", _QUIET), words)


def _legend() -> Text:
    line = Text("  marked as [words](code number); colours: ", style=_QUIET)
    for family, style in STYLES.items():
        line.append(f"{family} ", style=style)
    return line
