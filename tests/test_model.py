"""`AllianceModel.score`, the whole way of a visit."""

import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.strings import get_string_id

from alliance_nlp.annotate.persons import COMMON, lists
from alliance_nlp.codes import CODES
from alliance_nlp.evaluate.swap import NEW_NAMES, swap_name
from alliance_nlp.model import load
from alliance_nlp.records import PARTS, Visit, VisitReport

HEAVY = ("sklearn", "scipy", "pandas", "joblib")
TEXTS = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(" .?!\n\t'\u00a0\u2028\u200d’")), max_size=40)
SPOKEN = st.lists(st.tuples(st.sampled_from(["provider", "patient", "other"]), TEXTS), max_size=8)


@pytest.fixture(scope="module")
def reports(tiny_model, corpus_golds):
    """The corpus visits with the tiny model's reports."""
    return [(gold.visit, tiny_model.score(gold.visit)) for gold in corpus_golds]


def check_offsets(visit, report):
    for each in report.evidence:
        text = visit.text if each.turn is None else visit.turns[each.turn].text
        assert (each.turn is None) is (visit.kind == "note")
        assert 0 <= each.start < each.end <= len(text)
        assert text[each.start : each.end] == each.text


def test_model_offsets_round_trip_on_the_corpus(reports):
    assert {visit.kind for visit, _ in reports} == {"transcript", "note"}
    assert sum(len(report.evidence) for _, report in reports) > 10 * len(reports)
    for visit, report in reports:
        check_offsets(visit, report)


@given(SPOKEN)
def test_model_offsets_round_trip_on_any_talk(tiny_model, spoken):
    said = "I'm so sorry to hear that, Jo! How important is it to you? "
    turns = [{"role": role, "text": f"{text[: len(text) // 2]} {said} {text}"} for role, text in spoken]
    visit = Visit(visit_id="v", patient={"given": "Jo"}, turns=turns)
    report = tiny_model.score(visit)
    assert bool(report.evidence) or not any(role == "provider" for role, _ in spoken)
    check_offsets(visit, report)


@given(SPOKEN)
def test_model_offsets_round_trip_on_any_turns(tiny_model, spoken):
    visit = Visit(visit_id="v", turns=[{"role": role, "text": text} for role, text in spoken])
    check_offsets(visit, tiny_model.score(visit))


@given(TEXTS)
def test_model_offsets_round_trip_on_any_note(tiny_model, text):
    visit = Visit(visit_id="n", text=f"{text}\nLTG: climb 12 stairs with one rail.{text}")
    check_offsets(visit, tiny_model.score(visit))


def test_model_evidence_is_in_the_order_of_the_visit(reports):
    for _, report in reports:
        places = [(each.turn or 0, each.start) for each in report.evidence]
        assert places == sorted(places)


def test_model_evidence_is_of_roles_that_may_carry_it(reports):
    may = {code.name: code.roles for code in CODES} | dict.fromkeys(("name_vocative", "name_reference"), ("provider",))
    for visit, report in reports:
        if visit.kind == "transcript":
            assert all(visit.turns[each.turn].role in may[each.code] for each in report.evidence)


def test_model_evidence_of_a_code_stands_once_a_stretch(reports):
    for _, report in reports:
        places = [(each.code, each.turn, each.start, each.end) for each in report.evidence]
        assert len(set(places)) == len(places)


def test_model_scores_keep_to_the_scale(reports):
    for _, report in reports:
        if report.scores:
            scores = [report.scores.alliance, *(getattr(report.scores, part) for part in PARTS)]
            assert all(1 <= s.low <= s.value <= s.high <= 5 for s in scores if s.value is not None)


def test_model_alliance_is_the_mean_of_its_parts(reports):
    for _, report in reports:
        if report.scores and report.scores.alliance.value is not None:
            mean = math.fsum(getattr(report.scores, part).value for part in PARTS) / 3
            assert report.scores.alliance.value == pytest.approx(mean, abs=1e-4)


