"""Tests of the audit's page without a browser, on every database: collected by test files that define ``address``, the
address of an empty database."""

import re
import socket
from functools import partial
from html import unescape

import anyio
import httpx
import pytest
from audit_cases import audit_row, sampled
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from stand_in import WANT, make_report

from alliance_nlp.audit.page.app import create_app
from alliance_nlp.audit.page.gate import Gate
from alliance_nlp.audit.page.shown import Mark, codes_for, cut, words
from alliance_nlp.audit.page.timeline import WIDTH, draw_timeline
from alliance_nlp.audit.store import create_store
from alliance_nlp.audit.tables import BlindUnit, Comment, Decision, LogEntry, Rating, Review, UnitCoding
from alliance_nlp.codes import CODE_NAMES, NAME_CODES
from alliance_nlp.errors import BadOption
from alliance_nlp.records import PARTS, Evidence, Visit

HOME = "http://127.0.0.1:8000"
ALL = {"goal": "4", "task": "2", "bond": "5"}
SCRIPT = "<script>alert('x')</script>"
FACE = "\N{FACE WITH TEARS OF JOY}"


def note_row(place, text="LTG: climb 12 stairs.\r\nPt agrees."):
    visit = Visit(visit_id=f"n{place}", text=text)
    said = Evidence(code="goal_state", turn=None, start=0, end=21, p=0.9, why="coder")
    report = make_report(visit.visit_id, kind="note", evidence=(said,))
    row = sampled(place, visit.visit_id, kind="note", band="weak")
    row.visit_json, row.report_json = visit.model_dump_json(), report.model_dump_json()
    row.units = [BlindUnit(turn=None, start=23, end=33, weight=2.0)]
    return row


def hostile_row(place):
    turns = [
        {"role": "provider", "speaker": SCRIPT, "text": f"{SCRIPT} & {FACE} why?"},
        {"role": "patient", "speaker": '"><b>', "text": f"{FACE}{FACE} I want it. {SCRIPT}"},
    ]
    visit = Visit(visit_id=f"h{place}", turns=turns, setting=SCRIPT, warnings=(SCRIPT,))
    said = (Evidence(code="goal_state", turn=1, start=3, end=13, p=0.9, why="coder"),)
    row = sampled(place, visit.visit_id)
    row.visit_json = visit.model_dump_json()
    row.report_json = make_report(visit.visit_id, evidence=said).model_dump_json()
    row.units = []
    return row


@pytest.fixture
def store(address):
    store = create_store(address)
    with store.writing() as session:
        session.add_all([audit_row(), sampled(why="surprising"), note_row(2), hostile_row(3)])
    yield store
    store.close()


@pytest.fixture
def addresses():
    return []


@pytest.fixture
def gate(addresses):
    gate = Gate(8000, addresses.append)
    gate.open()
    return gate


@pytest.fixture
def app(store, gate):
    return create_app(store, gate)


class Client:
    """Asks an application in this process, and keeps its cookies."""

    def __init__(self, app):
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOME, follow_redirects=True)

    def request(self, method, address, **more):
        return anyio.run(partial(self._client.request, method, address, **more))

    def get(self, address, **more):
        return self.request("GET", address, **more)

    def post(self, address, **more):
        return self.request("POST", address, **more)


class Visitor:
    """A browser without script: it follows addresses and sends forms with what they hold."""

    def __init__(self, app, address, name=None):
        self.client = Client(app)
        self.client.get(address)
        if name:
            self.post("/name", {"new": name}, page="/name")

    def token(self, page="/"):
        return re.search(r'name="form_token" value="([^"]+)"', self.client.get(page).text)[1]

    def post(self, path, fields, *, page="/visit/1", json=False, headers=None):
        headers = {**({"accept": "application/json"} if json else {}), **(headers or {})}
        return self.client.post(path, data={"form_token": self.token(page), **fields}, headers=headers)

    def rate(self, place=1, **more):
        return self.post(f"/visit/{place}/blind", {**ALL, "then": "reveal"}, page=f"/visit/{place}", **more)

    def page(self, place=1):
        return unescape(self.client.get(f"/visit/{place}").text)


@pytest.fixture
def dana(app, addresses):
    return Visitor(app, addresses[-1], "Dana")


@pytest.fixture
def rows(store):
    """Reads a table."""

    def read(table):
        with store.reading() as session:
            return session.scalars(select(table).order_by(table.id)).all()

    return read


# Who is let in


