import json
import re

import pytest
from audit_clinic import make_audit, report_of, reviews_of, visit_of

from alliance_nlp.audit.report import as_html, as_json, as_text, check_output, make_report, write_report
from alliance_nlp.errors import BadOption

VALUES = [1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 2.0]
RATINGS = [1, 2, 3, 3, 4, 4, 5, 1]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    change = lambda n: {"provider": "Ames <b>", "setting": "gym"}  # noqa: E731
    return make_report(reviews_of(make_audit(folder, VALUES, {"Dana": RATINGS, "Lee": RATINGS}, change=change)))


SMALL = {
    "nobody": ([3.0, 2.0], {}),
    "one visit, one reviewer": ([3.0, 2.0], {"Dana": [3, None]}),
    "two visits": ([3.0, 2.0], {"Dana": [3, 2], "Lee": [3, None]}),
    "constant": ([3.0] * 6, {"Dana": [3] * 6, "Lee": [3] * 6}),
    "all abstained": ([None] * 6, {"Dana": [1, 2, 3, 4, 5, 1]}),
    "three reviewers, none in common": ([3.0] * 3, {"A": [3, None, None], "B": [None, 3, None], "C": [None, None, 3]}),
}


@pytest.mark.parametrize("name", SMALL)
def test_report_of_a_small_audit_says_so_and_stands(tmp_path, name):
    values, ratings = SMALL[name]
    made = make_report(reviews_of(make_audit(tmp_path, values, ratings)), compare=True)
    said = " ".join(made.words)
    if ratings:
        assert "too few to say how far the tool can be trusted" in said
    else:
        assert "Nobody has finished rating a visit yet" in said
    assert "nan" not in as_text(made).casefold().replace("pronan", "")
    assert "NaN" not in as_json(made)


@pytest.mark.parametrize("name", ["nobody", "two visits"])
def test_report_of_a_small_audit_is_a_page(tmp_path, name):
    values, ratings = SMALL[name]
    page = as_html(make_report(reviews_of(make_audit(tmp_path, values, ratings)), compare=True))
    assert ("<svg " in page, "</html>" in page) == (bool(ratings), True)


def test_report_words_come_first_and_say_what_matters(report):
    assert report.words[0] == (
        "Dana and Lee rated 8 of the 8 visits drawn from 16; for the whole they are worth 8 drawn with equal chances."
    )
    assert any(sentence.startswith("Goal: the reviewers give 2.88 [") for sentence in report.words)
    assert any("reviewers accept 50 %" in sentence for sentence in report.words)
    text = as_text(report)
    assert text.index("Goal: the reviewers") < text.index("ALL VISITS")


def test_report_says_where_the_tool_leans(tmp_path):
    made = make_report(reviews_of(make_audit(tmp_path, [4.0] * 8, {"Dana": [1, 2, 3, 3, 2, 2, 3, 1]})))
    assert any("The tool reads higher than they do, by 1.88" in sentence for sentence in made.words)


def test_report_names_no_provider_unless_asked(report, tmp_path):
    assert "Ames" not in as_json(report) + as_text(report)
    path = make_audit(tmp_path, VALUES, {"Dana": RATINGS}, change=lambda n: {"provider": "Ames <b>"})
    compared = make_report(reviews_of(path), compare=True)
    assert "In the order of the alphabet" in as_text(compared)
    assert not any("Ames" in sentence for sentence in compared.words)


def test_report_page_is_by_itself_and_escaped(tmp_path):
    path = make_audit(tmp_path, VALUES, {"<script>x": RATINGS}, change=lambda n: {"provider": "Ames <b>"})
    page = as_html(make_report(reviews_of(path), compare=True))
    assert "<script" not in page
    assert "&lt;script&gt;x" in page
    assert "Ames &lt;b&gt;" in page
    assert not re.findall(r"""(?:src|href)=["'](?!#)|https?://|@import|url\((?!#)""", page)
    assert page.count("<svg ") == 1
    assert "default-src 'none'" in page
    assert "@media print" in page


