"""The page of `alliance score --html` in a real browser: a thousand visits, keyboard, zoom, print, hostile text."""

import json
import sys
import time
from pathlib import Path

import pytest
from browser import violations
from playwright.sync_api import expect

from alliance_nlp.model import load
from alliance_nlp.read import read_files
from alliance_nlp.records import Patient, Provider
from alliance_nlp.report.page.entry import Entry, entry_line
from alliance_nlp.report.page.write import write_page

CORPUS = Path(__file__).parents[2] / "corpus" / "rehab"
VISITS, WORDS = 1000, 1500
LIST_S, OPEN_S = 3.0, 1.0
PROVIDERS = ("Zoë Ångström", "Ben Okafor", "Amal Haddad", "Dana Reed")
HOSTILE = '</script><img src=x onerror="window.hacked=1"><!--<script>window.hacked=1</script>'


def long_visits():
    """Transcripts of the corpus put together until each has the words of a real visit, and the notes as they are."""
    found = [visit for file in sorted(CORPUS.glob("rehab_*.jsonl")) for visit in read_files([file])]
    turns = [turn for visit in found for turn in visit.turns]
    made, own, words = [], [], 0
    for turn in turns:
        own.append(turn)
        words += len(turn.text.split())
        if words >= WORDS:
            made.append(found[0].model_copy(update={"turns": tuple(own)}))
            own, words = [], 0
    return made + [visit for visit in found if visit.kind == "note"]


@pytest.fixture(scope="session")
def scored():
    """A hundred or so visits of real size with their reports."""
    model = load()
    return [(visit, model.score(visit)) for visit in long_visits()]


def variant(pair, n):
    """One of many visits made of a few: with id, day, provider and patient of its own."""
    changes = {
        "visit_id": f"visit-{n:04}",
        "date": f"2026-{1 + n % 12:02}-{1 + n % 28:02}",
        "provider": Provider(name=PROVIDERS[n % len(PROVIDERS)]),
        "patient": Patient(id=f"p{n % 300}", given="Martha", family="Collins"),
        "warnings": ("speaker labels look swapped",) if n % 9 == 4 else (),
    }
    visit, report = pair
    return visit.model_copy(update=changes), report.model_copy(
        update={"visit_id": changes["visit_id"], "warnings": changes["warnings"]}
    )


def write(path, pairs, *, compare=False, text=True):
    lines = (entry_line(visit, report, text=text) for visit, report in pairs)
    write_page(map(Entry.model_validate_json, lines), path, compare=compare, text=text)
    return path


@pytest.fixture(scope="session")
def thousand(scored, tmp_path_factory):
    """A page of a thousand visits of real size."""
    place = tmp_path_factory.mktemp("thousand") / "report.html"
    notes = [pair for pair in scored if pair[0].kind == "note"]
    talks = [pair for pair in scored if pair[0].kind == "transcript"]
    pairs = ((talks if n % 10 else notes)[n % len(talks if n % 10 else notes)] for n in range(VISITS))
    return write(place, (variant(pair, n) for n, pair in enumerate(pairs)), compare=True)


@pytest.fixture(scope="session")
def small(scored, tmp_path_factory):
    """A page of forty visits, one of which was not scored."""
    pairs = [variant(scored[n % len(scored)], n) for n in range(0, 2 * len(scored), 5)]
    visit, report = pairs[0]
    nothing = {"status": "abstained", "abstained_because": "one_sided", "scores": None, "contributions": ()}
    pairs[0] = visit, report.model_copy(update=nothing)
    return write(tmp_path_factory.mktemp("small") / "report.html", pairs, compare=True)


def rows_of(page):
    return json.loads(page.evaluate("document.getElementById('rows').textContent"))


def first_ids(page, count=3):
    return page.locator("#visits tbody th a").all_inner_texts()[:count]


def open_first(page):
    page.locator("#visits tbody th a").first.click()
    page.wait_for_selector("#visit:not([hidden]) h1")


def test_page_opens_a_thousand_visits_smoothly(show, thousand, capsys):
    began = time.perf_counter()
    page = show(thousand)
    listed = time.perf_counter() - began
    began = time.perf_counter()
    open_first(page)
    page.wait_for_selector(".turn mark, .turn p")
    opened = time.perf_counter() - began
    began = time.perf_counter()
    page.go_back()
    page.wait_for_selector("#visits tbody tr", state="visible")
    page.select_option("[name=order]", "unsure")
    assert page.locator("#found").inner_text() == "1,000 visits"
    ordered = time.perf_counter() - began
    size = thousand.stat().st_size / 1e6
    said = f"{size:.1f} MB: list {listed:.2f} s, open {opened:.2f} s, back and order {ordered:.2f} s"
    with capsys.disabled():
        sys.stdout.write(f"\n{VISITS} visits, {said}\n")
    assert listed < LIST_S
    assert opened < OPEN_S
    assert ordered < OPEN_S


def test_page_shows_more_of_the_list_when_asked(show, thousand):
    page = show(thousand)
    assert page.locator("#visits tbody tr").count() == 200
    page.click("#more")
    assert page.locator("#visits tbody tr").count() == 400
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 201


def test_page_orders_by_date_and_by_least_certainty(show, small):
    page = show(small)
    rows = rows_of(page)
    newest = sorted(rows, key=lambda row: (row["date"], -row["order"]), reverse=True)
    assert first_ids(page) == [row["id"] for row in newest[:3]]
    page.select_option("[name=order]", "unsure")
    widths = {row["id"]: row["alliance"][2] - row["alliance"][1] if row["alliance"] else -1 for row in rows}
    shown = [widths[name] for name in first_ids(page, 99)]
    assert shown == sorted(shown, reverse=True)
    orders = page.locator("[name=order] option").all_inner_texts()
    assert not [name for name in orders if "score" in name or "provider" in name]


