"""The component that computes the code probabilities."""

import numpy as np
import pytest
import spacy

from alliance_nlp.annotate.coder import AllianceCoder, pack, unpack
from alliance_nlp.annotate.names import find_names
from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.errors import BadModel
from alliance_nlp.parse import parse_visit
from alliance_nlp.records import Visit

NLP = spacy.blank("en")
VISIT = Visit(
    visit_id="v",
    turns=[
        {"role": "provider", "text": "Hi Martha. What would you like to be able to do again?"},
        {"role": "patient", "text": "I want to climb the stairs."},
        {"role": "other", "text": "I want that too."},
    ],
)


@pytest.fixture
def coder(tiny_model):
    return AllianceCoder(weights=tiny_model.coder_weights())


def test_annotate_coder_writes_a_row_a_sentence(coder):
    state = coder(parse_visit(VISIT, NLP))._.alliance_visit
    assert state["p"].shape == (len(state["sents"]), len(CODE_NAMES))
    assert len(state["cuts"]) == len(CODE_NAMES)


def test_annotate_coder_sets_no_span(coder):
    assert not dict(coder(parse_visit(VISIT, NLP)).spans)


def test_annotate_coder_gives_another_than_provider_and_patient_no_code(coder):
    assert not coder(parse_visit(VISIT, NLP))._.alliance_visit["p"][-1].any()


def test_annotate_coder_finds_names_where_nobody_has(coder):
    doc = coder(parse_visit(VISIT, NLP))
    assert doc._.alliance_visit["names"] == [list(each) for each in find_names(parse_visit(VISIT, NLP)).persons]


def test_annotate_coder_keeps_names_that_are_found(coder):
    doc = parse_visit(VISIT, NLP)
    doc._.alliance_visit["names"] = [[0, 1]]
    assert coder(doc)._.alliance_visit["names"] == [[0, 1]]


def test_annotate_coder_a_note_has_weights_of_its_own(coder, tiny_model):
    doc = coder(parse_visit(Visit(visit_id="n", text="LTG: climb 12 stairs with one rail."), NLP))
    assert doc._.alliance_visit["cuts"] == tiny_model.coder_weights()["note"].cuts.tolist()


@pytest.mark.parametrize(("role", "may"), [("provider", False), ("patient", True)])
def test_annotate_coder_takes_a_doc_without_turns_as_its_role(tiny_model, role, may):
    coder = AllianceCoder(role, tiny_model.coder_weights())
    p = coder(NLP("I will call the gym tomorrow."))._.alliance_visit["p"]
    assert (p[0, CODE_NAMES.index("task_commit")] > 0) is np.bool_(may)


def test_annotate_coder_of_an_empty_doc(coder):
    assert coder(NLP(""))._.alliance_visit["p"].shape == (0, len(CODE_NAMES))


def test_annotate_coder_survives_bytes(coder):
    copy = AllianceCoder().from_bytes(coder.to_bytes())
    p = [each(parse_visit(VISIT, NLP))._.alliance_visit["p"] for each in (coder, copy)]
    np.testing.assert_array_equal(*p)


def test_annotate_coder_survives_a_folder(coder, tmp_path):
    coder.to_disk(tmp_path / "coder")
    copy = AllianceCoder().from_disk(tmp_path / "coder")
    assert copy.to_bytes() == coder.to_bytes()


def test_annotate_coder_arrays_need_no_pickle(coder):
    assert all(array.dtype.kind in "fiu" for array in pack(coder.weights).values())


def test_annotate_coder_refuses_arrays_that_lack_one(coder):
    arrays = pack(coder.weights)
    del arrays["note.bias"]
    with pytest.raises(BadModel):
        unpack(arrays)
