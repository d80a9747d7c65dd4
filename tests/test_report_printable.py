from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.report.printable import printable


@given(st.text())
def test_report_printable_keeps_offsets(text):
    assert len(printable(text)) == len(text)


@given(st.text())
def test_report_printable_leaves_nothing_that_steers_a_terminal(text):
    shown = printable(text, keep="\n")
    assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in shown)


def test_report_printable_stops_bidirectional_overrides():
    assert "\u202e" not in printable("abc\u202edef")


def test_report_printable_leaves_accents_and_joined_emoji():
    text = "Zoë said 👩‍⚕️ is naïve"
    assert printable(text) == text