def test_page_address_works_once_and_is_followed_by_another(app, addresses):
    assert Visitor(app, addresses[0]).client.get("/name").status_code == 200
    assert len(addresses) == 2
    assert Visitor(app, addresses[0]).client.get("/name").status_code == 403
    again = Visitor(app, addresses[1])
    assert again.client.get(addresses[1]).status_code == 200
    assert len(addresses) == 3
    assert Visitor(app, addresses[2]).client.get("/name").status_code == 200


@pytest.mark.parametrize("path", ["/enter", "/enter?token=", "/enter?token=wrong", "/enter?token=%C3%A9"])
def test_page_refuses_a_wrong_token(app, path):
    answer = Client(app).get(path)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/name", "/visit/1", "/visit/1/sheet"])
def test_page_shows_nothing_without_a_session(app, path):
    answer = Client(app).get(path)
    assert answer.status_code == 403
    assert WANT not in answer.text


def test_page_keeps_the_token_out_of_the_address_and_the_cookie_from_scripts(app, addresses):
    client = Client(app)
    answer = client.get(addresses[0], follow_redirects=False)
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert addresses[0].partition("=")[2] not in cookie


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1", "127.0.0.1:8001", ""])
def test_page_answers_to_its_own_name_alone(dana, host):
    answer = dana.client.get("/visit/1", headers={"host": host})
    assert answer.status_code == 421
    assert WANT not in answer.text


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:8000", "http://127.0.0.1:80"])
def test_page_takes_no_form_of_another_page(dana, rows, origin):
    answer = dana.post("/visit/1/blind", ALL, headers={"origin": origin})
    assert answer.status_code == 403
    assert rows(Rating) == []


@pytest.mark.parametrize("token", [None, "", "forged", "é"])
def test_page_takes_no_form_without_its_token(dana, rows, token):
    fields = ALL if token is None else {**ALL, "form_token": token}
    for path in ("blind", "decide", "add", "take-back", "comment", "finish"):
        assert dana.client.post(f"/visit/1/{path}", data=fields).status_code == 403
    assert dana.client.post("/name", data={"new": "Eve", "form_token": token or ""}).status_code == 403
    assert rows(Rating) == []


def test_page_takes_no_form_of_another_session(app, addresses, dana, rows):
    other = Visitor(app, addresses[-1], "Eve")
    assert dana.client.post("/visit/1/blind", data={**ALL, "form_token": other.token("/visit/1")}).status_code == 403
    assert rows(Rating) == []


def test_page_of_the_reviewer_before_can_save_no_more(dana, rows):
    old = dana.token("/visit/1")
    dana.post("/name", {"new": "Eve"}, page="/name")
    assert dana.client.post("/visit/1/blind", data={**ALL, "form_token": old}).status_code == 403
    assert rows(Rating) == []


def test_page_headers_forbid_scripts_from_elsewhere_and_frames(dana):
    for path in ("/", "/visit/1", "/static/page.js", "/visit/9"):
        headers = dana.client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_page_has_no_inline_script_style_or_outside_address(dana):
    dana.rate()
    for path in ("/", "/name", "/visit/1", "/visit/2", "/visit/3"):
        page = dana.client.get(path).text
        assert not re.search(r"<script(?! src=\"/static/)|<style|\son\w+=|\sstyle=", page)
        assert not re.findall(r"(?:href|src|action)=\"(?![/#?])", page)


def test_page_publishes_no_description_of_itself(dana):
    assert [dana.client.get(path).status_code for path in ("/docs", "/openapi.json", "/redoc")] == [404] * 3


def test_page_asks_for_a_name_first(app, addresses):
    visitor = Visitor(app, addresses[-1])
    assert visitor.client.get("/visit/1", follow_redirects=False).headers["location"] == "/name"
    assert visitor.post("/name", {"new": "  "}, page="/name").status_code == 400


def test_page_offers_names_used_before(app, addresses, dana):
    other = Visitor(app, addresses[-1])
    assert 'value="Dana"' in other.client.get("/name").text
    other.post("/name", {"name": "Dana"}, page="/name")
    assert "Rating as <b>Dana</b>" in other.client.get("/").text


def test_page_starts_with_the_name_given(store, addresses):
    from alliance_nlp.audit.reviews import add_reviewer

    with store.writing() as session:
        add_reviewer(session, "Ines")
    gate = Gate(8000, addresses.append, "Ines")
    gate.open()
    assert "Rating as <b>Ines</b>" in Visitor(create_app(store, gate), addresses[-1]).client.get("/").text


# Blind


