import csv
import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_nlp.codes import CODE_NAMES, NAME_CODES
from alliance_nlp.corpus.coded import KNOWN_CODES, CodedVisit
from alliance_nlp.corpus.exchange import Form, export_visits, import_visits
from alliance_nlp.corpus.exchange.label_studio import labelling_config
from alliance_nlp.errors import BadCorpus, BadOffsets, BadOption

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["'quoted", "=1+1", "-", "a\r\nb", "\U0001f600 ok \U0001f600", "e\u0301", " padded ", "[end of visit]", "\x00", '"']
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=3,
)
ABOUT = st.fixed_dictionaries({}, optional={"of": TEXT, **dict.fromkeys(("pair", "asr", "extra"), JSON)})
TURN_ABOUT = st.fixed_dictionaries({}, optional={"speaker": TEXT.filter(bool), "t": st.floats(0, 1e4), "extra": JSON})
RATINGS = st.none() | st.dictionaries(st.sampled_from(["goal", "task", "bond"]), st.integers(1, 5), min_size=1)


@st.composite
def stretches(draw, turns):
    places = [index for index, (_, text) in enumerate(turns) if text]
    if not places:
        return ()
    codes = set()
    for _ in range(draw(st.integers(0, 5))):
        turn = draw(st.sampled_from(places))
        start = draw(st.integers(0, len(turns[turn][1]) - 1))
        end = draw(st.integers(start + 1, len(turns[turn][1])))
        codes.add((draw(st.sampled_from(sorted(KNOWN_CODES))), turn, start, end))
    return tuple(sorted(codes, key=lambda one: (one[1], one[2], one[3], one[0])))


@st.composite
def coded_visits(draw):
    kind = draw(st.sampled_from(["transcript", "note"]))
    if kind == "note":
        turns = (("provider", draw(TEXT)),)
    else:
        turns = tuple(draw(st.lists(st.tuples(st.sampled_from(["provider", "patient", "other"]), TEXT), max_size=4)))
    further = tuple(draw(TURN_ABOUT) for _ in turns) if kind == "transcript" else ()
    ratings = draw(RATINGS)
    codes = draw(stretches(turns))
    return CodedVisit(
        draw(TEXT.filter(bool)),
        kind,
        turns,
        codes,
        {part: ratings[part] for part in ("goal", "task", "bond") if part in ratings} if ratings else None,
        draw(ABOUT),
        further if any(further) else (),
        bool(codes) or draw(st.booleans()),
    )


VISITS = st.lists(coded_visits(), min_size=1, max_size=3, unique_by=lambda visit: visit.visit_id)
VISIT = CodedVisit(
    "v1",
    "transcript",
    (("provider", "\U0001f600 Hi Jo."), ("patient", "I want to run. Yes, I want to run.")),
    (("name_vocative", 0, 5, 7), ("goal_state", 1, 0, 14), ("task_commit", 1, 0, 14)),
    {"goal": 4, "task": 3, "bond": 5},
    {"setting": "clinic"},
    ({"speaker": "Dana"}, {"speaker": "Jo"}),
)


@pytest.mark.parametrize("form", list(Form))
@given(visits=VISITS)
@settings(deadline=None, max_examples=60)
def test_corpus_exchange_loses_nothing(tmp_path_factory, form, visits):
    path = tmp_path_factory.mktemp("exchange") / "file"
    export_visits(visits, form, path)
    back = import_visits(path, form)
    done = [visit for visit in visits if visit.coded or visit.ratings]
    assert list(back.visits) == done
    assert [*back.uncoded] == [visit.visit_id for visit in visits if visit not in done]


def exported(tmp_path, form, visit=VISIT):
    path = tmp_path / "file"
    export_visits([visit], form, path)
    return path


