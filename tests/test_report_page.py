import base64
import colorsys
import hashlib
import html
import json
import math
import re
import sys
from datetime import date, timedelta
from importlib.resources import files
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_in import WANT, make_concordance, make_note, make_report, make_visit

from alliance_nlp.codes import CODE_NAMES, FAMILIES, NAME_CODES
from alliance_nlp.concord.entry import page_details
from alliance_nlp.concord.records import ItemKind, ItemStatus
from alliance_nlp.errors import BadOffsets, BadOption, MissingExtra
from alliance_nlp.records import AbstainReason, Evidence, Patient, Provider
from alliance_nlp.report.page.entry import Entry, entry_line, pieces, unpack
from alliance_nlp.report.page.summary import MIN_CLUSTERS, MIN_COMPARED, compare_providers, mean_of, seen, timeline
from alliance_nlp.report.page.write import check_page, write_page

HOSTILE = "</script><img src=x onerror=alert(1)>{{ 7*7 }}\u202e"
DATA = files("alliance_nlp.report.page")


def visit_and_report(n=0, *, text=True, **changes):
    visit = make_visit(f"v{n}").model_copy(update=changes)
    return visit, make_report(visit.visit_id, kind=visit.kind, warnings=visit.warnings)


def row_of(n=0, **changes):
    return entry_of(visit_and_report(n, **changes)).row


def seen_of(rows):
    return [seen(row, order) for order, row in enumerate(rows)]


def entry_of(pair, *, text=True):
    return Entry.model_validate_json(entry_line(*pair, text=text))


def write(path, pairs, *, text=True, **options):
    write_page((entry_of(pair, text=text) for pair in pairs), path, text=text, **options)
    return path.read_text(encoding="utf-8")


def embedded(page, name):
    return re.search(rf'<script type="[a-z/]+" id="{name}">(.*?)</script>', page, re.DOTALL)[1]


@pytest.fixture
def place(tmp_path):
    return tmp_path / "page.html"


NOTE = "LTG: climb 12 stairs in 6 wks\nS: Pt is a poor historian.\nGoals: ___"
GOAL = {"turn": None, "owner": "patient", "kind": "life", "met": "not met", "horizon": "long", "specific": True}
GOAL |= {"start": 0, "end": 29, "text": NOTE[:29], "measurable": True, "time_bound": False}
GOAL |= {"parts": [{"part": "target", "start": 11, "end": 20, "text": NOTE[11:20]}]}
FLAG = {"code": "doubt", "start": 40, "end": 54, "text": "poor historian", "rule": "stigma.poor"}
FLAG |= {"suggestion": "what the patient said", "reference": "Park 2021"}
SECTION = {"section": "patient_goals", "start": 65, "end": 68, "empty": True}


def note_and_report(text=NOTE, **changes):
    """A note with one goal, one flag and one empty section."""
    note = make_note("n1", text, of="v0")
    found = {"goals": [GOAL], "flags": [FLAG], "sections": [SECTION], **changes}
    return note, make_report("n1", kind="note", evidence=(), **found)


def beside_of(note, *, text=True):
    return page_details(make_concordance(note, make_visit("v0")), text=text)


def test_page_entry_has_goals_flags_and_sections_of_a_note():
    details = unpack(entry_of(note_and_report()).packed)
    (goal,), (flag,) = details["goals"], details["flags"]
    assert (goal["text"], goal["missing"], goal["met"]) == (NOTE[:29], ["time_bound"], "not met")
    assert goal["parts"] == [["target", "12 stairs"]]
    assert (flag["text"], flag["suggestion"], flag["source"]) == (
        "poor historian",
        "what the patient said",
        "stigma.poor; Park 2021",
    )
    assert details["sections"] == [["patient goals", True, False]]


def test_page_entry_has_a_note_beside_its_transcript():
    note, report = note_and_report()
    entry = Entry.model_validate_json(entry_line(note, report, beside=beside_of(note)))
    beside = unpack(entry.packed)["beside"]
    assert entry.row.pair == beside["visit"] == "v0"
    written = [note.text[3:].replace("\n", " "), 3, len(note.text)]
    assert beside["items"][0] == ["goal", "both", [WANT, 0, len(WANT), 1], written, 0.8]
    assert beside["items"][1][3] is None
    assert beside["mismatches"][0][:2] == ["name", None]
    assert unpack(entry_of(visit_and_report()).packed)["beside"] is None


def test_page_entry_without_text_quotes_no_note_and_no_transcript():
    note, report = note_and_report()
    line = entry_line(note, report, text=False, beside=beside_of(note, text=False))
    plain = line + json.dumps(unpack(Entry.model_validate_json(line).packed))
    assert not [word for word in ("climb", "12 stairs", "historian", "not met", "week") if word in plain]
    assert unpack(Entry.model_validate_json(line).packed)["goals"][0]["at"] == [0, 29]