def test_page_sends_nothing_of_the_tool_before_the_ratings(dana):
    for path in ("/", "/visit/1"):
        page = dana.client.get(path).text
        # Its band and scores, how sure it is, why the visit was drawn, how many evidence it has.
        for sign in ("fair", "3.4", "2.8 to", "93 %", "surpris", "weight", "data-marks", "timeline", "Accept"):
            assert sign not in page, sign


@pytest.mark.parametrize("path", ["decide", "add", "take-back", "finish"])
def test_page_takes_no_correction_before_the_ratings(dana, rows, path):
    fields = {"evidence": "0", "action": "accept", "turn": "2", "selected": "0-5", "code": "goal_state"}
    assert dana.post(f"/visit/1/{path}", {**fields, "addition": "1"}).status_code == 400
    assert rows(Decision) == []


def test_page_shows_no_coaching_sheet_before_the_ratings(dana):
    assert dana.client.get("/visit/1/sheet").status_code == 400
    dana.rate()
    answer = dana.client.get("/visit/1/sheet")
    assert "Coaching sheet" in answer.text
    assert "sha256-" in answer.headers["content-security-policy"]


def test_page_sheet_follows_the_corrections(dana):
    dana.rate()
    assert "corrected by" not in dana.client.get("/visit/1/sheet").text
    dana.post("/visit/1/decide", {"evidence": "0", "action": "reject"})
    dana.post("/visit/1/add", {"turn": "1", "selected": "0-20", "code": "goal_elicit"})
    page = unescape(dana.client.get("/visit/1/sheet").text)
    assert "corrected by Dana" in page
    assert "“How did the week go?”" in page
    assert "you want to climb the stairs" not in page


def test_page_wants_all_three_ratings_and_keeps_those_there_are(dana, rows):
    answer = dana.post("/visit/1/blind", {"goal": "4", "then": "reveal"})
    assert answer.status_code == 400
    assert "task is not rated yet" in answer.text
    assert [(rating.part, rating.value) for rating in rows(Rating)] == [("goal", 4)]
    assert "Accept" not in dana.page()


def test_page_shows_the_tool_after_the_ratings(dana):
    assert dana.rate().url == f"{HOME}/visit/1#tool"
    page = dana.page()
    assert "2.8 to 4.1" in page
    assert f'<mark class="seg goals " data-marks="e0 ">{WANT}</mark>' in page
    assert 'class="timeline"' in page


def test_page_keeps_the_blind_ratings_as_they_were(dana, rows):
    token = dana.token("/visit/1")
    dana.rate()
    assert dana.client.post("/visit/1/blind", data={"goal": "1", "form_token": token}).status_code == 400
    assert {rating.part: rating.value for rating in rows(Rating)} == {"goal": 4, "task": 2, "bond": 5}


def test_page_saves_what_cannot_be_rated(dana, rows):
    dana.post("/visit/2/blind", {**ALL, "bond": "none", "then": "reveal"}, page="/visit/2")
    assert [rating.value for rating in rows(Rating)] == [4, 2, None]
    assert "not rated" in dana.page(2)


def test_page_shows_again_what_was_saved(dana):
    unit = re.search(r'name="(unit\.\d+\.code\.0-\d+)"', dana.page())[1]
    dana.post("/visit/1/blind", {"goal": "4", unit: ["goal_state", "goal_align"]})
    page = dana.page()
    assert re.search(r'name="goal" value="4" required checked', page)
    assert len(re.findall(r'value="goal_state"[^>]* selected', page)) == 1
    assert len(re.findall(r'value="goal_align"[^>]* selected', page)) == 1


def test_page_tells_a_turn_without_codes_from_one_not_looked_at(dana, rows):
    dana.post("/visit/1/blind", ALL)
    assert rows(UnitCoding) == []
    done = re.search(r'name="(unit\.\d+\.done)"', dana.page())[1]
    dana.post("/visit/1/blind", {done: "yes"})
    assert [coding.codes for coding in rows(UnitCoding)] == [[]]


def test_page_offers_a_role_only_its_codes():
    assert "task_commit" not in codes_for("provider")["tasks"]
    assert codes_for("other") == {}
    assert set(words()["codes"]) == {*CODE_NAMES, *NAME_CODES}


# Evidence and comments


def test_page_accepts_rejects_and_undoes(dana, rows):
    dana.rate()
    for version, action in enumerate(("accept", "reject", "undecided")):
        fields = {"evidence": "0", "action": action, "version.decision": str(version)}
        answer = dana.post("/visit/1/decide", fields, json=True)
        assert answer.json() == {"versions": {"decision": version + 1}}
    (decision,) = rows(Decision)
    assert not decision.standing
    assert [entry.what for entry in rows(LogEntry)].count("decide") == 3


