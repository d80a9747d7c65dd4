import json
from html import unescape
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from stand_in import make_report

from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.corpus.markup import parse_markup
from alliance_nlp.records import Evidence, Visit
from alliance_nlp.report.advice import read_advice
from alliance_nlp.report.coach import as_html, coaching_sheet
from alliance_nlp.report.wishes import find_goal, to_second_person, wish

TALK = (
    ("provider", "<goal_elicit>What would you like to be able to do again?</>"),
    ("patient", "<goal_state>I want to get up the stairs with my cane.</>"),
    ("provider", "<task_elicit>What do you think it will take to do that?</>"),
    ("patient", "<task_commit>I could practise while the coffee brews.</>"),
    ("provider", "<empathy>It wears you down to be stuck on one floor.</>"),
)


def coded(*turns, p=0.9, **changes):
    """A visit with codes marked up in its turns, and a report with them as evidence."""
    texts, evidence = [], []
    for turn, (role, marked) in enumerate(turns):
        text, codes = parse_markup(marked)
        texts.append({"role": role, "text": text})
        evidence += [
            Evidence(code=code, turn=turn, start=start, end=end, p=p, why="coder") for code, start, end in codes
        ]
    visit = Visit(visit_id="v1", turns=texts)
    return visit, make_report(evidence=tuple(evidence), **changes)


def sheet_of(*turns, **changes):
    return coaching_sheet(*coded(*turns, **changes))


def test_report_coach_quotes_two_strengths_of_different_families_with_the_answers():
    strengths = sheet_of(*TALK).strengths
    assert [praise.quote for praise in strengths] == [
        "What would you like to be able to do again?",
        "What do you think it will take to do that?",
    ]
    assert strengths[1].answer == "I could practise while the coffee brews."


def test_report_coach_tries_what_is_missing_of_the_lowest_part():
    trial = sheet_of(*TALK).trial
    assert trial.id == "try.task_agree"
    assert "You told me you want to get up the stairs with your cane." in trial.example


def test_report_coach_says_that_no_goal_was_found():
    turns = [turn for turn in TALK if "goal_state" not in turn[1]]
    sheet = sheet_of(*turns)
    assert sheet.trial.goal is None
    assert "general one" in as_html(sheet)


@pytest.mark.parametrize("reason", ["too_short", "one_sided", "roles_unknown", "not_english", "not_clinical"])
def test_report_coach_of_an_abstained_visit_praises_and_asks_nothing(reason):
    sheet = sheet_of(*TALK, status="abstained", abstained_because=reason, scores=None)
    assert (sheet.strengths, sheet.trial) == ((), None)
    assert sheet.too_little in unescape(as_html(sheet))


def test_report_coach_owns_up_to_having_found_too_little():
    assert "only one passage" in sheet_of(TALK[0]).too_little
    unsure = sheet_of(*TALK, p=0.3)
    assert unsure.strengths == ()
    assert "no passage" in unsure.too_little
    assert "no passage" in as_html(unsure)


def test_report_coach_praises_no_we_that_the_patient_does_not_take_up():
    we = ("provider", "<task_joint>Let's get the strength back in that leg.</>")
    assert sheet_of(we).strengths == ()
    assert sheet_of(we, ("patient", "<task_agree>Yes, let's.</>")).strengths


def test_report_coach_praises_no_sentence_with_blame_in_it():
    both = "<affirm><judge>You did it for once, I suppose.</></>"
    assert sheet_of(("provider", both)).strengths == ()


def test_report_coach_praises_the_provider_alone():
    assert sheet_of(("patient", "<task_split>I do the stretches, you do the rest.</>")).strengths == ()


def test_report_coach_suggests_gently_where_blame_is_frequent():
    blame = [("provider", "<judge>You should have known that.</>")] * 3
    sheet = sheet_of(*blame)
    assert sheet.trial.id != "try.judge"  # task is lowest here and comes first
    low = make_report().scores.task.model_copy(update={"value": 1.0})
    sheet = sheet_of(*blame, scores=make_report().scores.model_copy(update={"bond": low}))
    assert sheet.trial.id == "try.judge"
    assert "should have known" not in as_html(sheet)


def test_report_coach_shows_the_talk_share_and_no_score():
    page = as_html(sheet_of(*TALK))
    assert "52 % were yours and 48 % the patient" in page
    assert "3.4" not in page
    assert "strong" not in page
    assert "red" not in (files("alliance_nlp.report") / "coach.css").read_text("utf-8").replace("border", "")


