"""PDF with text -> draft, by pypdf; scanned pages are named, for they hold pictures and no text."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import MissingExtra, UnreadableFile
from .draft import Draft
from .extracted import clean_text, read_extracted, unwrap
from .labelled import split_label
from .source import MAX_VISIT_CHARS, Source

if TYPE_CHECKING:
    from pypdf import PdfReader

_PAGE_NUMBER = re.compile(r"(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_EDGE_LINES = 4  # at the top and at the foot of a page, where headers and footers stand
_MAX_PAGES = 2_000


def read_pdf(source: Source, speakers: Collection[str] = ()) -> Iterator[Draft | UnreadableFile]:
    """A transcript if the text has speaker labels, else a note; headers and footers are kept once.

    Lines that were broken because they were full are joined again.

    Raises:
        UnreadableFile: the PDF is damaged, encrypted, too long, or scanned.
        MissingExtra: pypdf is not installed.
    """
    try:
        from pypdf import PdfReader
        from pypdf.errors import DependencyError
    except ImportError:
        raise MissingExtra(f"{source.path}: reading PDF", "formats") from None
    data = source.content()
    with _silent("pypdf"):
        try:
            reader = PdfReader(io.BytesIO(data))
            locked = reader.is_encrypted and not reader.decrypt("")
        except DependencyError:
            locked = True
        except Exception:  # pypdf: "broken PDF files might cause other exceptions"
            raise source.error("the PDF is damaged", "export it again") from None
        if locked:
            raise source.error("the PDF is encrypted", "save it without a password")
        pages = _page_texts(source, reader)
    if not any(pages):
        why = "the PDF is scanned: it has pictures of pages and no text"
        raise source.error(why, "run text recognition (OCR) over it and give its text")
    for draft in read_extracted(source, unwrap("\n".join(_without_edges(pages))), speakers):
        if isinstance(draft, Draft) and (blank := pages.count("")):
            draft.warnings.append(f"{blank} of {len(pages)} pages have no text; they may be scanned")
        yield draft


def _page_texts(source: Source, reader: PdfReader) -> list[str]:
    texts: list[str] = []
    chars = 0
    try:
        for page in reader.pages:
            texts.append(clean_text(page.extract_text()))
            chars += len(texts[-1])
            if chars > MAX_VISIT_CHARS or len(texts) > _MAX_PAGES:
                raise source.error("the PDF is longer than any visit", "split it, one visit a file")
    except UnreadableFile:
        raise
    except Exception:
        raise source.error(f"page {len(texts) + 1} of the PDF is damaged", "export it again") from None
    return texts


def _without_edges(pages: list[str]) -> list[str]:
    """Pages without their numbers, and without the headers and footers that a page before them had."""
    seen: set[str] = set()
    kept = []
    for page in pages:
        lines = page.split("\n")
        edges = {*range(_EDGE_LINES), *range(len(lines) - _EDGE_LINES, len(lines))} if len(pages) > 1 else set()
        masks = {at: _DIGITS.sub("0", lines[at]) for at in edges if 0 <= at < len(lines)}
        masks = {at: mask for at, mask in masks.items() if not split_label(lines[at])}  # the same words, said again
        left_out = {at for at, mask in masks.items() if mask in seen or _PAGE_NUMBER.fullmatch(lines[at].strip())}
        seen.update(masks.values())
        kept.append("\n".join(line for at, line in enumerate(lines) if at not in left_out))
    return kept


@contextmanager
def _silent(library: str) -> Iterator[None]:
    """Keep a library from logging, for what it logs may hold words of a visit."""
    logger = logging.getLogger(library)
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)
