"""Escape sequences of HL7 v2 text: ``\\.br\\`` and its like. Source: HL7 2.5.1, chapter 2.7."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LINES = {".br": "\n", ".sp": "\n", ".ce": "\n", ".sk": " ", ".in": "", ".ti": "", ".fi": "", ".nf": ""}
_MOST = 20  # lines or spaces that one sequence may make


def unescape(text: str, escape: str, separators: Sequence[str]) -> str:
    """Text with its sequences resolved; highlighting goes, and what is no sequence stays as it is.

    python-hl7 has such a function, but it logs the text where it fails and loses what follows a lone backslash.

    Args:
        text: a field or a part of one.
        escape: the escape character, a backslash where the sender follows custom.
        separators: of segments, fields, repeats, components and subcomponents, in this order.

    >>> print(unescape(r"Pain 3\\F\\10\\.br\\Goal: walk \\T\\ swim, see C:\\x", "\\\\", "\\r|~^&"))
    Pain 3|10
    Goal: walk & swim, see C:\\x
    """
    if not escape or escape not in text:
        return text
    signs = dict(zip("FRST", separators[1:5], strict=False)) | {"E": escape, "H": "", "N": "", "P": ""}

    def resolved(match: re.Match[str]) -> str:
        sequence = match[1]
        if (sign := signs.get(sequence.upper())) is not None:
            return sign
        if (line := _LINES.get(sequence[:3].lower())) is not None:
            count = sequence[3:].lstrip("+-")
            return line * min(int(count), _MOST) if count.isdecimal() else line
        if sequence[:1] in "Xx" and len(sequence) % 2:
            try:
                data = bytes.fromhex(sequence[1:])
            except ValueError:
                return match[0]
            try:
                return data.decode()
            except UnicodeDecodeError:
                return data.decode("latin-1")
        return "" if sequence[:1] in "CMZ" and len(sequence) > 2 else match[0]

    mark = re.escape(escape)
    return re.sub(rf"{mark}([A-Za-z.][\w.+-]{{0,63}}){mark}", resolved, text)