def test_model_contributions_add_up_to_the_value_base_first(reports):
    for visit, report in reports:
        for part in PARTS if report.scores else ():
            of_part = [each for each in report.contributions if each.of == part]
            value = getattr(report.scores, part).value
            if visit.kind == "transcript":
                assert value is not None
            if value is not None:
                assert of_part[0].feature == "base"
                assert math.fsum(each.value for each in of_part) == pytest.approx(value, abs=1e-9)


def test_model_contributions_point_to_evidence_of_their_codes(reports):
    for _, report in reports:
        for each in report.contributions:
            assert all(0 <= index < len(report.evidence) for index in each.evidence)
    assert any(each.evidence for _, report in reports for each in report.contributions)


@pytest.fixture
def bare_note(tiny_model):
    """Report on a note that says nothing of goals and bond."""
    text = "Pt seen for right knee pain after surgery. Range of motion 0 to 90 degrees, strength 3/5, swelling."
    return tiny_model.score(Visit(visit_id="n", text=f"{text} Gait steady with a cane. Sutures removed, wound is dry."))


def undocumented(report):
    assert report.status == "scored"
    return [part for part in PARTS if not getattr(report.scores, part).documented]


def test_model_what_a_note_does_not_document_has_no_value(bare_note):
    assert undocumented(bare_note)
    for part in undocumented(bare_note):
        score = getattr(bare_note.scores, part)
        assert (score.value, score.low, score.high) == (None, None, None)
    assert bare_note.scores.alliance.value is None


def test_model_what_a_note_does_not_document_has_no_contributions(bare_note):
    parts = undocumented(bare_note)
    assert not [each for each in bare_note.contributions if each.of in parts]


def test_model_a_note_is_scored_by_its_own_estimator(tiny_model, corpus_golds):
    note = next(gold.visit for gold in corpus_golds if gold.kind == "note")
    visit = next(gold.visit for gold in corpus_golds if gold.kind == "transcript")
    for each in (note, visit):
        report = tiny_model.score(each)
        bases = {part: tiny_model.estimator[each.kind].parts[part].base for part in PARTS}
        said = {c.of: c.value for c in report.contributions if c.feature == "base"}
        assert said == pytest.approx({part: bases[part] for part in said}, abs=2e-3)


def test_model_an_abstained_visit_keeps_its_evidence(tiny_model):
    turns = [{"role": "provider", "text": "I'm so sorry to hear that. How important is it to you?"}]
    report = tiny_model.score(Visit(visit_id="v", turns=turns))
    assert (report.status, report.abstained_because, report.scores) == ("abstained", "too_short", None)
    assert report.contributions == ()
    assert report.evidence
    assert report.measures["provider_word_share"] == 1.0


def test_model_an_empty_visit_is_abstained_from(tiny_model):
    assert tiny_model.score(Visit(visit_id="v")).abstained_because == "too_short"
    assert tiny_model.score(Visit(visit_id="n", text="")).abstained_because == "too_short"


def test_model_without_text_the_report_holds_offsets_alone(tiny_model, corpus_golds):
    visit = corpus_golds[0].visit
    whole, bare = tiny_model.score(visit), tiny_model.score(visit, text=False)
    assert all(each.text is None for each in bare.evidence)
    assert [each.model_copy(update={"text": None}) for each in whole.evidence] == list(bare.evidence)
    assert bare.scores == whole.scores


def test_model_a_report_survives_json(reports):
    for _, report in reports[:5]:
        assert VisitReport.model_validate_json(report.model_dump_json()) == report


def test_model_warnings_of_the_reader_stand_in_the_report(tiny_model):
    report = tiny_model.score(Visit(visit_id="v", warnings=["roles were inferred"]))
    assert report.warnings == ("roles were inferred",)


def test_model_the_same_visit_gets_the_same_report(tiny_model, corpus_golds):
    visit = corpus_golds[3].visit
    first = tiny_model.score(visit)
    for gold in corpus_golds[4:9]:
        tiny_model.score(gold.visit)
    assert tiny_model.score(visit) == first


def test_model_eight_threads_give_the_same_reports(tiny_model, reports):
    some = reports[::6]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda pair: tiny_model.score(pair[0]), some * 2))
    assert answers == [report for _, report in some] * 2