def changed_json(path, change, *, lines=False):
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data if lines else data[0])
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def changed_rows(path, change):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_corpus_exchange_doccano_shows_the_whole_visit(tmp_path):
    document = json.loads(exported(tmp_path, Form.DOCCANO).read_text(encoding="ascii"))
    assert document["text"].splitlines()[0] == "provider: \U0001f600 Hi Jo."
    assert [document["text"][start:end] for start, end, _ in document["label"]] == ["Jo"] + ["I want to run."] * 2


def test_corpus_exchange_doccano_takes_spans_of_a_project_with_relations(tmp_path):
    def relate(document):
        document["entities"] = [
            {"id": 1, "start_offset": start, "end_offset": end, "label": code}
            for start, end, code in document.pop("label")
        ]

    path = changed_json(exported(tmp_path, Form.DOCCANO), relate, lines=True)
    assert import_visits(path, Form.DOCCANO).visits == (VISIT,)


def test_corpus_exchange_doccano_refuses_an_unknown_code(tmp_path):
    path = changed_json(exported(tmp_path, Form.DOCCANO), lambda one: one["label"].append([10, 12, "kind"]), lines=True)
    with pytest.raises(BadCorpus, match=r"line 1, visit v1, turn 0: unknown code kind; use the codes of CODEBOOK\.md"):
        import_visits(path, Form.DOCCANO)


@pytest.mark.parametrize("span", [[0, 12], [10, 40], [0, 5], [900, 910]])
def test_corpus_exchange_doccano_refuses_a_stretch_beyond_one_turn(tmp_path, span):
    path = changed_json(
        exported(tmp_path, Form.DOCCANO), lambda one: one["label"].append([*span, "affirm"]), lines=True
    )
    with pytest.raises(BadCorpus, match="not within what one speaker says"):
        import_visits(path, Form.DOCCANO)


def test_corpus_exchange_doccano_refuses_a_changed_text(tmp_path):
    path = changed_json(exported(tmp_path, Form.DOCCANO), lambda one: one.update(text=one["text"] + " "), lines=True)
    with pytest.raises(BadCorpus, match="its text was changed"):
        import_visits(path, Form.DOCCANO)


def test_corpus_exchange_doccano_refuses_documents_of_others(tmp_path):
    (tmp_path / "file").write_text('{"text": "Hi", "label": []}\n', encoding="utf-8")
    with pytest.raises(BadCorpus, match="line 1: it is no document that `alliance corpus export` wrote"):
        import_visits(tmp_path / "file", Form.DOCCANO)


def test_corpus_exchange_label_studio_counts_in_utf_16(tmp_path):
    task = json.loads(exported(tmp_path, Form.LABEL_STUDIO).read_text(encoding="utf-8"))[0]
    name = task["annotations"][0]["result"][0]["value"]
    assert (name["start"], name["startOffset"], name["endOffset"], name["text"]) == ("0", 6, 8, "Jo")


def test_corpus_exchange_label_studio_shows_a_dialogue(tmp_path):
    task = json.loads(exported(tmp_path, Form.LABEL_STUDIO).read_text(encoding="utf-8"))[0]
    assert [paragraph["author"] for paragraph in task["data"]["dialogue"]] == ["provider (Dana)", "patient (Jo)"]


def test_corpus_exchange_label_studio_writes_its_configuration(tmp_path):
    exported(tmp_path, Form.LABEL_STUDIO)
    root = ElementTree.fromstring((tmp_path / "file.xml").read_text(encoding="utf-8"))
    assert [label.get("value") for label in root.iter("Label")] == [*CODE_NAMES, *NAME_CODES]
    assert [rating.get("name") for rating in root.iter("Rating")] == ["goal", "task", "bond"]
    assert ElementTree.fromstring(labelling_config()).find("Paragraphs").get("value") == "$dialogue"


def test_corpus_exchange_label_studio_leaves_out_what_nobody_coded(tmp_path):
    export_visits([VISIT], Form.LABEL_STUDIO, tmp_path / "file", suggest=True)
    task = json.loads((tmp_path / "file").read_text(encoding="utf-8"))[0]
    assert len(task["predictions"][0]["result"]) == 6
    back = import_visits(tmp_path / "file", Form.LABEL_STUDIO)
    assert (back.visits, back.uncoded) == ((), ("v1",))


