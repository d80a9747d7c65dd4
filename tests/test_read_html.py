"""HTML pages, and the text of any markup."""

import sys
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from alliance_nlp.errors import MissingExtra, UnreadableFile
from alliance_nlp.read import read_visits
from alliance_nlp.read.html import element_text, html_text

DATA = Path(__file__).parent / "data" / "read"


def test_read_html_note_reads_as_the_page_does():
    (visit,) = read_visits(DATA / "note.html")
    assert visit.kind == "note"
    assert visit.text.split("\n") == [
        "Physical therapy progress note",
        "Date: 2026-05-04",
        "Therapist: Dana Reed, DPT",
        "Subjective",
        "Pt states the stairs are easier & she would like to get to church with her sister again.",
        "Sleeps well.",
        "Plan",
        "Agreed on step-ups at home, she chose the evening",
        "Next visit on Thursday",
    ]


def test_read_html_leaves_out_scripts_and_what_is_hidden():
    (visit,) = read_visits(DATA / "note.html")
    assert "Secret" not in visit.text


def test_read_html_transcript_by_labels(tmp_path):
    (tmp_path / "v.htm").write_text("<p><b>Therapist:</b> Any pain?</p><p><b>Patient:</b> A <i>little</i>.</p>")
    (visit,) = read_visits(tmp_path / "v.htm")
    assert [(turn.role, turn.text) for turn in visit.turns] == [("provider", "Any pain?"), ("patient", "A little.")]


def test_read_html_transcript_in_a_table(tmp_path):
    rows = "".join(f"<tr><td>{a}</td><td><p>{b}</p></td><td>{c}</td></tr>" for a, b, c in TABLE)
    (tmp_path / "v.txt").write_text(f"<!-- export --><html><table>{rows}</table></html>")
    (visit,) = read_visits(tmp_path / "v.txt")
    assert [(turn.role, turn.start_s, turn.text) for turn in visit.turns] == [
        ("provider", 1.0, "Any pain?"),
        ("patient", 64.0, "A little."),
    ]


TABLE = (("Time", "Speaker", "Text"), ("0:01", "Therapist", "Any pain?"), ("1:04", "Patient", "A little."))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Walk <b>dai</b>ly", "Walk daily"),
        ("<p>one<p>two", "one\ntwo"),
        ("<div>one<div>two</div>three</div>", "one\ntwo\nthree"),
        ("<pre>a\nb</pre>", "a\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("&lt;b&gt; &amp; &#233;", "<b> & é"),
        ("<table><tr><td>Flexion</td><td>90</td><td>110</td></tr></table>", "Flexion\t90\t110"),
        ("<p hidden>x</p><p style='Display: none'>y</p><template>z</template>w", "w"),
        ('<?xml version="1.0" encoding="utf-16"?><div xmlns="x">Zoë</div>', "Zoë"),
        ("no markup at all", "no markup at all"),
        ("", ""),
    ],
)
def test_read_html_text_of(markup, text):
    assert html_text(markup, "a.html") == text


def test_read_html_of_deep_and_broken_markup_ends_soon():
    for part in ("<b>x", "<div>", "<!--", "<", "<table><tr><td>", "</p>", "<a b='"):
        html_text(f"<html>{part * 2000}", "a.html")


def test_read_html_element_text_knows_lists_of_ccda_and_comments():
    markup = "<text><!-- c --><paragraph>a<content>b</content></paragraph><list><item>c</item></list>d</text>"
    assert element_text(fromstring(markup)) == "ab\nc\nd"


def test_read_html_without_text_is_an_error(tmp_path):
    (tmp_path / "v.html").write_text("<html><script>x()</script></html>")
    with pytest.raises(UnreadableFile, match="there is no text in the document"):
        next(read_visits(tmp_path / "v.html"))


def test_read_html_pictures_in_the_page_do_not_count_but_its_length_does(tmp_path):
    picture = f"<img src='data:image/png;base64,{'iVBORw0KGgo' * 800_000}'>"
    (tmp_path / "v.html").write_text(f"<p>Pt wants to swim.</p>{picture}")
    assert next(read_visits(tmp_path / "v.html")).text == "Pt wants to swim."
    (tmp_path / "v.html").write_text("<p>Pt wants to swim.</p>" * 400_000)
    with pytest.raises(UnreadableFile, match="the page is longer than any visit"):
        next(read_visits(tmp_path / "v.html"))


def test_read_html_names_the_missing_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "bs4", None)
    with pytest.raises(MissingExtra, match=r"pip install 'alliance_nlp\[formats\]'"):
        next(read_visits(DATA / "note.html"))
