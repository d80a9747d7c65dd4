"""HTML (notes, transcripts, the narrative of FHIR and C-CDA) -> text, line by line as a reader of the page sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from ..errors import MissingExtra, UnreadableFile
from .draft import Draft
from .extracted import cell_line, read_extracted
from .source import Source

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_BREAKS = frozenset(("br", "hr"))
_CELLS = frozenset(("td", "th"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PICTURE = re.compile(r"data:[\w/+.-]{1,60};base64,[\w+/=%]*")
_MAX_MARKUP = 8_000_000  # characters; parsed they take about thirty times as many bytes
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_SPACE = re.compile(r"[ \t\r\n\f\v\xa0]+")


def read_html(source: Source, speakers: Collection[str] = ()) -> Iterator[Draft | UnreadableFile]:
    """A transcript if the page has speaker labels, else a note; scripts, styles and what is hidden are left out.

    Raises:
        UnreadableFile: the file is no text, or nothing on the page is.
        MissingExtra: BeautifulSoup is not installed.
    """
    yield from read_extracted(source, html_text(source.text(), str(source.path)), speakers)


def html_text(markup: str, place: str) -> str:
    """What a page says; a row of a table is one line.

    Args:
        markup: HTML or XHTML, whole or a part.
        place: where it comes from, for errors.

    Raises:
        UnreadableFile: the markup, without pictures in it, is longer than that of any visit.
        MissingExtra: BeautifulSoup is not installed.

    >>> html_text("<h1>Plan</h1><p>Walk&nbsp;<b>daily</b><script>x()</script></p>", "a.html")
    'Plan\\nWalk daily'
    """
    try:
        import lxml  # type: ignore[import-untyped]  # noqa: F401  # the parser that BeautifulSoup is asked for
        from bs4 import BeautifulSoup
        from bs4.element import NavigableString, PreformattedString, Tag
    except ImportError:
        raise MissingExtra(f"{place}: reading HTML", "formats") from None
    markup = _PICTURE.sub("", markup)
    if len(markup) > _MAX_MARKUP:
        raise UnreadableFile(place, "the page is longer than any visit", "split it, one visit a file")
    if "<" not in markup:  # BeautifulSoup would ask whether this is the name of a file
        markup = f"<p>{markup}</p>"
    soup = BeautifulSoup(_DECLARATION.sub("", markup, count=1), "lxml")
    places = {id(soup): _Place()}

    def pieces() -> Iterator[_Piece]:
        for node in soup.descendants:
            around = places[id(node.parent)]
            if isinstance(node, Tag):
                style = node.get("style")
                hidden = node.has_attr("hidden") or (isinstance(style, str) and _HIDDEN.search(style) is not None)
                places[id(node)] = around.within(node.name, id(node), hidden=hidden)
                if node.name in _BREAKS:
                    yield _Piece(around, None)
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                yield _Piece(around, str(node))

    return _text(pieces())


def element_text(root: Element) -> str:
    """What an element of parsed XML says, as `html_text`; of C-CDA, its lists and paragraphs are known too.

    >>> from xml.etree.ElementTree import fromstring
    >>> element_text(fromstring("<text><list><item>Walk.</item><item>Swim.</item></list></text>"))
    'Walk.\\nSwim.'
    """

    def pieces() -> Iterator[_Piece]:
        waiting: list[tuple[Element | str, _Place]] = [(root, _Place())]
        while waiting:
            node, around = waiting.pop()
            if isinstance(node, str):
                yield _Piece(around, node)
                continue
            if not isinstance(node.tag, str):  # a comment
                continue
            name = node.tag.rpartition("}")[2]
            if name in _BREAKS:
                yield _Piece(around, None)
            inside = around.within(name, id(node))
            for child in reversed(node):
                if child.tail:
                    waiting.append((child.tail, inside))
                waiting.append((child, inside))
            if node.text:
                waiting.append((node.text, inside))

    return _text(pieces())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a string stands: in which row, cell and block, by id; 0 where in none."""

    row: int = 0
    cell: int = 0
    block: int = 0
    kept: bool = False
    """Whether white space counts, as in ``pre``."""
    unseen: bool = False

    def within(self, name: str, key: int, *, hidden: bool = False) -> _Place:
        """The place inside a tag."""
        tags = _tags()
        if name == "tr":
            return _Place(key, 0, key, self.kept, self.unseen or hidden)
        if name in _CELLS:
            return _Place(self.row, key, key, self.kept, self.unseen or hidden)
        if name in tags["unseen"] or hidden:
            return _Place(self.row, self.cell, self.block, self.kept, unseen=True)
        if name in tags["blocks"]:
            return _Place(self.row, self.cell, key, self.kept or name == "pre", self.unseen)
        return self


@cache
def _tags() -> dict[str, frozenset[str]]:
    """Tags that stand on lines of their own (``blocks``), and those whose content no reader sees (``unseen``)."""
    table = json.loads(files(__package__).joinpath("html_tags.json").read_text("utf-8"))
    return {name: frozenset(tags) for name, tags in table.items()}


class _Piece(NamedTuple):
    """A string and where it stands; None is a break of line."""

    place: _Place
    text: str | None


def _text(pieces: Iterable[_Piece]) -> str:
    lines: list[list[str]] = [[""]]
    last = _Place()
    for place, text in pieces:
        if place.unseen:
            continue
        if text is None:
            lines.append([""])
            continue
        said = text.replace("\xa0", " ") if place.kept else _SPACE.sub(" ", text)
        if place.row and place.row == last.row and place.cell != last.cell:
            if not said.strip():
                continue
            lines[-1].append("")
        elif place.block != last.block:
            if not said.strip():
                continue
            lines.append([""])
        last = place
        first, *more = said.split("\n") if place.kept else [said]
        lines[-1][-1] += first
        lines.extend([line] for line in more)
    return "\n".join(filter(None, map(cell_line, lines)))