def test_corpus_exchange_label_studio_takes_no_code_from_a_coder_as_none(tmp_path):
    path = exported(tmp_path, Form.LABEL_STUDIO, replace(VISIT, codes=(), coded=False))

    def finish(task):
        assert "annotations" not in task
        task["annotations"] = [{"result": [], "completed_by": 1}]

    assert not import_visits(path, Form.LABEL_STUDIO).visits[0].coded
    (visit,) = import_visits(changed_json(path, finish), Form.LABEL_STUDIO).visits
    assert (visit.coded, visit.codes, visit.ratings) == (True, (), None)


@pytest.mark.parametrize("form", [Form.DOCCANO, Form.CSV])
def test_corpus_exchange_a_visit_without_codes_counts_as_coded_where_all_were_read(tmp_path, form):
    path = exported(tmp_path, form, replace(VISIT, codes=(), ratings=None, coded=False))
    assert import_visits(path, form).uncoded == ("v1",)
    assert import_visits(path, form, all_coded=True).visits[0].coded


def test_corpus_exchange_all_coded_is_not_for_label_studio(tmp_path):
    with pytest.raises(BadOption, match="label-studio itself knows"):
        import_visits(exported(tmp_path, Form.LABEL_STUDIO), Form.LABEL_STUDIO, all_coded=True)


def test_corpus_exchange_label_studio_passes_over_a_skipped_task(tmp_path):
    def skip(task):
        task["annotations"][0]["was_cancelled"] = True

    path = changed_json(exported(tmp_path, Form.LABEL_STUDIO), skip)
    assert import_visits(path, Form.LABEL_STUDIO).uncoded == ("v1",)


def coded_twice(task):
    first = task["annotations"][0]
    task["annotations"] = [
        {**first, "completed_by": {"id": 1, "email": "a@b.org"}},
        {"result": [], "completed_by": 2},
    ]


def test_corpus_exchange_label_studio_refuses_two_coders(tmp_path):
    path = changed_json(exported(tmp_path, Form.LABEL_STUDIO), coded_twice)
    with pytest.raises(BadCorpus, match="annotations of several coders; choose one with --coder"):
        import_visits(path, Form.LABEL_STUDIO)


@pytest.mark.parametrize(("coder", "codes"), [("a@b.org", 3), ("1", 3), ("2", 0)])
def test_corpus_exchange_label_studio_takes_the_coder_named(tmp_path, coder, codes):
    path = changed_json(exported(tmp_path, Form.LABEL_STUDIO), coded_twice)
    assert len(import_visits(path, Form.LABEL_STUDIO, coder=coder).visits[0].codes) == codes


def region(**value):
    def change(task):
        task["annotations"][0]["result"][0]["value"].update(value)

    return change


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"paragraphlabels": ["kind"]}, "turn 0: unknown code kind"),
        ({"end": "1"}, "turn 0: a stretch goes on in the next turn"),
        ({"endOffset": 99}, "not within the text"),
        ({"startOffset": "6"}, "not of the form of our configuration"),
    ],
)
def test_corpus_exchange_label_studio_refuses_a_bad_region(tmp_path, value, message):
    path = changed_json(exported(tmp_path, Form.LABEL_STUDIO), region(**value))
    with pytest.raises(BadCorpus, match=message):
        import_visits(path, Form.LABEL_STUDIO)


@pytest.mark.parametrize("value", [{"startOffset": 1}, {"start": "7", "end": "7"}])
def test_corpus_exchange_label_studio_refuses_offsets_that_are_nowhere(tmp_path, value):
    path = changed_json(exported(tmp_path, Form.LABEL_STUDIO), region(**value))
    with pytest.raises(BadOffsets):
        import_visits(path, Form.LABEL_STUDIO)