def test_page_filters_and_says_how_many_are_left(show, small):
    page = show(small)
    page.fill("[name=find]", "zoë")
    assert "of" in page.locator("#found").inner_text()
    assert all("Zoë" in row for row in page.locator("#visits tbody tr").all_inner_texts())
    page.click("button[type=reset]")
    expect(page.locator("#found")).not_to_contain_text("of")
    page.select_option("[name=band]", "weak")
    assert all("weak" in row for row in page.locator("#visits tbody tr").all_inner_texts())
    page.select_option("[name=band]", "")
    page.fill("[name=from]", "2026-07-01")
    assert all(row.split("\n")[1] >= "2026-07" for row in page.locator("#visits tbody th").all_inner_texts())


def test_page_shows_words_marks_and_what_moved_the_scores(show, small):
    page = show(small)
    page.select_option("[name=kind]", "transcript")
    open_first(page)
    assert page.locator(".turn.provider").count() > 10
    assert page.locator(".turn.patient").count() > 10
    number = page.locator(".why [data-go]").first
    wanted = number.inner_text()
    number.click()
    focused = page.evaluate("document.activeElement.innerText")
    assert focused.startswith(f"{wanted} ")
    page.keyboard.press("Enter")
    explained = page.locator(".notes details[open] p").inner_text()
    assert "Why:" in explained
    assert page.locator("mark").first.inner_text()


def test_page_marks_can_be_chosen(show, small):
    page = show(small)
    page.select_option("[name=kind]", "transcript")
    open_first(page)
    turns, marks = page.locator(".turn").count(), page.locator("mark.tasks").count()
    page.get_by_label("Task", exact=True).uncheck()
    assert page.locator("mark.tasks").count() == 0 < marks
    page.get_by_label("only around marks").check()
    assert 0 < page.locator(".turn").count() < turns
    page.click("text=Next")
    expect(page.locator("#visit nav .quiet")).to_contain_text("2 of")
    assert not page.get_by_label("Task", exact=True).is_checked()


def test_page_says_why_a_visit_was_not_scored(show, small):
    page = show(small)
    page.fill("[name=find]", "visit-0000")
    assert "Not scored: one sided" in page.locator("#visits tbody").inner_text()
    open_first(page)
    assert "Not scored." in page.locator("#visit").inner_text()
    assert page.locator("dl.scores").count() == 0


def test_page_works_by_keyboard_alone(show, small):
    page = show(small)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the visits"
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#visits th a')"):
            break
    name = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_selector("#visit:not([hidden]) h1")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.evaluate("document.activeElement.textContent") == name
    page.go_back()
    page.wait_for_selector("#visits", state="visible")
    assert page.evaluate("document.activeElement.textContent") == name


def test_page_opens_a_visit_by_its_address(show, small):
    page = show(small)
    page.goto(f"{small.as_uri()}#visit-3")
    page.reload()
    page.wait_for_selector("#visit:not([hidden]) h1")
    rows = rows_of(page)
    assert page.locator("#visit h1").inner_text() == rows[3]["id"]


def test_page_leaves_hostile_text_inert(show, tmp_path, scored):
    visit, report = variant(next(pair for pair in scored if pair[0].kind == "transcript"), 1)
    first, second, *rest = visit.turns
    turns = (first, second.model_copy(update={"text": second.text + HOSTILE, "speaker": HOSTILE}), *rest)
    hostile = {"visit_id": HOSTILE, "warnings": (HOSTILE,)}
    more = {"turns": turns, "setting": HOSTILE, "provider": Provider(name=HOSTILE)}
    pair = visit.model_copy(update={**hostile, **more}), report.model_copy(update=hostile)
    page = show(write(tmp_path / "hostile.html", [pair] * 12, compare=True))
    assert first_ids(page, 1) == [HOSTILE]
    open_first(page)
    assert page.locator("h1:visible").inner_text() == HOSTILE
    assert HOSTILE in page.locator(".turns").inner_text()
    assert HOSTILE in page.locator(".warnings").inner_text()
    assert page.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_page_policy_stops_what_is_put_in_as_markup(show, small, heard):
    page = show(small)
    refused = (
        "() => { try { document.body.innerHTML = '<b>x</b>'; return 'taken'; } catch (error) { return error.name; } }"
    )
    assert page.evaluate(refused) == "TypeError"
    assert any("TrustedHTML" in each for each in heard)
    heard.clear()


@pytest.mark.parametrize("width", [640, 320])
def test_page_needs_no_sideways_scrolling_when_zoomed(show, small, width):
    page = show(small, width=width)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    open_first(page)
    assert page.evaluate(wide) <= 0


def test_page_prints_the_whole_list_and_whole_visits(show, thousand):
    page = show(thousand)
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#visits tbody tr").count() == VISITS
    assert not page.locator("#choice").is_visible()
    open_first(page)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#visit .why details:not([open])").count() == 0


def test_page_without_words_lists_the_marks(show, tmp_path, scored):
    pairs = [variant(pair, n) for n, pair in enumerate(scored[:5])]
    page = show(write(tmp_path / "report.html", pairs, text=False))
    open_first(page)
    assert "left out" in page.locator("#visit").inner_text()
    assert page.locator(".notes li").count() > 5
    assert page.locator("mark").count() == 0


@pytest.mark.parametrize("width", [1280, 640])
def test_page_has_no_fault_that_axe_finds(show, small, axe, width):
    page = show(small, width=width, bypass_csp=True)
    assert violations(page, axe) == []
    open_first(page)
    page.locator(".notes summary").first.click()
    assert violations(page, axe) == []
