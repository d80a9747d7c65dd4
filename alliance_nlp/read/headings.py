"""Which words in front of a line are headings of a note, and which may be the name of a speaker."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

CLOCK = r"\d{1,3}(?::\d{2}){1,2}(?:[.,]\d{1,3})?"
"""Pattern of a time as transcripts write it."""

_NAME = re.compile(r"(?:\(?[^\W\d_][\w.'’()/-]*,?[ \t]*){1,5}\d*")


def is_heading(label: str) -> bool:
    """Whether ``headings.json`` has the label.

    >>> is_heading("Subjective"), is_heading("Dana")
    (True, False)
    """
    return label.casefold() in _headings()


def is_name(label: str) -> bool:
    """Whether a label looks like a name, and is no heading.

    >>> is_name("Reed, Dana (PT)"), is_name("Speaker 2"), is_name("Plan"), is_name("at 9")
    (True, True, False, False)
    """
    return label[:1].isupper() and bool(_NAME.fullmatch(label)) and not is_heading(label)


@cache
def _headings() -> frozenset[str]:
    return frozenset(json.loads(files(__package__).joinpath("headings.json").read_text("utf-8"))["headings"])