def test_report_coach_escapes_what_was_said():
    blow = "<script>alert(1)</script> & what would you like to do?"
    visit = Visit(visit_id="<u>", turns=[{"role": "provider", "text": blow}], setting="<i>")
    said = Evidence(code="goal_elicit", turn=0, start=0, end=len(blow), p=0.9, why="coder")
    page = as_html(coaching_sheet(visit, make_report(evidence=(said,))))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page
    assert "<u>" not in page
    assert "<i>" not in page


class _Addresses(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("href", "src")]


def test_report_coach_asks_for_nothing_from_elsewhere():
    page = as_html(sheet_of(*TALK))
    parser = _Addresses()
    parser.feed(page)
    assert parser.found == []
    assert "default-src &#39;none&#39;" in page


def test_report_coach_speaks_of_a_note_as_a_note():
    text, codes = parse_markup("<goal_state>LTG: climb 12 stairs to reach her bedroom.</> Ice.")
    note = Visit(visit_id="n1", text=text)
    said = tuple(Evidence(code=c, turn=None, start=a, end=b, p=0.9, why="coder") for c, a, b in codes)
    sheet = coaching_sheet(note, make_report(kind="note", evidence=said))
    assert sheet.provider_share is None
    assert sheet.strengths[0].title.startswith("The note")
    page = as_html(sheet)
    assert "You:" not in page
    assert "A note does not show who talked" in page


def test_report_coach_rows_rest_on_known_sources_and_codes():
    advice = read_advice()
    rows = [*advice.strengths, *advice.suggestions]
    assert all(row.sources and set(row.sources) <= set(advice.sources) for row in rows)
    assert {row.code for row in advice.strengths} <= set(CODE_NAMES)
    assert {code for row in advice.strengths for code in row.answers} <= set(CODE_NAMES)
    assert {row.missing or row.present or "judge" for row in advice.suggestions} <= set(CODE_NAMES)
    used = {name for row in rows for name in row.sources} | set(advice.talk_sources)
    assert used == set(advice.sources)
    lines = (files("alliance_nlp.report") / "coaching.jsonl").read_text("utf-8").splitlines()
    ids = [json.loads(line)["id"] for line in lines]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("row", read_advice().suggestions, ids=lambda row: row.id)
def test_report_coach_rows_can_be_said(row):
    assert row.needs_goal or row.say_without_goal
    assert not row.needs_goal or row.say
    slots = {"wish": "you want to swim", "goal": "swim"}
    assert "{" not in (row.say or "").format(**slots) + (row.say_without_goal or "").format()


@pytest.mark.parametrize("kind", ["transcript", "note"])
def test_report_coach_always_has_something_to_try(kind):
    (last,) = [row for row in read_advice().suggestions if row.kind == kind and not (row.part or row.unmeasured)]
    assert last.say_without_goal


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ("I want to get up the stairs", "you want to get up the stairs"),
        ("well I'd just like to lift my grandson myself", "you want to lift your grandson yourself"),
        ("I wanna drive again", "you want to drive again"),
        ("I want her to call me", None),
        ("Down on the rug", None),
        ('I want to say "tea"', None),
        ("I want to " + "walk " * 20, None),
    ],
)
def test_report_coach_turns_a_goal_only_where_it_is_safe(goal, said):
    assert to_second_person(goal) == said
    assert wish(goal) == (said or f"“{goal}”")


def test_report_coach_takes_the_goal_from_the_patient():
    visit, report = coded(
        ("provider", "<goal_state>You want to run a marathon by June.</>"),
        ("patient", "<goal_state>Just around the block.</>"),
    )
    assert find_goal(visit, report.evidence) == "Just around the block"


@pytest.mark.parametrize(
    "label", ["LTG: ", "STGs 2: ", "Pt's own goal: ", "Functional goals: ", "P: ", "1) ", "- Goal 1: "]
)
def test_report_coach_takes_a_goal_out_of_its_label(label):
    note = Visit(visit_id="n", text=f"{label}climb 12 stairs to bed.")
    said = Evidence(code="goal_state", turn=None, start=0, end=len(note.text), p=0.9, why="coder")
    assert find_goal(note, (said,)) == "climb 12 stairs to bed"