@pytest.mark.parametrize("fields", [{"evidence": "7"}, {"evidence": "x"}, {"evidence": "0", "action": "burn"}, {}])
def test_page_refuses_a_decision_that_makes_no_sense(dana, rows, fields):
    dana.rate()
    assert dana.post("/visit/1/decide", {"action": "accept", **fields}).status_code == 400
    assert rows(Decision) == []


def test_page_adds_the_selected_words_and_takes_them_back(dana, rows):
    dana.rate(3)
    fields = {"turn": "2", "selected": "3-13", "sentence": "0-1", "code": "goal_align"}
    answer = dana.post("/visit/3/add", fields, page="/visit/3")
    (added,) = rows(Decision)
    assert (added.turn, added.start, added.end, added.code) == (1, 3, 13, "goal_align")
    assert answer.url == f"{HOME}/visit/3#a{added.id}"
    assert "added by you" in dana.page(3)
    fields = {"addition": str(added.id), "version.addition": str(added.version)}
    dana.post("/visit/3/take-back", fields, page="/visit/3")
    assert "added by you" not in dana.page(3)


def test_page_adds_a_whole_sentence_without_script(dana, rows):
    dana.rate(2)
    assert '<option value="23-33">Pt agrees.</option>' in dana.page(2)
    dana.post("/visit/2/add", {"sentence": "23-33", "code": "task_agree"}, page="/visit/2")
    (added,) = rows(Decision)
    assert (added.turn, added.start, added.end) == (None, 23, 33)


def test_page_shows_the_sentences_of_the_turn_asked_for(dana):
    dana.rate()
    page = unescape(dana.client.get("/visit/1?turn=2").text)
    assert f'<option value="0-{len(WANT)}">{WANT}</option>' in page


@pytest.mark.parametrize(
    "fields",
    [
        {"turn": "2", "code": "goal_state"},
        {"turn": "2", "selected": "0-999", "code": "goal_state"},
        {"turn": "9", "selected": "0-1", "code": "goal_state"},
        {"turn": "0", "selected": "0-1", "code": "goal_state"},
        {"turn": "2", "selected": "0-1", "code": "empathy"},
        {"turn": "2", "selected": "0-1", "code": "nonsense"},
    ],
)
def test_page_refuses_to_add_what_cannot_stand(dana, rows, fields):
    dana.rate()
    assert dana.post("/visit/1/add", fields).status_code == 400
    assert rows(Decision) == []


def test_page_finishes_and_goes_on_to_the_next(dana, rows):
    dana.rate()
    answer = dana.post("/visit/1/finish", {"comment": "Warm.\r\nSlow.", "version.comment": "0"})
    assert answer.url == f"{HOME}/visit/2"
    assert rows(Comment)[0].text == "Warm.\nSlow."
    assert rows(Review)[0].finished_at
    for place, following in ((3, "/visit/2"), (2, "/")):
        dana.rate(place)
        answer = dana.post(f"/visit/{place}/finish", {}, page=f"/visit/{place}")
        assert answer.url == HOME + following
    assert "All are done" in answer.text


def test_page_of_a_place_that_is_none_says_so(dana):
    assert dana.client.get("/visit/99").status_code == 400
    for path in ("/visit/x", "/nothing", "/static/none.js"):
        answer = dana.client.get(path)
        assert answer.status_code == 404
        assert "There is no such page" in answer.text


def test_page_tells_no_words_of_a_visit_when_something_breaks(dana, monkeypatch, caplog):
    def broken(*_):
        raise KeyError(WANT)

    monkeypatch.setattr("alliance_nlp.audit.page.views.shown_turns", broken)
    answer = dana.client.get("/visit/1")
    assert answer.status_code == 500
    assert "unexpected KeyError at audit_page_cases.py" in answer.text
    assert WANT not in answer.text + caplog.text


# Two at once


def test_page_keeps_two_reviewers_apart(app, addresses, dana, rows):
    eve = Visitor(app, addresses[-1], "Eve")
    dana.rate()
    assert "2.8 to 4.1" not in eve.page()
    eve.post("/visit/1/blind", {"goal": "1"})
    values = {(rating.reviewer_key, rating.part): rating.value for rating in rows(Rating)}
    assert (values[1, "goal"], values[2, "goal"]) == (4, 1)


def test_page_never_saves_over_what_another_window_saved(app, addresses, dana, rows):
    other = Visitor(app, addresses[-1], "Dana")
    dana.post("/visit/1/blind", {"goal": "4", "version.goal": "0"}, json=True)
    answer = other.post("/visit/1/blind", {"goal": "1", "task": "1", "version.goal": "0"}, json=True)
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.json()["error"]
    assert [(rating.part, rating.value) for rating in rows(Rating)] == [("goal", 4)]


