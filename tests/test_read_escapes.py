"""Escape sequences of HL7 v2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.read.escapes import unescape

SEPARATORS = "\r|~^&"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f", r"a|b^c&d~e\f"),
        (r"one\.br\two\.sp2\three\.ce\four", "one\ntwo\n\nthree\nfour"),
        (r"\.in+4\x\.ti-2\y\.sk3\z\.fi\.\.nf\!", "xy   z.!"),
        (r"\H\bold\N\ plain", "bold plain"),
        (r"Zo\XC3AB\ \XEB\ \X0D0A\.", "Zoë ë \r\n."),
        (r"\C2842\x\M1234\y\Z99\z", "xyz"),
        ("C:\\temp and a lone \\", "C:\\temp and a lone \\"),
        (r"\X4\ \XZZ\ \Q\ \\", r"\X4\ \XZZ\ \Q\ \\"),
        (r"\.sp999999\.", "\n" * 20 + "."),
    ],
)
def test_read_escapes_are_resolved(raw, text):
    assert unescape(raw, "\\", SEPARATORS) == text


def test_read_escapes_of_other_separators():
    assert unescape("a!F!b!T!c", "!", "\r$~%@") == "a$b@c"


@given(st.text())
def test_read_escapes_leave_text_without_the_escape_character(text):
    assert unescape(text, "\x1a", SEPARATORS) == text or "\x1a" in text


@given(st.text(alphabet="\\.brFSTREHNXCMZ0123456789+- \r\n|"))
def test_read_escapes_never_fail(text):
    assert isinstance(unescape(text, "\\", SEPARATORS), str)


@given(st.text(alphabet="ab|~^& \\"))
def test_read_escapes_undo_what_a_sender_does(text):
    signs = dict(zip("|~^&\\", "FRSTE", strict=True))
    raw = "".join(f"\\{signs[char]}\\" if char in signs else char for char in text)
    assert unescape(raw, "\\", SEPARATORS) == text
