import json
from html import unescape

import pytest

from alliance_nlp import Visit, compare
from alliance_nlp.concord.copied import copied_share, find_copied
from alliance_nlp.concord.page import Compared, as_html
from alliance_nlp.concord.persons import same_person
from alliance_nlp.concord.text import as_lines
from alliance_nlp.errors import BadOption

NOTE = (
    "S: Mr. Collins, 64 y/o M. Pt's goal: climb the stairs at home to his bedroom.\n"
    "P: Bridges x10 BID. Pt agrees with the plan. Next visit Thursday."
)
VISIT = Visit(
    visit_id="v1",
    patient={"given": "Martha", "family": "Reed"},
    turns=[
        {"role": "provider", "text": "Hi Martha. What would you like to be able to do again?"},
        {"role": "patient", "text": "I want to climb the stairs at home to my bedroom."},
        {"role": "patient", "text": "And I want to get back to dancing with my husband."},
        {"role": "provider", "text": "You need to do the bridges ten times, twice a day. Does that sound okay?"},
        {"role": "patient", "text": "Yes, I can do that."},
        {"role": "provider", "text": "I'll see you again next Thursday."},
    ],
)


@pytest.fixture(scope="module")
def report():
    return compare(NOTE, VISIT)


def found(report):
    return {(item.kind, item.status) for item in report.items}


def test_concord_compare_finds_what_agrees(report):
    assert {("goal", "both"), ("plan", "both"), ("next_contact", "both")} <= found(report)


def test_concord_compare_finds_the_goal_that_was_left_out(report):
    left_out = [item for item in report.items if (item.kind, item.status) == ("goal", "said_only")]
    assert [item.said.turn for item in left_out] == [2]


def test_concord_compare_places_are_exact(report):
    for item in report.items:
        if item.said:
            assert VISIT.turns[item.said.turn].text[item.said.start : item.said.end] == item.said.text
        if item.note:
            assert NOTE[item.note.start : item.note.end] == item.note.text


def test_concord_compare_names_another_patient(report):
    assert [(each.detail, each.note.text) for each in report.mismatches if each.detail == "name"] == [
        ("name", "Mr. Collins")
    ]


def test_concord_compare_of_the_right_name_is_silent():
    right = NOTE.replace("Mr. Collins, 64 y/o M", "Ms. Reed, 64 y/o F")
    assert not [each for each in compare(right, VISIT).mismatches if each.detail == "name"]


def test_concord_compare_without_text_holds_no_words():
    assert "stairs" not in compare(NOTE, VISIT, earlier=NOTE, text=False).model_dump_json()


def test_concord_compare_counts_the_items(report):
    assert sum(sum(each.values()) for each in report.counts.values()) == len(report.items)


@pytest.mark.parametrize("note", ["", "   \n", "?"])
def test_concord_compare_an_empty_note_documents_nothing(note):
    assert {status for _, status in found(compare(note, VISIT))} <= {"said_only"}


def test_concord_compare_an_empty_visit_says_nothing():
    assert {status for _, status in found(compare(NOTE, Visit(visit_id="v")))} <= {"note_only"}


def test_concord_compare_refuses_the_wrong_kind():
    with pytest.raises(BadOption, match="transcript"):
        compare(VISIT, VISIT)
    with pytest.raises(BadOption, match="note"):
        compare(NOTE, Visit(visit_id="n", text="HEP."))


def test_concord_copied_is_found_past_changes():
    earlier = "Pt tolerated bridges, clams and step ups well today without any increase in her knee pain."
    copied = find_copied("New day. " + earlier + " New end.", earlier)
    assert [each.words for each in copied] == [16]
    assert 0.7 < copied_share("New day. " + earlier + " New end.", copied) < 1


def test_concord_copied_ignores_short_phrases():
    assert find_copied("Plan of care: continue PT.", "Plan of care: continue OT.") == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Kate", "Katherine Doyle", True), ("Mrs. Doile", "Doyle", True), ("Ann", "Peter", False)],
)
def test_concord_persons_same(one, other, same):
    assert same_person(one, other) is same


def test_concord_page_asks_for_nothing_from_elsewhere(report):
    page = as_html([Compared(report, VISIT, Visit(visit_id="n", text=NOTE))])
    assert "default-src 'none'" in unescape(page)
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page


def test_concord_page_links_an_item_to_both_places(report):
    page = as_html([Compared(report, VISIT, Visit(visit_id="n", text=NOTE))])
    number = 1 + [item.status for item in sorted(report.items, key=lambda i: i.status == "both")].index("both")
    assert f'href="#p1-s{number}"' in page
    assert f'id="p1-s{number}"' in page
    assert f'id="p1-n{number}"' in page


def test_concord_page_escapes_what_was_said():
    visit = Visit(visit_id="v", turns=[{"role": "patient", "text": "I want to <b>walk</b> my dog again."}])
    note = Visit(visit_id="n", text="<script>")
    page = as_html([Compared(compare(note, visit), visit, note)])
    assert "<b>" not in page
    assert "<script>" not in page


def test_concord_text_says_where(report):
    lines = list(as_lines(report))
    assert any("turn 3" in line and "dancing" in line for line in lines)


def test_concord_compare_json_is_plain(report):
    assert json.loads(report.model_dump_json())["schema_version"] == "1.0"