def test_page_entry_gives_back_what_a_visit_needs():
    entry = entry_of(visit_and_report(date="2026-05-04"))
    assert (entry.row.id, entry.row.date, entry.row.band, entry.row.alliance) == (
        "v0",
        "2026-05-04",
        "fair",
        (3.2, 2.7, 3.8),
    )
    details = unpack(entry.packed)
    assert details["turns"][1] == {"role": "patient", "speaker": "Martha", "start_s": None, "pieces": [[WANT, [0]]]}
    assert details["evidence"] == [["goal_state", 0.93, "coder", 1]]
    assert details["contributions"][2] == ["goal", "goal_state_rate", 0.6, [0]]
    assert details["measures"] == [["provider_word_share", 0.52], ["name_vocative_per_1000_words", None]]


def test_page_entry_is_one_line_of_ascii():
    line = entry_line(*visit_and_report(visit_id="zwölf\n\u2028"))
    assert line.isascii()
    assert line.index("\n") == len(line) - 1


def test_page_entry_without_text_holds_no_words_and_no_names():
    visit, report = visit_and_report(patient=Patient(id="p7", given="Martha", family="Collins"), setting="home, stairs")
    line = entry_line(visit, report, text=False)
    plain = line + json.dumps(unpack(Entry.model_validate_json(line).packed))
    assert not [word for word in ("climb", "week", "Martha", "Collins", "Dana", "home", "p7") if word in plain]


def test_page_entry_refuses_evidence_outside_its_turn():
    visit, report = visit_and_report()
    wrong = Evidence(code="affirm", turn=1, start=0, end=999, p=0.9, why="coder")
    with pytest.raises(BadOffsets, match="v0"):
        entry_line(visit, report.model_copy(update={"evidence": (wrong,)}))


def test_page_entry_counts_likely_evidence_alone():
    visit, report = visit_and_report()
    unlikely = report.evidence[0].model_copy(update={"p": 0.2})
    row = json.loads(entry_line(visit, report.model_copy(update={"evidence": (*report.evidence, unlikely)})))["row"]
    assert row["evidence"] == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("written", "kept"), [("2026-05-04T09:30Z", "2026-05-04"), ("May 4", None), ("9999-12-31", None), (None, None)]
)
def test_page_entry_keeps_days_alone(written, kept):
    assert row_of(date=written).date == kept


@given(st.data())
def test_page_pieces_are_the_text_and_cover_each_stretch(data):
    text = data.draw(st.text(alphabet="ab 🙂é\n", max_size=30))
    stretches = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    stretches = [(min(ends), max(ends)) for ends in stretches if ends[0] != ends[1]]
    evidence = [
        (n, Evidence(code="affirm", turn=0, start=s, end=e, p=1, why="x")) for n, (s, e) in enumerate(stretches)
    ]
    cut = pieces(text, evidence)
    assert "".join(said for said, _ in cut) == text
    for n, (start, end) in enumerate(stretches):
        assert "".join(said for said, covers in cut if n in covers) == text[start:end]


def test_page_mean_counts_spread_and_uncertainty():
    scores = [((value, value - 1, value + 1), None) for value in (2.0, 2.5, 3.0, 3.5, 4.0)]
    mean = mean_of(scores)
    error = math.sqrt((0.625 + (1 / 1.645) ** 2) / 5)
    assert mean.value == 3.0
    assert mean.high == pytest.approx(3.0 + 2.1318 * error, abs=1e-3)


def test_page_mean_takes_visits_of_one_patient_as_alike():
    values = [2.0, 2.5, 3.0, 3.5, 4.0] * 4
    apart = mean_of([((v, v, v), None) for v in values])
    together = mean_of([((v, v, v), f"p{v}") for v in values])
    assert together.value == apart.value
    assert together.high - together.low > 1.9 * (apart.high - apart.low)


def test_page_mean_of_few_patients_is_not_drawn():
    scores = [((3.0, 2.0, 4.0), f"p{n % (MIN_CLUSTERS - 1)}") for n in range(40)]
    assert mean_of(scores).value is None


@pytest.mark.parametrize(
    ("days", "step"), [(10, "day"), (60, "week"), (400, "month"), (2000, "quarter"), (4000, "year")]
)
def test_page_periods_suit_the_time(days, step):
    dates = [date(2020, 1, 1), date(2020, 1, 1) + timedelta(days=days)]
    line = timeline("transcript", seen_of([row_of(date=day.isoformat()) for day in dates]))
    assert line.step == step
    assert [len(period.visits) for period in line.periods] == [1, 1]
    assert all(
        period.first <= visit.day.toordinal() < period.last for period in line.periods for visit in period.visits
    )


def test_page_periods_without_dates_go_by_order():
    line = timeline("transcript", seen_of([row_of(n) for n in range(100)]))
    assert not line.dated
    assert [period.label for period in line.periods] == ["1 to 20", "21 to 40", "41 to 60", "61 to 80", "81 to 100"]


def test_page_compares_in_alphabetical_order_and_not_on_few_visits():
    rows = [row_of(n, provider=Provider(name="zoe")) for n in range(MIN_COMPARED)]
    rows += [row_of(n, provider=Provider(name="Ann")) for n in range(MIN_COMPARED - 1)]
    ann, zoe = compare_providers(seen_of(rows), {})
    assert (ann.provider, ann.scored, ann.means) == ("Ann", MIN_COMPARED - 1, {})
    assert (zoe.provider, zoe.means["goal"].n) == ("zoe", MIN_COMPARED)


