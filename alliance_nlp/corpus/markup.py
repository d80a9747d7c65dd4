"""Text with codes written into it, ``<goal_state,goal_align>I want to sleep.</>``, to plain text with offsets and back.

The form in which gold stands in tests and drafts: stretches may nest, ``</>`` closes the innermost.
"""

from __future__ import annotations

import re

from ..codes import CODE_NAMES, NAME_CODES
from ..errors import BadCorpus

_TAG = re.compile(r"<([a-z_]+(?:,[a-z_]+)*)>|</>")
_KNOWN = {*CODE_NAMES, *NAME_CODES}


def parse_markup(marked: str, place: str = "markup") -> tuple[str, list[tuple[str, int, int]]]:
    """Plain text and its codes ``(code, start, end)``, sorted by start; offsets are half-open in the plain text.

    Args:
        marked: text with tags.
        place: what an error names as the place, e.g. a file and line.

    Raises:
        BadCorpus: a code is unknown, or a stretch is not closed or not opened.

    >>> parse_markup("Hi <name_vocative>Jo</>. <goal_state>I want to run.</>")
    ('Hi Jo. I want to run.', [('name_vocative', 3, 5), ('goal_state', 7, 21)])
    """
    plain: list[str] = []
    codes: list[tuple[str, int, int]] = []
    open_stretches: list[tuple[list[str], int]] = []
    length = at = 0
    for tag in _TAG.finditer(marked):
        plain.append(marked[at : tag.start()])
        length += tag.start() - at
        at = tag.end()
        if tag.group(1):
            names = tag.group(1).split(",")
            if unknown := [name for name in names if name not in _KNOWN]:
                raise BadCorpus(place, f"unknown code {unknown[0]}", "use the codes of CODEBOOK.md")
            open_stretches.append((names, length))
        elif open_stretches:
            names, start = open_stretches.pop()
            codes += [(name, start, length) for name in names]
        else:
            raise BadCorpus(place, "a stretch is closed that was not opened", "open it with <code>")
    if open_stretches:
        raise BadCorpus(place, "a stretch is not closed", "close it with </>")
    return "".join([*plain, marked[at:]]), sorted(codes, key=lambda code: (code[1], code[2], code[0]))


def write_markup(text: str, codes: list[tuple[str, int, int]]) -> str:
    """Inverse of `parse_markup`; stretches must nest.

    >>> write_markup("Hi Jo.", [("name_vocative", 3, 5)])
    'Hi <name_vocative>Jo</>.'
    """
    stretches: dict[tuple[int, int], list[str]] = {}
    for code, start, end in codes:
        stretches.setdefault((start, end), []).append(code)
    tags: list[tuple[int, int, int, str]] = []
    for (start, end), names in stretches.items():
        tags.append((start, 1, -end, f"<{','.join(names)}>"))
        tags.append((end, 0, -start, "</>"))
    out, at = [], 0
    for position, _, _, tag in sorted(tags):
        out += [text[at:position], tag]
        at = position
    return "".join([*out, text[at:]])
