"""What is done with the text of documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.errors import UnreadableFile
from alliance_nlp.read.extracted import cell_line, clean_text, read_extracted, unwrap
from alliance_nlp.read.source import Source

WRAPPED = """SUBJECTIVE: Pt states the stairs are easier and she would like to get to
church with her sister again, as she used to do before the fall. She men-
tions the winter.
GOALS
- 12 steps without holding on to the rail, with a rest at the landing, and
  the same on the way down
- sleep
PLAN: She chose step-ups in the evening; her sister will count them aloud.
Frequency: twice a week."""


def test_read_extracted_lines_that_were_full_are_one_again():
    assert unwrap(WRAPPED).split("\n") == [
        "SUBJECTIVE: Pt states the stairs are easier and she would like to get to church with her sister again, as "
        "she used to do before the fall. She men-tions the winter.",
        "GOALS",
        "- 12 steps without holding on to the rail, with a rest at the landing, and the same on the way down",
        "- sleep",
        "PLAN: She chose step-ups in the evening; her sister will count them aloud.",
        "Frequency: twice a week.",
    ]


@given(st.text(alphabet="ab .-:\n", max_size=400))
def test_read_extracted_unwrapping_changes_only_white_space(text):
    assert unwrap(text).split() == text.replace("-\n", "-").split() or "-\n" in text
    assert "".join(unwrap(text).split()) == "".join(text.split())


@given(st.text())
def test_read_extracted_clean_text_is_clean(text):
    clean = clean_text(text)
    assert clean == clean_text(clean)
    assert not {char for char in clean if ord(char) < 32} - {"\t", "\n"}
    assert clean.encode().decode() == clean


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (["Goal:", "Climb stairs"], "Goal: Climb stairs"),
        (["Goal", "one\ntwo"], "Goal: one\ntwo"),
        (["a" * 41, "b"], f"{'a' * 41}\tb"),
        (["", "alone", " "], "alone"),
        (["left\nhalf", "middle", "right"], "left\nhalf\nmiddle\nright"),
        (["Speaker", "Start", "Text"], ""),
        (["Start", "Stop"], "Start: Stop"),
    ],
)
def test_read_extracted_rows_of_tables(cells, line):
    assert cell_line(cells) == line


def test_read_extracted_nothing_is_an_error():
    with pytest.raises(UnreadableFile, match="there is no text in the document"):
        next(read_extracted(Source.in_memory("v.pdf", b""), " \n\x0c\u200b"))