def test_page_gives_a_comment_back_that_could_not_be_saved(app, addresses, dana, rows):
    other = Visitor(app, addresses[-1], "Dana")
    dana.post("/visit/1/comment", {"comment": "first", "version.comment": "0"})
    answer = other.post("/visit/1/comment", {"comment": "second </textarea>", "version.comment": "0"})
    assert answer.status_code == 409
    assert "second &lt;/textarea&gt;" in answer.text
    assert [comment.text for comment in rows(Comment)] == ["first"]


def test_page_saves_the_same_twice_without_a_conflict(dana, rows):
    for _ in range(2):
        assert dana.post("/visit/1/blind", {**ALL, "version.goal": "0"}, json=True).status_code == 200
    assert [entry.what for entry in rows(LogEntry)].count("rate") == 3


def test_page_logs_every_change_with_who(dana, rows):
    dana.rate()
    dana.post("/visit/1/decide", {"evidence": "0", "action": "accept"})
    entries = [(entry.who, entry.what) for entry in rows(LogEntry)]
    assert entries[:2] == [("Dana", "reviewer"), ("Dana", "begin")]
    assert {what for _, what in entries} >= {"rate", "reveal", "decide"}
    assert {who for who, _ in entries} == {"Dana"}


# Text


def test_page_escapes_everything_that_was_said(dana):
    for page in (dana.client.get("/visit/3").text, dana.rate(3).text, dana.client.get("/visit/3/sheet").text):
        assert "<script>alert" not in page
        assert '"><b>' not in page
    assert dana.client.get("/").status_code == 200


def test_page_names_no_words_of_a_visit_in_an_error(dana):
    dana.rate()
    answer = dana.post("/visit/1/add", {"turn": "2", "selected": "0-999", "code": "goal_state"})
    assert "stairs" not in answer.text


@given(st.text(alphabet="a \r\n\t<&é" + FACE + "\u200d", min_size=1, max_size=30), st.data())
def test_page_pieces_keep_every_character_in_its_place(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    pieces = cut(text, [Mark("e0", "affirm", 0, start, end), Mark("e1", "empathy", 0, 0, end)])
    sent = [unescape(str(piece.text)) for piece in pieces]
    assert "".join(sent) == text.replace("\ufeff", "\ufffd")
    inside = "".join(said for said, piece in zip(sent, pieces, strict=True) if "e0" in [m.key for m in piece.marks])
    assert inside == text[start:end]
    assert [mark.key for piece in pieces for mark in piece.ending].count("e0") == 1


def test_page_timeline_goes_by_the_clock_where_there_is_one():
    turns = [
        {"role": "provider", "text": "Hi.", "start_s": 0, "end_s": 30},
        {"role": "patient", "text": "Hello there again.", "start_s": 30, "end_s": 120},
    ]
    drawn = draw_timeline(Visit(visit_id="v", turns=turns), [])
    assert drawn.scale == "2 minutes"
    assert drawn.lanes[1].bars[0].x == WIDTH / 4
    assert drawn.rows[0][1:] == ("100 %", "0 %")
    untimed = Visit(visit_id="v", turns=[{**turn, "end_s": None} for turn in turns])
    assert draw_timeline(untimed, []).scale == "4 words"


@pytest.mark.parametrize("visit", [Visit(visit_id="n", text=""), Visit(visit_id="v", turns=[])])
def test_page_timeline_of_nothing_is_empty(visit):
    assert draw_timeline(visit, []).lanes == ()


def test_page_anchors_are_those_of_the_codebook():
    assert len(words()["anchors"]) == 5
    assert tuple(words()["parts"]) == PARTS


def test_page_serves_on_this_machine_alone(store, monkeypatch):
    uvicorn = pytest.importorskip("uvicorn")
    from alliance_nlp.audit.page.serve import serve_audit

    bound, said = [], []
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: bound.append(sockets[0].getsockname()))
    serve_audit(store.name, say=said.append, reviewer=" Dana ")
    (host, port) = bound[0]
    assert host == "127.0.0.1"
    assert said[0].startswith(f"http://127.0.0.1:{port}/enter?token=")


def test_page_refuses_a_port_that_is_taken(store):
    from alliance_nlp.audit.page.serve import serve_audit

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadOption, match=f"--port {port}: it is taken"):
            serve_audit(store.name, port=port, say=print)