def test_page_compares_namesakes_apart():
    rows = [row_of(provider=Provider(id="t1", name="Ann")), row_of(provider=Provider(id="t2", name="Ann"))]
    names = {row.provider_key: row.provider for row in rows}
    assert [each.provider for each in compare_providers(seen_of(rows), names)] == ["Ann (t1)", "Ann (t2)"]


def test_page_holds_nothing_that_a_visit_says_as_markup(place):
    words = {"role": "patient", "speaker": HOSTILE, "text": f"{WANT} {HOSTILE}"}
    turns = (make_visit().turns[0], make_visit().turns[1].model_copy(update=words))
    hostile = {"visit_id": HOSTILE, "turns": turns, "setting": HOSTILE, "warnings": (HOSTILE,), "date": HOSTILE}
    page = write(place, [visit_and_report(provider=Provider(name=HOSTILE), **hostile)] * 10, compare=True)
    assert "<img" not in page
    assert "7*7" in page
    assert page.count("</script>") == page.count("<script")
    assert json.loads(embedded(page, "rows"))[0]["id"] == HOSTILE.replace("\u202e", "\ufffd")


def test_page_lets_only_its_own_script_and_style_run(place):
    page = write(place, [visit_and_report()])
    policy = html.unescape(re.search(r'Content-Security-Policy" content="(.*?)"', page)[1])
    for tag, name in (("script", "page.js"), ("style", "page.css")):
        inline = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1]
        assert inline == (DATA / name).read_text("utf-8")
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_page_names_no_address(place):
    page = write(place, [visit_and_report()], compare=True)
    assert set(re.findall(r"https?://[^\"' <]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(link|img|iframe|object|embed|base)\b|\ssrc=|@import|url\(", page)


def test_page_is_the_same_bytes_for_the_same_visits(tmp_path):
    pairs = [visit_and_report(n) for n in range(3)]
    assert write(tmp_path / "a.html", pairs) == write(tmp_path / "b.html", pairs)


def test_page_says_that_dates_are_missing(place):
    assert "carry no dates" in write(place, [visit_and_report()])
    assert "carry no dates" not in write(place, [visit_and_report(date="2026-05-04")])


def test_page_sets_providers_side_by_side_only_when_asked(place):
    pairs = [visit_and_report(n, provider=Provider(name="Ann")) for n in range(12)]
    assert "side by side" not in write(place, pairs)
    page = write(place, pairs, compare=True)
    assert "no ranking" in page
    assert "12 of 12" in page


def test_page_says_what_it_is_not(place):
    page = " ".join(write(place, [visit_and_report()]).split())
    assert "no Working Alliance Inventory" in page
    assert "not for ranking, pay or discipline" in page


def test_page_of_no_visit_says_so(place):
    assert "No visit was read" in write(place, [])


def test_page_without_text_says_so_and_holds_none(place):
    page = write(place, [visit_and_report()], text=False)
    assert "left out of this page" in page
    assert unpack(embedded(page, "packed-0"))["turns"] is None


def test_page_lists_a_chance_sample_of_very_many_and_counts_all(place):
    page = write(place, [visit_and_report(n) for n in range(50)], most=10)
    rows = json.loads(embedded(page, "rows"))
    assert len(rows) == 10
    assert [row["order"] for row in rows] == sorted(row["order"] for row in rows) != list(range(10))
    assert "10 of 50 visits" in page
    assert "n = 25" in page
    assert unpack(embedded(page, "packed-9"))["turns"]


def test_page_that_fails_leaves_the_old_one(place):
    write(place, [visit_and_report()])
    before = place.read_bytes()

    def breaking():
        yield entry_of(visit_and_report(2))
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        write_page(breaking(), place)
    assert place.read_bytes() == before
    assert list(place.parent.iterdir()) == [place]


@pytest.mark.parametrize("name", ["page.txt", "nowhere/page.html", "folder.html"])
def test_page_refuses_a_place_before_the_work(tmp_path, name):
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(BadOption, match="--html"):
        check_page(tmp_path / name)


def test_page_names_the_extra_it_needs(place, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingExtra, match=r"alliance_nlp\[report\]"):
        check_page(place)


def test_page_has_words_for_every_code_and_reason():
    wording = json.loads((DATA / "wording.json").read_text("utf-8"))
    assert set(wording["codes"]) == {*CODE_NAMES, *NAME_CODES}
    assert set(wording["reasons"]) == set(get_args(AbstainReason))
    assert set(wording["families"]) == {*FAMILIES, "names"}
    assert set(wording["statuses"]) == set(get_args(ItemStatus))
    assert set(wording["items"]) == set(get_args(ItemKind))
    assert {"life", "impairment", "specific", "measurable", "time_bound"} <= set(wording["goals"])


def test_page_has_no_red_in_it():
    for colour in re.findall(r"#([0-9a-f]{6})\b", (DATA / "page.css").read_text("utf-8")):
        hue, _, saturation = colorsys.rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)))
        assert saturation < 0.3 or 0.07 < hue < 0.93, colour