def test_model_each_thread_has_its_own_pipeline_over_the_same_arrays(tiny_model):
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(lambda: tiny_model.nlp).result()
    assert other is not tiny_model.nlp
    assert other.vocab is not tiny_model.nlp.vocab
    mine, theirs = (nlp.get_pipe("alliance_coder") for nlp in (tiny_model.nlp, other))
    assert mine.weights is theirs.weights


def test_model_pipeline_is_a_normal_one(tiny_model):
    assert tiny_model.nlp is tiny_model.nlp
    assert tiny_model.nlp.pipe_names == [
        "alliance_names", "alliance_coder", "alliance_goals", "alliance_tasks", "alliance_bond",
    ]  # fmt: skip
    doc = tiny_model.nlp("How important is it to you?")
    assert set(doc.spans) == {"alliance_names", "alliance_goals", "alliance_tasks", "alliance_bond"}


def test_model_scores_the_same_after_its_folder(tiny_model, tiny_folder, reports):
    again = load(tiny_folder)
    assert again.name == tiny_model.name == "en_alliance-0.0.1"
    for visit, report in reports[::20]:
        assert again.score(visit) == report


def test_model_pipeline_that_has_met_too_many_words_is_replaced(tiny_model, corpus_golds, monkeypatch):
    visit, other = corpus_golds[0].visit, corpus_golds[1].visit
    report, nlp = tiny_model.score(visit), tiny_model.nlp
    monkeypatch.setattr("alliance_nlp.model.MAX_WORDS", 1500)
    tiny_model.score(other)
    assert tiny_model.nlp is not nlp
    assert tiny_model.score(visit) == report


def test_model_warmed_up_it_scores_the_same(tiny_folder, tiny_model, corpus_golds):
    warm = load(tiny_folder)
    warm.warm()
    assert warm.score(corpus_golds[0].visit) == tiny_model.score(corpus_golds[0].visit)


def named(golds, kind):
    """Every third training visit whose patient's name is no word, and who is called by it wherever they are named."""
    for gold in [gold for gold in golds if gold.kind == kind and gold.split == "train"][::3]:
        patient, texts = gold.visit.patient, [turn.text for turn in gold.visit.turns] or [gold.visit.text]
        forms = {form.lower() for form in (patient.given, patient.family) if form}
        said = {word for _, turn, start, end in gold.names for word in texts[turn][start:end].lower().split()}
        a_word = any(lists().bits.get(get_string_id(form), 0) & COMMON for form in forms)
        if forms and not a_word and said - forms <= lists().titles:
            yield gold.visit.model_copy(update={"patient": patient.model_copy(update={"aliases": ()})})


@pytest.mark.parametrize("kind", ["transcript", "note"])
def test_model_a_swapped_name_moves_no_score(corpus_golds, kind):
    model, visits = load(), list(named(corpus_golds, kind))
    assert len(visits) >= 8
    for visit in visits:
        scores = [model.score(each).scores for each in (visit, *(swap_name(visit, *name) for name in NEW_NAMES))]
        assert scores == [scores[0]] * len(scores), visit.visit_id


def test_model_scoring_imports_no_library_of_training(tiny_folder):
    code = (
        "import sys\nfrom alliance_nlp import Visit, load\n"
        f"model = load({str(tiny_folder)!r})\n"
        "said = 'How has your knee been on the stairs since we met?'\n"
        "turns = [dict(role=role, text=said) for role in ('provider', 'patient')]\n"
        "assert model.score(Visit(visit_id='v', turns=turns * 10)).status == 'scored'\n"
        "assert model.score(Visit(visit_id='n', text='Pt wants to climb stairs. ' * 9)).status == 'scored'\n"
        "print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not [name for name in run.stdout.split() if name.partition(".")[0] in HEAVY]




def test_model_package_is_typed_and_the_corpus_is_there(corpus_golds):
    assert (files("alliance_nlp") / "py.typed").is_file()
    assert sum(gold.kind == "transcript" for gold in corpus_golds) >= 6
    assert sum(gold.kind == "note" for gold in corpus_golds) >= 2
