"""Sections of a visit note, and the component ``alliance_sections`` that writes them to ``doc.spans``.

Headings are data (``patterns/sections.jsonl``), in any dress: capitals, colon, bold marks, underlines, numbers,
bullets, on a line of their own or in front of the text ("S: Pt reports ...", "A/P:"), several on one line. A
heading that no table knows still ends the section before it. Marks of empty templates ("___", "[ ]", "***", "N/A") and
of text copied forward are data too (``patterns/note_marks.jsonl``).

medspaCy's sectioniser (Eyre 2021, AMIA Annu Symp Proc) is the model for rules as data; it is not used itself, as
medspaCy asks for spaCy below 3.8 on Python 3.11 and brings a UMLS matcher.

>>> import spacy
>>> nlp = spacy.blank("en")
>>> _ = nlp.add_pipe("alliance_sections")
>>> doc = nlp("S: Pt sore. P: HEP daily.")
>>> [(span.label_, span.text) for span in doc.spans["alliance_sections"]]
[('subjective', 'Pt sore.'), ('plan', 'HEP daily.')]
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from .note_marks import is_copied, is_empty

KEY = "alliance_sections"
#: Names for the text before the first heading and for a heading that no table knows.
UNHEADED, OTHER = "unheaded", "other"
UNLISTED = "sections.unlisted"
_SOAP = {"subjective", "objective", "assessment", "plan", "assessment_plan"}

_LINE = re.compile(
    r"[ \t>|]*+(?P<bullet>[-*•●▪◦‣·–][ \t]+)?(?P<hashes>#{1,6}[ \t]*+)?"
    r"(?:\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)][ \t]+)?(?P<bold>\*\*|__|\*|_)?[ \t]*+"
    r"(?P<words>[^\W\d_][^\n:*_]{0,58}?)[ \t]*+"
    r"(?P<unbold>\*\*|__|\*|_)?[ \t]*+(?P<colon>:(?!\d)|[-–—](?=[ \t]))?(?:\*\*|__|\*|_)?"
    r"(?P<rest>[ \t]*+$|(?<=[-–—:*_])[ \t]*+\S.*)",
)
#: A line that begins with more words than a heading has, with no mark of one behind or among them.
_PROSE = re.compile(r"[ \t>|]*+(?!\w{1,4}[.)])[^\W\d_](?:[^\n:*_–—-]|[–—-](?![ \t])){58}[^\S\n]*+[^\s:*_–—-]")
_INLINE = re.compile(
    r"(?:(?<=[.;!?)][ \t])|(?<=[ \t]{2})|(?<=\|[ \t]))(?P<words>[A-Z][A-Za-z/&' -]{0,40}?)[ \t]*+:(?!\d)"
)
_RULER = re.compile(r"[ \t]*[-=_~]{3,}[ \t]*$", re.MULTILINE)
_PAREN = re.compile(r"\s*\([^()]*\)\s*$|\s*#?\d+\s*$|,.*$")
_MAX_WORDS = 6
#: Letters that an abbreviation has at most; a line of nothing else in capitals is no heading.
_ABBREVIATION = 4


class Section(NamedTuple):
    """One section; offsets are half-open characters of the note, without white space around them.

    ``section``: its name in the table, `OTHER` or `UNHEADED`; ``rule``: id of the heading's rule; ``heading_start`` and
    ``heading_end``: the heading's words (equal where there is none); ``start``, ``end``: what it holds; ``empty``: a
    field nobody filled in; ``copied``: it says it was copied from an earlier note.
    """

    section: str
    rule: str
    heading_start: int
    heading_end: int
    start: int
    end: int
    empty: bool = False
    copied: bool = False


class _Heading(NamedTuple):
    section: str
    rule: str
    start: int
    end: int
    body: int
    """Where what it holds begins."""
    colon: bool


@lru_cache(maxsize=4)  # a note's sections are asked for by several stages, one after the other
def find_sections(text: str) -> tuple[Section, ...]:
    """Sections of a note in order; together with their headings they cover all of its words.

    >>> [(each.section, each.empty) for each in find_sections("**Goals:** ___\\nPLAN\\nHEP BID")]
    [('goals', True), ('plan', False)]
    """
    headings = _headings(text)
    first = _line_before(text, headings[0].start) if headings else len(text)
    sections = []
    start, end = _strip(text, 0, first)
    if re.search(r"\w", text[start:end]):
        sections.append(Section(UNHEADED, "sections.unheaded", start, start, start, end, copied=is_copied(text[:end])))
    for index, heading in enumerate(headings):
        following = headings[index + 1] if index + 1 < len(headings) else None
        start, end = _strip(text, heading.body, _line_before(text, following.start) if following else len(text))
        parent = start == end and (not heading.colon or (following and following.section == heading.section))
        empty = not parent and is_empty(text[start:end])
        copied = is_copied(text[heading.start : min(end, _line_end(text, start))])
        sections.append(Section(heading.section, heading.rule, heading.start, heading.end, start, end, empty, copied))
    return tuple(sections)


def section_at(sections: Iterable[Section], offset: int) -> Section | None:
    """The section whose heading or content holds a character.

    >>> section_at(find_sections("Goals: climb stairs"), 8).section
    'goals'
    """
    for each in sections:
        if each.heading_start <= offset < (each.end if each.end > each.heading_end else each.heading_end):
            return each
    return None


def is_soap(sections: Iterable[Section]) -> bool:
    """Whether a note has at least three of the four parts of a SOAP note."""
    found = {each.section for each in sections}
    return len(found & _SOAP) + ("assessment_plan" in found) >= 3


def _headings(text: str) -> list[_Heading]:
    found: list[_Heading] = []
    blank_before, at = True, 0
    for line in text.split("\n"):
        heading = _line_heading(text, at, line.rstrip("\r"), blank_before=blank_before)
        if heading:
            found.append(heading)
        begin, end = heading.body if heading else at, at + len(line)
        for match in _INLINE.finditer(text, begin, end) if text.find(":", begin, end) >= 0 else ():
            row = _lookup(match["words"])
            if row and row["id"] in _inline():
                found.append(_Heading(row["section"], row["id"], match.start(), match.end() - 1, match.end(), True))
        blank_before = not line.strip() or bool(_RULER.match(line))
        at += len(line) + 1
    return found


def _line_heading(text: str, at: int, line: str, *, blank_before: bool) -> _Heading | None:
    """The heading at the start of a line, or None."""
    match = None if _PROSE.match(line) else _LINE.match(line)
    if match is None or (match["rest"].strip() and not (match["colon"] or (match["bold"] and match["unbold"]))):
        return None
    words, colon = match["words"].strip(), bool(match["colon"])
    row = _lookup(words)
    alone = not match["rest"].strip()
    start = at + match.start("words")
    body = at + match.start("rest")
    if row is not None:
        letters = len(words) <= 2
        if letters and (match["bullet"] or not (words.isupper() or colon)):
            return None
        if colon and match["colon"] != ":" and not (words.isupper() and line[match.end("words")].isspace()):
            return None
        if not colon and not alone and not match["bold"]:
            return None
        if not colon and match["bullet"]:
            return None
        if not colon and "pattern" in row and not _looks_like_heading(text, at, line, match, blank_before=blank_before):
            return None
    elif match["bullet"] or not alone or not _looks_like_heading(text, at, line, match, blank_before=blank_before):
        return None
    if alone and not colon and (ruler := _RULER.match(text, at + len(line) + 1)):
        body = ruler.end()
    section, rule = (row["section"], row["id"]) if row else (OTHER, UNLISTED)
    return _Heading(section, rule, start, start + len(words), body, colon)


def _looks_like_heading(text: str, at: int, line: str, match: re.Match[str], *, blank_before: bool) -> bool:
    """Whether a line of unknown words, alone on its line, is a heading."""
    words = match["words"].strip()
    if len(words.split()) > _MAX_WORDS or not words[0].isupper() or "  " in words:
        return False
    if match["colon"] == ":" or match["hashes"] or (match["bold"] and match["unbold"]):
        return True
    if words[-1] in ".,;!?" or re.search(r"\d", words):
        return False
    next_line = text[at + len(line) + 1 : _line_end(text, at + len(line) + 1)]
    if _RULER.match(next_line) and next_line.strip():
        return True
    if words.isupper() and any(len(word) > _ABBREVIATION for word in words.split()):
        return True
    return blank_before and bool(next_line.strip()) and at > 0


def _lookup(words: str) -> dict[str, Any] | None:
    """The rule of a heading; a number, a bracket or what follows a comma after it does not matter."""
    plain = " ".join(words.casefold().replace("’", "'").split()).strip(" .*_#-–")
    bare = _PAREN.sub("", plain).strip()
    named = (row for pattern, row in _named() if pattern.search(bare))
    return _table().get(plain) or _table().get(bare) or next(named, None)


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    lines = (files(__package__) / "patterns" / "sections.jsonl").read_text("utf-8").splitlines()
    return tuple(json.loads(line) for line in lines if line.strip())


@cache
def _table() -> dict[str, dict[str, Any]]:
    """Rows by the headings they list."""
    return {heading: row for row in _rows() for heading in row.get("headings", ())}


@cache
def _named() -> tuple[tuple[re.Pattern[str], dict[str, Any]], ...]:
    """Rows that know a heading by a word in it ("Outcomes on the family plan")."""
    return tuple((re.compile(row["pattern"]), row) for row in _rows() if "pattern" in row)


def section_names() -> tuple[str, ...]:
    """Every name a section can have."""
    return (UNHEADED, OTHER, *sorted({row["section"] for row in _rows()}))


@cache
def _inline() -> frozenset[str]:
    """Rules whose headings count in the middle of a line too."""
    return frozenset(row["id"] for row in _rows() if row.get("inline"))


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    if not part.strip():
        return start, start
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def _line_before(text: str, start: int) -> int:
    """Where a heading's line begins if only its marks stand before it, else the heading itself."""
    line = text.rfind("\n", 0, start) + 1
    before = re.sub(r"^\W*(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)]", "", text[line:start])
    return start if re.search(r"[^\W_]", before) else line


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


class AllianceSections:
    """Writes ``doc.spans["alliance_sections"]``: ``label_`` the section's name, ``id_`` the rule."""

    def __call__(self, doc: Doc) -> Doc:
        spans = []
        for each in find_sections(doc.text):
            span = doc.char_span(each.start, each.end, each.section, alignment_mode="expand", span_id=each.rule)
            if span is not None and each.end > each.start:
                spans.append(span)
        doc.spans[KEY] = spans
        return doc

    def to_disk(self, path: Any, *, exclude: Iterable[str] = ()) -> None:
        """Nothing to write: the rules are part of the package."""

    def from_disk(self, path: Any, *, exclude: Iterable[str] = ()) -> AllianceSections:
        """Nothing to read."""
        return self


@Language.factory(KEY, assigns=["doc.spans"], retokenizes=False)
def make_sections(nlp: Language, name: str) -> AllianceSections:
    """Factory of the component."""
    return AllianceSections()
