"""Stretches coded for names alone: read by split, checked, measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import spacy

from alliance_nlp.annotate.names import find_names
from alliance_nlp.corpus.check import check_corpus
from alliance_nlp.corpus.gold import GoldVisit
from alliance_nlp.corpus.named import read_named
from alliance_nlp.errors import BadCorpus
from alliance_nlp.parse import parse_visit
from alliance_nlp.train.sentences import same_name

CORPUS = Path(__file__).parents[1] / "corpus"
STRETCH = {
    "visit_id": "n-01",
    "split": "train",
    "turns": [
        {"i": 0, "role": "provider", "text": "Hi, Jo. Sit.", "codes": [["name_vocative", 4, 6]]},
        {"i": 1, "role": "patient", "text": "Sure.", "codes": []},
    ],
}


def _folder(tmp_path: Path, *stretches: dict) -> Path:
    (tmp_path / "names").mkdir()
    lines = "".join(json.dumps(stretch) + "\n" for stretch in stretches)
    (tmp_path / "names" / "names_x.jsonl").write_text(lines, "utf-8")
    return tmp_path


def _with_code(*code: object, turn: int = 0) -> dict:
    turns = [{**each, "codes": [list(code)] if n == turn else []} for n, each in enumerate(STRETCH["turns"])]
    return {**STRETCH, "turns": turns}


def test_corpus_named_reads_one_split_without_codes_and_ratings(tmp_path):
    folder = _folder(tmp_path, STRETCH, {**STRETCH, "visit_id": "n-02", "split": "test"})
    (gold,) = read_named([folder, folder])
    assert gold.visit.visit_id == "n-01"
    assert gold.names == (("name_vocative", 0, 4, 6),)
    assert (gold.codes, gold.ratings, gold.coded) == ((), None, False)
    assert [each.visit.visit_id for each in read_named([folder], "test")] == ["n-02"]


def test_corpus_named_of_a_folder_without_any(tmp_path):
    assert read_named([tmp_path]) == []


@pytest.mark.parametrize("change", [{"split": "both"}, {"turns": [{"role": "provider", "text": "Hi."}]}, {"turns": 3}])
def test_corpus_named_refuses_what_is_not_coded_for_names(tmp_path, change):
    folder = _folder(tmp_path, {**STRETCH, **change})
    with pytest.raises(BadCorpus, match="line 1"):
        read_named([folder])
    assert len(check_corpus(folder)) == 1


def test_corpus_named_has_no_other_codes(tmp_path):
    with pytest.raises(BadCorpus, match="code of another kind"):
        read_named([_folder(tmp_path, _with_code("empathy", 0, 7))])


@pytest.mark.parametrize(
    ("stretch", "why"),
    [
        (_with_code("name_vocative", 3, 6), "white space"),
        (_with_code("name_vocative", 0, 4, turn=1), "not for the role patient"),
    ],
)
def test_corpus_named_faults_are_told_by_place(tmp_path, stretch, why):
    (problem,) = check_corpus(_folder(tmp_path, stretch))
    assert "visit n-01, turn" in problem.place
    assert why in problem.why


@pytest.mark.parametrize(
    "bounds", [(3, 99), (-3, 2), (6, 4), (4, 4), ("4", 6), (4, 6.7), (4.0, 6), (False, True), (4, None)]
)
def test_corpus_named_refuses_stretches_that_are_not_within_their_turn(tmp_path, bounds):
    folder = _folder(tmp_path, STRETCH, {**_with_code("name_vocative", *bounds), "visit_id": "n-02"})
    with pytest.raises(BadCorpus, match=r"line 2: .*not within its turn") as told:
        read_named([folder])
    assert "names_x.jsonl" in str(told.value)
    assert "Jo" not in str(told.value)
    (problem,) = check_corpus(folder)
    assert problem.place.endswith("names_x.jsonl, line 2")


def test_corpus_named_twice(tmp_path):
    (problem,) = check_corpus(_folder(tmp_path, STRETCH, STRETCH))
    assert problem.why == "is there twice"


def test_corpus_named_of_the_project_is_without_fault():
    assert check_corpus(CORPUS / "names") == []
    assert [len(read_named([CORPUS], split)) for split in ("train", "test")] == [40, 40]


def _f1(golds: list[GoldVisit], *, roster: bool) -> float:
    nlp = spacy.blank("en")
    right = uses = found = names = 0
    for gold in golds:
        visit = gold.visit if roster else gold.visit.model_copy(update={"patient": None})
        doc = parse_visit(visit, nlp)
        turns = doc._.alliance_visit["turns"]
        told = []
        for start, end, label, _ in find_names(doc).uses:
            turn = max(n for n, bounds in enumerate(turns) if bounds[0] <= start)
            span, at = doc[start:end], turns[turn][2]
            told.append((label, turn, span.start_char - at, span.end_char - at))
        right += sum(any(same_name(use, name) for name in gold.names) for use in told)
        found += sum(any(same_name(use, name) for use in told) for name in gold.names)
        uses, names = uses + len(told), names + len(gold.names)
    precision, recall = right / uses, found / names
    return 2 * precision * recall / (precision + recall)


@pytest.mark.parametrize(
    ("split", "roster", "least"),
    [("train", True, 0.81), ("train", False, 0.67), ("test", True, 0.79), ("test", False, 0.68)],
)
def test_corpus_named_figures(split, roster, least):
    assert _f1(read_named([CORPUS], split), roster=roster) >= least
