"""What a reader takes from a file before roles and roster are known: the record between the formats and `Visit`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ..records import Kind, Role


class DraftTurn(NamedTuple):
    """A turn whose role may still be open (None)."""

    text: str
    speaker: str | None = None
    role: Role | None = None
    start_s: float | None = None
    end_s: float | None = None


@dataclass
class Draft:
    """A visit as its file tells it."""

    visit_id: str
    kind: Kind = "transcript"
    turns: list[DraftTurn] = field(default_factory=list)
    text: str | None = None
    of: str | None = None
    """Id of the transcript that a note is of."""
    date: str | None = None
    setting: str | None = None
    patient: dict[str, object] | None = None
    provider: dict[str, object] | None = None
    line: int | None = None
    """Where the visit starts in its file, from 1; None where it is the whole file."""
    warnings: list[str] = field(default_factory=list)


def join_turns(turns: list[DraftTurn]) -> list[DraftTurn]:
    """Consecutive stretches of one speaker as one turn, texts joined by a space; empty stretches are left out.

    >>> join_turns([DraftTurn("Hi,", "Jo", None, 0.0, 1.0), DraftTurn("Ann.", "Jo", None, 1.0, 2.0)])
    [DraftTurn(text='Hi, Ann.', speaker='Jo', role=None, start_s=0.0, end_s=2.0)]
    """
    groups: list[list[DraftTurn]] = []
    for turn in turns:
        if not turn.text:
            continue
        if groups and groups[-1][0].speaker == turn.speaker:
            groups[-1].append(turn)
        else:
            groups.append([turn])
    return [group[0]._replace(text=" ".join(turn.text for turn in group), end_s=group[-1].end_s) for group in groups]
