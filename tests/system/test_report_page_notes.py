"""Notes on the page of `alliance score --html --concordance` in a real browser."""

import json
from pathlib import Path

import pytest
from browser import violations
from playwright.sync_api import expect

from alliance_nlp.cli import main
from alliance_nlp.corpus.pairs import read_pairs
from alliance_nlp.records import Patient, Visit

CORPUS = Path(__file__).parents[2] / "corpus"
HOSTILE = '</script><img src=x onerror="window.hacked=1"><!--<script>window.hacked=1</script>'
NOTE = f"""S: Pt is a poor historian and claims the knee is worse. {HOSTILE}
Goals: ___
LTG: climb 12 stairs at home in 6 weeks {HOSTILE}
P: HEP daily. Next visit Thursday."""
TURNS = [
    {"role": "provider", "text": "What would you like to be able to do again?"},
    {"role": "patient", "text": f"I want to climb the stairs at home. {HOSTILE}"},
    {"role": "provider", "text": "Do the exercises every day, and I'll see you next Thursday."},
]
QUILL = Patient(given="Zebedee", family="Quill")


def score(folder, *options):
    """The page of a folder, and the reports beside it by id."""
    page, output = folder / "page.html", folder / "out.jsonl"
    arguments = ["score", folder / "in", "--html", page, "-o", output, "--concordance", "--quiet", *options]
    with pytest.raises(SystemExit) as exit_:
        main([str(argument) for argument in arguments])
    assert not exit_.value.code
    reports = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    return page, {report["visit_id"]: report for report in reports}


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """Five training pairs of the corpus, of a patient by another name, and a pair made to break the page."""
    folder = tmp_path_factory.mktemp("notes")
    (folder / "in").mkdir()
    visits = [
        each
        for pair in read_pairs([CORPUS], ("train",))[:5]
        for each in (
            pair.note.model_copy(update={"of": pair.visit.visit_id}),
            pair.visit.model_copy(update={"patient": QUILL}),
        )
    ]
    visits += [Visit(visit_id=HOSTILE, turns=TURNS), Visit(visit_id=HOSTILE, text=NOTE)]
    lines = "".join(visit.model_dump_json() + "\n" for visit in visits)
    (folder / "in" / "mixed.jsonl").write_text(lines, encoding="utf-8")
    return score(folder)


def open_visit(page, name):
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.locator("#visit h1")).to_have_text(name)


def open_all(page):
    """What opens of itself where the page is printed."""
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")


def first_pair(reports, has="items"):
    return next((name, beside) for name, each in reports.items() if (beside := each["concordance"]) and beside[has])


def test_page_notes_stand_beside_their_transcript_with_both_places_quoted(show, scored):
    path, reports = scored
    page = show(path)
    name, concordance = first_pair(reports, "mismatches")
    open_visit(page, name)
    section = page.locator("section.beside").first
    assert section.locator("tbody tr").count() == len(concordance["items"]) > 5
    open_all(page)
    shown = " ".join(section.inner_text().split())
    for item in concordance["items"]:
        for place in filter(None, (item["said"], item["note"])):
            assert " ".join(place["text"].split()) in shown
    assert "Details of the person that differ" in shown


def test_page_notes_and_transcripts_lead_to_each_other(show, scored):
    path, reports = scored
    page = show(path)
    name, concordance = first_pair(reports)
    open_visit(page, name)
    page.locator("section.beside h2 a").click()
    expect(page.locator("#visit h1")).to_have_text(concordance["visit_id"])
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator("#visit h1")).to_have_text(name)


def test_page_notes_show_goals_flags_and_sections(show, scored):
    page = show(scored[0])
    open_visit(page, f"{HOSTILE}-note")
    shown = page.locator("section.beside").last.inner_text()
    assert "Goals and their parts" in shown
    assert "climb 12 stairs at home" in shown
    assert "by when: in 6 weeks" in shown
    assert "poor historian: " in shown
    assert "Left empty: goals" in shown


def test_page_notes_leave_hostile_text_inert(show, scored):
    page = show(scored[0])
    open_visit(page, f"{HOSTILE}-note")
    shown = " ".join(page.locator("section.beside").all_inner_texts())
    assert shown.count("<img src=x") >= 2
    assert page.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_page_notes_without_words_say_where(show, scored):
    path, _ = scored
    bare, reports = score(path.parent, "--no-text")
    page = show(bare)
    name, concordance = first_pair(reports)
    open_visit(page, name)
    shown = page.locator("section.beside").first.inner_text()
    said = next(item["said"] for item in concordance["items"] if item["status"] == "said_only")
    assert f"turn {said['turn'] + 1}, characters {said['start']} to {said['end']}" in shown
    assert not any(place["text"] for item in concordance["items"] for place in (item["said"], item["note"]) if place)


@pytest.mark.parametrize("width", [640, 320])
def test_page_notes_need_no_sideways_scrolling_when_zoomed(show, scored, width):
    path, reports = scored
    page = show(path, width=width)
    open_visit(page, first_pair(reports)[0])
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize("width", [1280, 640])
def test_page_notes_have_no_fault_that_axe_finds(show, scored, axe, width):
    path, reports = scored
    page = show(path, width=width, bypass_csp=True)
    for name in (first_pair(reports)[0], f"{HOSTILE}-note"):
        open_visit(page, name)
        assert violations(page, axe) == []
        page.goto(path.as_uri())


def test_page_notes_are_printed_open(show, scored):
    path, reports = scored
    page = show(path)
    open_visit(page, first_pair(reports)[0])
    open_all(page)
    assert page.locator("#visit .beside details:not([open])").count() == 0
