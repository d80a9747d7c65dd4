"""What a report says of a note beyond its codes: goals with their parts, stigmatising words, sections.

Goals are read from the sentences coded `goal_state` and, in a note, from those that are goals by their label or section
("STG: flexion 120"), so that impairment-only targets, which are no `goal_state`, are listed too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..annotate.goal_lists import is_listed_goal
from ..annotate.goal_parts import GoalReading, is_about_goals, is_labelled, read_goal
from ..annotate.note_marks import is_template
from ..annotate.sections import find_sections, section_at
from ..annotate.stigma import find_flags
from ..parse import split_note
from ..records import Evidence, Flag, Goal, GoalPart, NoteSection, Visit


def visit_goals(visit: Visit, evidence: Iterable[Evidence], *, text: bool = True) -> tuple[Goal, ...]:
    """Goals of a visit, in its order.

    Args:
        visit: a transcript or a note.
        evidence: the visit's evidence, of which the codes `goal_state` count.
        text: whether the goals carry their words, or offsets alone.

    >>> visit = Visit(visit_id="n", text="LTG: climb 12 stairs in 6 wks\\nSTG: knee flexion 120")
    >>> [(goal.kind, goal.time_bound) for goal in visit_goals(visit, ())]
    [('life', True), ('impairment', False)]
    """
    coded = [each for each in evidence if each.code == "goal_state"]
    if visit.kind == "note":
        return tuple(_note_goals(visit.text or "", coded, text=text))
    found = []
    for each in coded:
        if each.turn is not None:
            turn = visit.turns[each.turn]
            reading = read_goal(turn.text[each.start : each.end], owner="patient" if turn.role == "patient" else None)
            found.append(_goal(turn.text, each.turn, each.start, each.end, reading, text=text))
    return tuple(found)


def note_flags(note: str, *, text: bool = True) -> tuple[Flag, ...]:
    """Stigmatising and doubting words of a note.

    >>> [(flag.text, flag.code) for flag in note_flags("Pt is a poor historian.")]
    [('poor historian', 'doubt')]
    """
    return tuple(
        Flag(
            code=found.rule.code,
            start=found.start,
            end=found.end,
            text=note[found.start : found.end] if text else None,
            rule=found.rule.id,
            suggestion=found.rule.suggestion,
            reference=found.rule.reference,
        )
        for found in find_flags(note)
    )


def note_sections(note: str) -> tuple[NoteSection, ...]:
    """Sections of a note.

    >>> [(each.section, each.empty) for each in note_sections("Goals: ___")]
    [('goals', True)]
    """
    return tuple(
        NoteSection(section=each.section, start=each.start, end=each.end, empty=each.empty, copied=each.copied)
        for each in find_sections(note)
    )


def _note_goals(note: str, coded: list[Evidence], *, text: bool) -> Iterator[Goal]:
    sections = find_sections(note)
    for start, end in split_note(note):
        sentence = note[start:end]
        section = section_at(sections, start)
        is_coded = any(each.start < end and start < each.end for each in coded)
        labelled = is_labelled(sentence)
        listed = labelled or (section is not None and is_listed_goal(note, section, start, end))
        if not is_coded and (not listed or is_about_goals(sentence)):
            continue
        if is_template(sentence):
            continue
        patients = section is not None and section.section == "patient_goals"
        reading = read_goal(sentence, owner="patient" if patients else None)
        if is_coded or reading.specific or (labelled and reading.measurable):
            yield _goal(note, None, start, end, reading, text=text)


def _goal(source: str, turn: int | None, start: int, end: int, reading: GoalReading, *, text: bool) -> Goal:
    parts = tuple(
        GoalPart(
            part=each.part,
            start=start + each.start,
            end=start + each.end,
            text=source[start + each.start : start + each.end] if text else None,
        )
        for each in reading.parts
    )
    return Goal(
        turn=turn,
        start=start,
        end=end,
        text=source[start:end] if text else None,
        owner=reading.owner,
        kind=reading.kind,
        horizon=reading.horizon,
        met=reading.met,
        specific=reading.specific,
        measurable=reading.measurable,
        time_bound=reading.time_bound,
        parts=parts,
    )
