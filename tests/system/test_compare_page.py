"""The page of `alliance compare --output x.html` in a real browser: links, keyboard, zoom, print, hostile text."""

from functools import partial
from pathlib import Path

import pytest
from browser import violations

from alliance_nlp.concord.compare import compare
from alliance_nlp.concord.page import Compared, as_html
from alliance_nlp.corpus.pairs import read_pairs
from alliance_nlp.model import load
from alliance_nlp.records import Patient

CORPUS = Path(__file__).parents[2] / "corpus"
HOSTILE = '</script><img src=x onerror="window.hacked=1"><!--<script>window.hacked=1</script>'
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def compared():
    """Three training pairs of the corpus, of a patient by another name; the first note is its own earlier one."""
    model, found = load(), []
    for n, pair in enumerate(read_pairs([CORPUS], ("train",))[:3]):
        visit = pair.visit.model_copy(update={"patient": Patient(given="Zebedee", family="Quill")})
        earlier = pair.note if n == 0 else None
        found.append(Compared(compare(pair.note, visit, earlier=earlier, model=model), visit, pair.note))
    return found


def write(path, pairs):
    path.write_text(as_html(pairs), "utf-8")
    return path


@pytest.fixture(scope="module")
def pairs_page(compared, tmp_path_factory):
    return write(tmp_path_factory.mktemp("compared") / "pairs.html", compared)


@pytest.fixture
def show(show):
    return partial(show, until="main section")


def target_of(page):
    return page.evaluate("document.querySelector(':target')?.id")


def in_view(page, name):
    """Whether an element lies within the window, also where its pane scrolls by itself."""
    return page.evaluate(
        "name => { const box = document.getElementById(name).getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= window.innerHeight; }",
        name,
    )


def test_compare_page_lists_every_item_and_detail(show, pairs_page, compared):
    page = show(pairs_page)
    assert page.locator("main section").count() == len(compared)
    items = [len(each.report.items) for each in compared]
    assert page.locator("main tbody tr").count() == sum(items) > 20
    assert "Details of the person that differ" in page.locator("main").inner_text()
    assert "Carried over from the earlier note: 100 %" in page.locator("section").first.inner_text()


def test_compare_page_marks_are_what_the_items_quote(show, pairs_page, compared):
    page = show(pairs_page)
    for at, each in enumerate(compared, 1):
        marked = " ".join(page.locator(f"#p{at} mark").all_inner_texts())
        for item in each.report.items:
            for place in filter(None, (item.said, item.note)):
                assert place.text.split()[0] in marked


def test_compare_page_leads_from_an_item_to_both_places_and_back(show, pairs_page, compared):
    page = show(pairs_page)
    ordered = [item for name in ("said_only", "note_only", "both") for item in compared[0].report.items
               if item.status == name]  # fmt: skip
    number = next(n for n, item in enumerate(ordered, 1) if item.status == "both")
    for side in "sn":
        page.locator(f"#p1-i{number} a[href='#p1-{side}{number}']").click()
        assert target_of(page) == f"p1-{side}{number}"
        assert in_view(page, f"p1-{side}{number}")
        page.locator(f"#p1-{side}{number}").click()
        assert target_of(page) == f"p1-i{number}"
        assert in_view(page, f"p1-i{number}")


def test_compare_page_works_by_keyboard_alone(show, pairs_page, compared):
    page = show(pairs_page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#p1"
    reached = set()
    for _ in range(400):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.getAttribute('aria-label')"))
    report = compared[0].report
    assert {f"Transcript {report.visit_id}", f"Note {report.note_id}"} <= reached
    page.locator(".pane").first.focus()
    page.keyboard.press("PageDown")
    page.wait_for_function("document.querySelector('.pane').scrollTop > 0")


@pytest.mark.parametrize("width", [640, 320])
def test_compare_page_needs_no_sideways_scrolling_when_zoomed(show, pairs_page, width):
    assert show(pairs_page, width=width).evaluate(WIDE) <= 0


def test_compare_page_prints_both_texts_whole(show, pairs_page):
    page = show(pairs_page)
    page.emulate_media(media="print")
    cut = "[...document.querySelectorAll('.pane')].filter(pane => pane.scrollHeight > pane.clientHeight + 1).length"
    assert page.evaluate(cut) == 0


def test_compare_page_leaves_hostile_text_inert(show, compared, tmp_path):
    report, visit, note = compared[1]
    first, *rest = visit.turns
    turns = (first.model_copy(update={"text": f"{first.text} {HOSTILE}"}), *rest)
    names = {"visit_id": HOSTILE, "note_id": HOSTILE}
    hostile = Compared(
        report.model_copy(update=names),
        visit.model_copy(update={"turns": turns, "visit_id": HOSTILE}),
        note.model_copy(update={"text": f"{note.text}\n{HOSTILE}", "visit_id": HOSTILE}),
    )
    page = show(write(tmp_path / "hostile.html", [hostile, compared[0]]))
    assert [HOSTILE in pane for pane in page.locator(".pane").all_inner_texts()[:2]] == [True, True]
    assert HOSTILE in page.locator("h2").first.inner_text()
    assert page.locator("img").count() == page.locator("script").count() == 0
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("width", [1280, 640])
def test_compare_page_has_no_fault_that_axe_finds(show, pairs_page, axe, width):
    assert violations(show(pairs_page, width=width, bypass_csp=True), axe) == []
