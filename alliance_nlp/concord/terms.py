"""Words of a stretch of note or talk in one spelling, so that the two can be compared.

Abbreviations of notes are written out, number words and days of the week get one form, small words are left out. Which
words are small and which days have which short forms is data: ``words.json``.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from ..abbreviations import expand

_TOKEN = re.compile(r"\d+(?:[.:]\d+)*|[^\W\d_]+(?:'[a-z]+)?")
_SHORT_TIME = re.compile(r"\b(\d+)/(7|52|12)\b")
_SPANS = {"7": "day", "52": "week", "12": "month"}


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((files(__package__) / "words.json").read_text("utf-8"))
    return data


@cache
def _days() -> dict[str, str]:
    return {form: day for day, forms in _data()["days"].items() for form in (day, *forms)}


@cache
def _small() -> frozenset[str]:
    return frozenset(_data()["small"])


def terms_of(text: str, *, note: bool) -> tuple[str, ...]:
    """The words that carry the sense, in order, stemmed; numbers as digits.

    Args:
        text: a stretch of a note or of talk.
        note: whether it is a note, whose abbreviations are written out.

    >>> terms_of("Pt to do HEP BID, r/v 2/52 Thurs", note=True)
    ('home', 'exercise', 'program', '2', 'day', 'review', '2', 'week', 'thursday')
    >>> terms_of("You'll do those exercises twice a day.", note=False)
    ('exercise', '2', 'day')
    >>> terms_of("twelve hundred feet by the fifty-fifth", note=False)
    ('1200', 'foot', '55')
    """
    if note:
        text = expand(_SHORT_TIME.sub(lambda match: f"{match[1]} {_SPANS[match[2]]}", text))
    words = _TOKEN.findall(text.replace("’", "'"))
    out: list[str] = []
    joined = False
    for word in words:
        plain = word.lower()
        number = _data()["numbers"].get(plain)
        if plain == "and" and joined:
            continue
        if number is not None:
            joined = _add_number(out, number, joined)
            continue
        joined = False
        if plain in _days() and (word[0].isupper() or plain == _days()[plain]):
            out.append(_days()[plain])
            continue
        stem = stem_of(plain.partition("'")[0])
        if stem.isdigit() or (len(stem) > 1 and not {plain, stem} & _small()):
            out.append(stem)
    return tuple(out)


def _add_number(out: list[str], number: int, joined: bool) -> bool:
    """Add a number word, joined to the one before it where they are one number; gives whether more may follow."""
    before = int(out[-1]) if joined and out and out[-1].isdigit() else None
    if before is not None and number >= 100 and before < number:
        out[-1] = str(before * number)
    elif before is not None and number < 100 and before % (100 if number >= 10 else 10) == 0 and before:
        out[-1] = str(before + number)
    else:
        out.append(str(number))
    return True


@cache
def stem_of(word: str) -> str:
    """A word without the ending of a plural; irregular forms come from the table.

    >>> [stem_of(word) for word in ("feet", "exercises", "glass", "studies")]
    ['foot', 'exercise', 'glass', 'study']
    """
    if word in _data()["forms"]:
        return str(_data()["forms"][word])
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def numbers_in(terms: tuple[str, ...]) -> frozenset[str]:
    """Numbers among the words.

    >>> sorted(numbers_in(("2", "day")))
    ['2']
    """
    return frozenset(term for term in terms if term[0].isdigit())


def days_in(terms: tuple[str, ...]) -> frozenset[str]:
    """Days of the week among the words.

    >>> sorted(days_in(("2", "monday")))
    ['monday']
    """
    return frozenset(term for term in terms if term in _data()["days"])


def sides_in(text: str) -> frozenset[str]:
    """Sides of the body: left and right, in full or as notes have them.

    >>> sorted(sides_in("R knee")), sorted(sides_in("that's right, the left one"))
    (['right'], ['left'])
    """
    return frozenset(side for side, pattern in _data()["sides"].items() if re.search(pattern, text.replace("’", "'")))