@pytest.mark.parametrize("content", ["{", "{}", "[{}]", "[1]"])
def test_corpus_exchange_label_studio_refuses_files_of_others(tmp_path, content):
    (tmp_path / "file").write_text(content, encoding="utf-8")
    with pytest.raises(BadCorpus):
        import_visits(tmp_path / "file", Form.LABEL_STUDIO)


def test_corpus_exchange_csv_has_a_row_a_stretch_or_turn(tmp_path):
    with exported(tmp_path, Form.CSV).open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["turn"], row["code"], row["stretch"]) for row in rows] == [
        ("0", "name_vocative", "Jo"),
        ("1", "goal_state", "I want to run."),
        ("1", "task_commit", "I want to run."),
    ]
    assert [row["goal"] for row in rows] == ["4", "", ""]


def test_corpus_exchange_csv_keeps_formulas_from_running(tmp_path):
    visit = CodedVisit("v1", "note", (("provider", '=HYPERLINK("x")'),))
    with exported(tmp_path, Form.CSV, visit).open(encoding="utf-8-sig", newline="") as lines:
        assert next(csv.DictReader(lines))["text"].startswith("'=")


def test_corpus_exchange_csv_finds_a_stretch_by_its_words(tmp_path):
    def code(rows):
        rows.append({**rows[0], "code": "empathy", "start": "", "end": "", "stretch": "Hi", "rest": ""})

    path = changed_rows(exported(tmp_path, Form.CSV), code)
    assert ("empathy", 0, 2, 4) in import_visits(path, Form.CSV).visits[0].codes


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"code": "kind"}, "row 2, turn 0: unknown code kind"),
        ({"start": "", "end": ""}, None),
        ({"stretch": "Dana"}, "start and end are not those of the stretch"),
        ({"start": "", "end": "", "stretch": "Dana"}, "does not stand in the turn exactly once"),
        ({"start": "", "end": "", "stretch": ""}, "the code has no stretch"),
        ({"end": "99", "stretch": ""}, "not within the text"),
        ({"start": "x"}, "start is no whole number"),
        ({"text": "Hi Jo!"}, "role or text of the turn was changed"),
        ({"turn": "5"}, "a turn is missing"),
        ({"goal": "6"}, "the rating of goal is no whole number from 1 to 5"),
        ({"goal": "high"}, "goal is no whole number"),
        ({"rest": "{"}, "the column rest was changed"),
        ({"rest": ""}, "the column rest was changed"),
    ],
)
def test_corpus_exchange_csv_refuses_a_bad_row(tmp_path, row, message):
    path = changed_rows(exported(tmp_path, Form.CSV), lambda rows: rows[0].update(row))
    if message is None:
        assert import_visits(path, Form.CSV).visits == (VISIT,)
        return
    with pytest.raises(BadCorpus, match=message):
        import_visits(path, Form.CSV)


def test_corpus_exchange_csv_refuses_two_ratings_of_one_part(tmp_path):
    path = changed_rows(exported(tmp_path, Form.CSV), lambda rows: rows[1].update(goal="1"))
    with pytest.raises(BadCorpus, match="several ratings of goal"):
        import_visits(path, Form.CSV)


def test_corpus_exchange_csv_refuses_a_table_without_a_column(tmp_path):
    (tmp_path / "file").write_text("visit_id,text\nv1,Hi\n", encoding="utf-8")
    with pytest.raises(BadCorpus, match="it has no column kind"):
        import_visits(tmp_path / "file", Form.CSV)


def test_corpus_exchange_knows_suggestions_in_label_studio_only(tmp_path):
    with pytest.raises(BadOption, match="only label-studio knows predictions"):
        export_visits([VISIT], Form.CSV, tmp_path / "file", suggest=True)


def test_corpus_exchange_knows_coders_in_label_studio_only(tmp_path):
    with pytest.raises(BadOption, match="only label-studio keeps several coders"):
        import_visits(exported(tmp_path, Form.CSV), Form.CSV, coder="1")
