"""The codes of CODEBOOK.md: families, who may carry each, and their order in every array of the package."""

from __future__ import annotations

from typing import Literal, NamedTuple

Family = Literal["goals", "tasks", "bond"]


class Code(NamedTuple):
    """One sentence code: its name, family, the roles that may carry it, and whether it counts for its family's F1."""

    name: str
    family: Family
    roles: tuple[str, ...]
    core: bool


CODES: tuple[Code, ...] = (
    Code("goal_elicit", "goals", ("provider",), True),
    Code("goal_state", "goals", ("provider", "patient"), True),
    Code("goal_align", "goals", ("provider", "patient"), True),
    Code("task_elicit", "tasks", ("provider",), True),
    Code("task_joint", "tasks", ("provider", "patient"), True),
    Code("task_split", "tasks", ("provider", "patient"), True),
    Code("task_agree", "tasks", ("provider", "patient"), True),
    Code("task_commit", "tasks", ("patient",), True),
    Code("directive", "tasks", ("provider",), False),
    Code("empathy", "bond", ("provider",), True),
    Code("affirm", "bond", ("provider",), True),
    Code("optimism", "bond", ("provider", "patient"), True),
    Code("judge", "bond", ("provider",), False),
    Code("next_contact", "bond", ("provider",), False),
)
CODE_NAMES: tuple[str, ...] = tuple(code.name for code in CODES)
NAME_CODES: tuple[str, ...] = ("name_vocative", "name_reference")
FAMILIES: tuple[Family, ...] = ("goals", "tasks", "bond")


def codes_of(family: Family, *, core: bool = False) -> tuple[str, ...]:
    """Names of a family's codes; with ``core`` only those that count for the family's F1.

    >>> codes_of("bond", core=True)
    ('empathy', 'affirm', 'optimism')
    """
    return tuple(code.name for code in CODES if code.family == family and (code.core or not core))