def test_report_json_holds_every_figure_and_no_words_of_a_visit(report):
    data = json.loads(as_json(report))
    assert data["report_version"] == "1.0"
    assert data["tool"][0]["kappa"]["value"] == pytest.approx(report.tool[0].kappa.value)
    assert len(data["points"]["goal"]) == 8
    said = {turn.text for turn in visit_of("v0").turns}
    assert not any(text in as_json(report) for text in said)


def test_report_says_that_the_model_knows_the_visits(report):
    from alliance_nlp.audit.words import sentences

    said = list(sentences(report.model_copy(update={"learned_from": 3})))
    assert "The model has learned from 3 visits of those drawn: what follows flatters it." in said
    assert not any("flatters" in sentence for sentence in report.words)


def test_report_small_numbers_have_no_interval(tmp_path):
    made = make_report(reviews_of(make_audit(tmp_path, VALUES[:4], {"Dana": RATINGS[:4]})))
    assert "[–]" in as_text(made)
    assert made.tool[0].icc_one.low is None


def test_report_of_an_audit_since_the_last_says_what_moved(tmp_path):
    (tmp_path / "old").mkdir()
    last = reviews_of(make_audit(tmp_path / "old", VALUES, {"Dana": RATINGS}))
    now = reviews_of(make_audit(tmp_path, [5.0] * 8, {"Dana": RATINGS}))
    said = make_report(now, last=last).words
    assert any(sentence.startswith("Since the last audit, goal of tool has moved by") for sentence in said)
    said = make_report(last, last=last).words
    assert "Since the last audit nothing has moved by more than chance would." in said


class Fixed:
    """A model that says one value of every visit."""

    def __init__(self, name, value, seen=()):
        self.name, self.value, self.meta = name, value, {"seen": list(seen)}

    def score(self, visit, *, text=True):
        return report_of(visit.visit_id, self.value)


def test_report_before_and_after_is_on_visits_neither_model_has_seen(tmp_path):
    reviews = reviews_of(make_audit(tmp_path, VALUES, {"Dana": [2] * 8}))
    from alliance_nlp.audit.export import corrected

    seen = [gold.sha256() for gold in corrected(reviews)][:3]
    made = make_report(reviews, models=(Fixed("old", 4.0), Fixed("new", 2.5, seen)))
    compared = made.before_after
    assert (compared.visits, compared.left_out) == (5, 3)
    goal = compared.figures[0]
    assert (goal.before.value, goal.after.value, goal.change.value) == (2, 0.5, -1.5)
    assert any(each.what.startswith("goals, F1") and each.before.value == 1 for each in compared.figures)
    assert any("old and new on 5 visits that neither has learned from" in sentence for sentence in made.words)


def test_report_says_where_before_and_after_cannot_be_told(tmp_path):
    reviews = reviews_of(make_audit(tmp_path, VALUES, {"Dana": [2] * 8}))
    from alliance_nlp.audit.export import corrected

    seen = [gold.sha256() for gold in corrected(reviews)]
    said = make_report(reviews, models=(Fixed("old", 4.0, seen), Fixed("new", 2.5))).words
    assert any("cannot be compared" in sentence for sentence in said)


@pytest.mark.parametrize("suffix", [".html", ".json", ".txt"])
def test_report_is_written_in_the_form_of_the_name(report, tmp_path, suffix):
    path = tmp_path / "new" / f"r{suffix}"
    write_report(report, path)
    assert path.read_text("utf-8") == {".html": as_html, ".json": as_json, ".txt": as_text}[suffix](report)


def test_report_names_a_form_it_does_not_know(tmp_path):
    with pytest.raises(BadOption, match=r"\.html, \.json or \.txt"):
        check_output(tmp_path / "r.docx")
