"""Text that is safe to print: nothing in a visit or a file name may steer the terminal."""

from __future__ import annotations

import unicodedata

_STAND_IN = "\N{REPLACEMENT CHARACTER}"
# Unicode categories: control, format (bidirectional overrides among them), surrogate, line and paragraph separator.
_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINER = "\N{ZERO WIDTH JOINER}"


def printable(text: str, *, keep: str = "") -> str:
    r"""``text`` with every control, format and surrogate character replaced one for one, so offsets stay true.

    Args:
        text: anything that came from a file.
        keep: control characters to leave alone, such as a line feed.

    >>> printable("Hi\x1b[31m\nthere")
    'Hi�[31m�there'
    >>> printable("two\nlines", keep="\n")
    'two\nlines'
    """
    if text.isprintable():
        return text
    return "".join(
        _STAND_IN if unicodedata.category(c) in _UNSAFE and c not in keep and c != _JOINER else c for c in text
    )
