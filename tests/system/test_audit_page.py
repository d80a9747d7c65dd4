"""The audit's page in a real browser: the whole way by mouse, by key and without script, and who tries to break in."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from browser import axe_source, violations
from playwright.sync_api import expect

CORPUS = Path(__file__).parents[2] / "corpus" / "rehab" / "rehab_a.jsonl"
LONG, NOTE, ODD = "rc-a02", "rc-an1", "odd"
FACE = "\N{FACE WITH TEARS OF JOY}"
ATTACK = "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'>"
WISH = "I want to climb the stairs"
DESK, ZOOMED = {"width": 1300, "height": 900}, {"width": 640, "height": 450}


def odd_visit():
    """A visit with script, emoji and line ends in what is said, long enough to be scored."""
    talk = [
        ("provider", f"{ATTACK} Hi {FACE}. What would you like to be able to do again?"),
        ("patient", f"{FACE}{FACE} {WISH} \u00e9. {ATTACK}\r\nAnd sleep."),
    ]
    fill = [
        ("provider", "So the stairs are the big one for you, and sleep, and we build towards both of them together?"),
        ("patient", "Exactly, that is it, and I could do the exercises in the morning while the coffee brews."),
    ]
    turns = [{"role": role, "speaker": "<b>Dana", "text": text} for role, text in talk + fill * 12]
    return {"visit_id": ODD, "setting": ATTACK, "turns": turns}


def alliance(*arguments):
    return [sys.executable, "-m", "alliance_nlp", *map(str, arguments)]


@pytest.fixture(scope="session")
def drawn(tmp_path_factory):
    """An audit of three visits, as the commands make it."""
    folder = tmp_path_factory.mktemp("audit")
    own = [line for line in CORPUS.read_text("utf-8").splitlines() if json.loads(line)["visit_id"] in (LONG, NOTE)]
    (folder / "visits.jsonl").write_text("\n".join([*own, json.dumps(odd_visit())]), "utf-8")
    made = alliance("audit", "new", folder / "audit.db", "--from", folder / "visits.jsonl", "--n", 3)
    subprocess.run(made, check=True, capture_output=True)
    return folder / "audit.db"


class Page:
    """`alliance audit serve` as a process of its own."""

    def __init__(self, database, *options):
        self.database = database
        command = alliance("audit", "serve", database, *options)
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def address(self):
        return self.process.stdout.readline().strip()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        ended = self.process.wait(20)
        self.process.stdout.close()
        return ended

    def rows(self, query):
        with sqlite3.connect(self.database) as connection:
            found = connection.execute(query).fetchall()
        connection.close()
        return found


@pytest.fixture
def served(drawn, tmp_path):
    target = tmp_path / "audit.db"
    with sqlite3.connect(drawn) as source, sqlite3.connect(target) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    page = Page(target)
    yield page
    page.stop()


@pytest.fixture
def enter(browser, served):
    """Opens a new browser at the list of visits."""
    contexts = []

    def open_(name="Dana", **options):
        context = browser.new_context(**{"viewport": DESK, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(served.address())
        page.get_by_role("textbox").fill(name)
        page.get_by_role("button", name="Begin").click()
        return page

    yield open_
    for context in contexts:
        context.close()


def rate(page, goal=4, task=2, bond=5):
    for part, value in (("goal", goal), ("task", task), ("bond", bond)):
        page.locator(f"input[name={part}][value='{value}']").check()


def reveal(page):
    page.get_by_role("button", name="Save and show the tool's view").click()
    expect(page.get_by_role("heading", name="You and the tool")).to_be_visible()
    page.wait_for_load_state()


def saved(page):
    expect(page.locator("#status")).to_contain_text("Saved at")


def test_whole_flow_by_mouse(enter, served):
    page = enter()
    page.get_by_role("link", name="Begin with visit 1").click()
    for place in (1, 2, 3):
        expect(page.get_by_role("heading", name="Your view first")).to_be_visible()
        assert page.locator("mark, .timeline, .evidence").count() == 0
        for box in page.get_by_role("checkbox").all():
            box.check()
        rate(page)
        reveal(page)
        item = page.locator(".item .decide").first
        item.get_by_role("button", name="Accept").click()
        expect(item.get_by_role("button", name="Accept")).to_have_attribute("aria-pressed", "true")
        saved(page)
        page.get_by_role("button", name="Done, next visit").click()
        if place < 3:
            expect(page).to_have_url(re.compile(f"/visit/{place + 1}$"))
    expect(page.get_by_text("All are done")).to_be_visible()
    assert served.rows("SELECT count(*) FROM review WHERE finished_at IS NOT NULL") == [(3,)]
    assert served.rows("SELECT count(*), min(value) FROM rating") == [(9, 2)]
    assert served.rows("SELECT count(*) FROM decision WHERE action = 'accept'") == [(3,)]
    assert served.rows("SELECT count(*) FROM unit_coding") == served.rows("SELECT count(*) FROM unit")
    report = subprocess.run(alliance("audit", "report", served.database), check=True, capture_output=True, text=True)
    assert "3" in report.stdout


def test_whole_flow_by_key(enter, served):
    page = enter()
    keys = page.keyboard

    def tab_to(locator, limit=400):
        for _ in range(limit):
            keys.press("Tab")
            if locator.evaluate("node => node === document.activeElement"):
                return
        raise AssertionError("the focus never comes there")

    tab_to(page.get_by_role("link", name="Begin with visit 1"))
    keys.press("Enter")
    page.wait_for_url("**/visit/1")
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to the rating")).to_be_focused()
    keys.press("Enter")
    tab_to(page.get_by_role("combobox").first)
    keys.press("ArrowDown")
    saved(page)
    for part in ("goal", "task", "bond"):
        tab_to(page.locator(f"input[name={part}][value='1']"))
        keys.press("Space")
        keys.press("ArrowDown")
        expect(page.locator(f"input[name={part}][value='2']")).to_be_checked()
        keys.press("4")
        expect(page.locator(f"input[name={part}][value='4']")).to_be_checked()
    tab_to(page.get_by_role("button", name="Save and show the tool's view"))
    keys.press("Enter")
    page.wait_for_url("**#tool")
    expect(page.locator("#tool")).to_be_focused()
    tab_to(page.locator(".item .decide button").first)
    for key in "ar":
        keys.press(key)
    keys.press("j")
    keys.press("k")
    keys.press("u")
    expect(page.locator("#progress")).to_have_text(re.compile("^2 of"))
    expect(page.locator(".item").nth(0)).to_have_attribute("data-state", "accept")
    expect(page.locator(".item").nth(1)).to_have_attribute("data-state", "reject")
    tab_to(page.get_by_label("Turn", exact=True)) if page.locator("#choose-turn").count() else None
    if page.locator("#choose-turn").count():
        keys.type("2")
        keys.press("Enter")
    else:
        tab_to(page.locator("#adding-text"))
    expect(page.locator("#adding-text")).to_be_focused()
    keys.press("Control+Home")
    keys.press("Control+Shift+ArrowRight")
    expect(page.locator("#adding-chosen")).to_contain_text("Selected")
    keys.type("x")  # the box takes no change
    tab_to(page.locator("#adding-code"))
    keys.press("ArrowDown")
    tab_to(page.get_by_role("button", name="Add", exact=True))
    keys.press("Enter")
    page.wait_for_url("**#a*")
    expect(page.locator(".item:focus")).to_contain_text("added by you")
    tab_to(page.locator("#comment"))
    keys.type("Warm, and slow to ask.")
    tab_to(page.get_by_role("button", name="Done, next visit"))
    keys.press("Enter")
    page.wait_for_url("**/visit/2")
    assert served.rows("SELECT text FROM comment") == [("Warm, and slow to ask.",)]
    assert served.rows("SELECT count(*) FROM decision WHERE action = 'add' AND standing") == [(1,)]


def test_whole_flow_without_script(enter, served):
    page = enter(java_script_enabled=False)
    page.get_by_role("link", name="Begin with visit 1").click()
    rate(page)
    page.get_by_role("button", name="Save for later").click()
    expect(page.locator("input[name=goal][value='4']")).to_be_checked()
    reveal(page)
    page.locator(".item .decide").first.get_by_role("button", name="Reject").click()
    expect(page.locator(".item").first).to_have_attribute("data-state", "reject")
    if page.locator("#choose-turn").count():
        page.locator(".turns [data-add]").first.click()
    page.locator("#adding-sentence").select_option(index=1)
    page.locator("#adding-code").select_option(index=1)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("added by you")).to_be_visible()
    page.locator("#comment").fill("Plain.")
    page.get_by_role("button", name="Done, next visit").click()
    expect(page).to_have_url(re.compile("/visit/2$"))
    assert served.rows("SELECT text FROM comment") == [("Plain.",)]


def open_odd(page):
    page.get_by_role("link", name=ODD).click()
    rate(page)
    reveal(page)


def test_script_in_a_transcript_is_text(enter):
    page = enter()
    said = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("console", lambda message: said.append(message.text))
    open_odd(page)
    expect(page.locator("#t1 .said")).to_contain_text(ATTACK)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img, .said script").count() == 0
    page.goto(page.url.partition("#")[0] + "/sheet")
    assert page.evaluate("window.hacked") is None
    assert said == []


PICK = """([turn, from, to]) => {
  const said = document.querySelector('#t' + turn + ' .said');
  const range = document.createRange();
  const walk = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
  let at = 0, begun = false;
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (!node.parentElement.closest('.seg')) continue;
    if (!begun && from <= at + node.length) { range.setStart(node, from - at); begun = true; }
    if (to <= at + node.length) { range.setEnd(node, to - at); break; }
    at += node.length;
  }
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  said.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }));
}"""


def test_selected_words_keep_their_place_among_emoji(enter, served):
    page = enter()
    open_odd(page)
    text = odd_visit()["turns"][1]["text"]
    for words in (WISH, f"{FACE} {WISH} \u00e9", "And sleep."):
        units = len(text[: text.index(words)].encode("utf-16-le")) // 2
        page.evaluate(PICK, [2, units, units + len(words.encode("utf-16-le")) // 2])
        expect(page.locator("#adding-chosen")).to_have_text(f"Selected: “{words}”")
        page.locator("#adding-code").select_option("goal_state")
        page.get_by_role("button", name="Add", exact=True).click()
        page.wait_for_url("**#a*")
        expect(page.locator(".item:focus blockquote")).to_have_text(words)
    found = served.rows("SELECT turn, start, \"end\" FROM decision WHERE action = 'add' ORDER BY id")
    assert [(turn, text[start:end]) for turn, start, end in found] == [
        (1, WISH),
        (1, f"{FACE} {WISH} \u00e9"),
        (1, "And sleep."),
    ]


def test_words_are_selected_by_a_real_mouse(enter, served):
    page = enter()
    open_odd(page)
    expect(page.locator("#tool")).to_be_focused()  # the page lies still from here on
    page.locator("#t3 .said").scroll_into_view_if_needed()
    box = page.locator("#t3 .said").bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 8, steps=5)
    page.mouse.up()
    expect(page.locator("#adding-chosen")).to_have_text(re.compile(r"^Selected: “So the( \w+)+”$"))
    page.locator("#adding-code").select_option("goal_align")
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url("**#a*")
    ((turn, start, end, code),) = served.rows('SELECT turn, start, "end", code FROM decision')
    assert (turn, start, code) == (2, 0, "goal_align")
    assert not odd_visit()["turns"][2]["text"][end].isalnum()  # whole words


def test_two_reviewers_at_once_are_kept_apart(enter, served):
    dana, eve = enter("Dana"), enter("Eve")
    for page in (dana, eve):
        page.get_by_role("link", name="Begin with visit 1").click()
    rate(dana, 5, 5, 5)
    rate(eve, 1, 1, 1)
    reveal(dana)
    reveal(eve)
    assert served.rows("SELECT reviewer_key, min(value), max(value) FROM rating GROUP BY 1") == [(1, 5, 5), (2, 1, 1)]


def test_two_windows_of_one_reviewer_never_save_over_each_other(enter, served):
    one, other = enter(), enter()
    for page in (one, other):
        page.get_by_role("link", name="Begin with visit 1").click()
    one.locator("input[name=goal][value='4']").check()
    saved(one)
    other.locator("input[name=goal][value='1']").check()
    expect(other.get_by_role("alert")).to_contain_text("changed meanwhile")
    assert served.rows("SELECT value FROM rating") == [(4,)]
    other.reload()
    expect(other.locator("input[name=goal][value='4']")).to_be_checked()


def test_reload_and_back_in_the_middle_lose_nothing(enter, served):
    page = enter()
    page.get_by_role("link", name="Begin with visit 1").click()
    page.get_by_role("combobox").first.select_option(index=1)
    saved(page)
    chosen = page.get_by_role("combobox").first.input_value()
    page.locator("input[name=bond][value='3']").check()
    saved(page)
    page.reload()
    expect(page.get_by_role("combobox").first).to_have_value(chosen)
    expect(page.locator("input[name=bond][value='3']")).to_be_checked()
    page.get_by_role("link", name="All visits").click()
    page.go_back()
    expect(page.locator("input[name=bond][value='3']")).to_be_checked()
    rate(page)
    reveal(page)
    page.locator("#comment").fill("half a thou")
    page.locator(".item .decide").first.get_by_role("button", name="Accept").click()
    saved(page)
    page.go_back()
    page.go_forward()
    expect(page.locator("#comment")).to_have_value("half a thou")
    expect(page.locator(".item").first).to_have_attribute("data-state", "accept")
    page.locator(".item .decide").first.get_by_role("button", name="Reject").click()
    saved(page)
    assert served.rows("SELECT action FROM decision") == [("reject",)]


def test_wrong_and_used_tokens_are_refused(browser, served, enter):
    page = enter()
    used = page.url
    for address in (f"{used}enter?token=guess", f"{used}visit/1"):
        stranger = browser.new_context().new_page()
        assert stranger.goto(address).status == 403
        stranger.context.close()


def test_a_forged_form_of_another_page_is_refused(enter, served):
    page = enter()
    home = page.url
    evil = page.context.new_page()
    with evil.expect_navigation() as gone:
        evil.set_content(
            f"<form method=post action='{home}visit/1/blind'><input name=goal value=1></form>"
            "<script>document.forms[0].submit()</script>"
        )
    assert gone.value.status == 403
    assert served.rows("SELECT count(*) FROM rating") == [(0,)]


def test_a_page_that_is_gone_says_that_nothing_is_saved(enter, served):
    page = enter()
    page.get_by_role("link", name="Begin with visit 1").click()
    page.wait_for_load_state()
    assert served.stop() == 0
    page.locator("input[name=goal][value='4']").check()
    expect(page.get_by_role("alert")).to_contain_text("Not saved")


@pytest.mark.parametrize("size", [DESK, ZOOMED], ids=["desk", "zoomed to 200 %"])
def test_no_violation_of_accessibility_and_no_sideways_scrolling(enter, served, tmp_path_factory, size):
    source = axe_source(tmp_path_factory.getbasetemp())
    page = enter(bypass_csp=True, viewport=size)
    home = page.url
    found = {}

    def look(name):
        found[name] = violations(page, source)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name

    look("list")
    page.goto(f"{home}name")
    look("name")
    for place in (1, 2, 3):
        page.goto(f"{home}visit/{place}")
        look(f"blind {place}")
        rate(page)
        reveal(page)
        for summary in page.locator("summary").all():
            summary.click()
        look(f"review {place}")
    page.goto(f"{home}visit/1/sheet")
    look("sheet")
    page.goto(f"{home}visit/99")
    look("error")
    assert {name: each for name, each in found.items() if each} == {}
