import json
import pickle
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_encoder import VOCABULARY, tiny_encoder, with_encoder

from alliance_nlp.annotate.coder import AllianceCoder
from alliance_nlp.annotate.encoder import LONGEST, WIDTH, stretches, talk_of
from alliance_nlp.annotate.layout import Layout
from alliance_nlp.annotate.pieces import Pieces
from alliance_nlp.annotate.weights import joined
from alliance_nlp.annotate.words import NAME, NUMBER
from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.errors import MissingExtra
from alliance_nlp.folder import write_folder
from alliance_nlp.model import load, new_pipeline
from alliance_nlp.records import Turn, Visit

PIECES = Pieces(VOCABULARY)


def layout_of(roles):
    """Layout of sentences by these roles, a turn wherever the role changes."""
    turn = np.cumsum([n > 0 and roles[n] != roles[n - 1] for n in range(len(roles))])
    at = np.arange(len(roles))
    provider, patient = (np.array([role == each for role in roles], bool) for each in ("provider", "patient"))
    return Layout(provider, patient, turn.astype(np.int64), at - 1, at + 1, at - 1)


def told(ids):
    return " ".join(VOCABULARY[at] for at in ids)


def test_encoder_reads_who_speaks_and_masked_words():
    talk = talk_of([["walk", NAME], ["stairs"], ["walk", NUMBER]], layout_of(["provider", "patient", "other"]), PIECES)
    (stretch,) = stretches(talk, PIECES)
    assert told(stretch.ids) == "[CLS] doctor : walk john patient : stairs family : walk 10 [SEP]"
    assert [told(stretch.ids[start:end]) for _, start, end in stretch.places] == ["walk john", "stairs", "walk 10"]


def test_encoder_says_who_speaks_once_a_turn():
    talk = talk_of([["walk"], ["stairs"]], layout_of(["patient", "patient"]), PIECES)
    (stretch,) = stretches(talk, PIECES)
    assert told(stretch.ids) == "[CLS] patient : walk stairs [SEP]"


def test_encoder_reads_a_sentence_without_words_as_unknown():
    talk = talk_of([[]], layout_of(["patient"]), PIECES)
    assert talk.pieces == [[PIECES.unknown]]


@given(
    lengths=st.lists(st.integers(0, 2 * LONGEST), max_size=40),
    roles=st.lists(st.sampled_from(["provider", "patient", "other"]), min_size=40, max_size=40),
    first=st.integers(1, WIDTH),
)
def test_stretches_hold_every_sentence_once_and_in_order(lengths, roles, first):
    talk = talk_of([["walk"] * length for length in lengths], layout_of(roles[: len(lengths)]), PIECES)
    found = stretches(talk, PIECES, first)
    assert [place[0] for stretch in found for place in stretch.places] == list(range(len(lengths)))
    assert all(len(stretch.ids) <= WIDTH for stretch in found)
    for stretch in found:
        assert all(stretch.ids[start:end] == talk.pieces[at] for at, start, end in stretch.places)


def test_encoder_gives_log_odds_by_sentence_and_code():
    odds = tiny_encoder(code=3).log_odds([["walk"], ["zugzwang"]], layout_of(["provider", "patient"]))
    assert odds.shape == (2, len(CODE_NAMES))
    assert odds[1, 3] > 5
    assert (np.delete(odds, 3, 1) < -5).all()
    assert odds[0, 3] < -5


def test_encoder_of_no_sentences_gives_none():
    assert tiny_encoder().log_odds([], layout_of([])).shape == (0, len(CODE_NAMES))


def test_encoder_answers_alike_after_pickling():
    encoder = tiny_encoder()
    said = ([["zugzwang", "walk"]], layout_of(["provider"]))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(encoder)).log_odds(*said), encoder.log_odds(*said))  # noqa: S301


def test_encoder_without_onnxruntime_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtra, match=r"alliance_nlp\[encoder\]"):
        tiny_encoder().log_odds([["walk"]], layout_of(["provider"]))


def test_joined_without_an_encoder_is_the_first_pass():
    first = np.array([[1.0, -2.0]])
    assert joined(first, None) is first
    assert joined(first, np.array([[3.0, 2.0]])).tolist() == [[2.0, 0.0]]


@pytest.fixture
def encoded_folder(tiny_model, tmp_path):
    """The tiny model's folder, with an encoder that gives `goal_state` to a word that the coder does not know."""
    coder = tiny_model.coder_weights()
    encoder = tiny_encoder(code=CODE_NAMES.index("goal_state"))
    coder = {kind: with_encoder(weights, encoder) for kind, weights in coder.items()}
    folder = tmp_path / "en_alliance_encoder-0.0.1"
    write_folder(folder, new_pipeline(), coder, tiny_model.estimator, tiny_model.meta)
    return folder


def goal_of_the_last_turn(model, kind="transcript"):
    """Probability of `goal_state` in a visit's last sentence."""
    said = [("provider", "How did it go?"), ("patient", "It went well."), ("patient", "Zugzwang.")]
    visit = Visit(visit_id="v", turns=[Turn(role=role, text=text) for role, text in said])
    if kind == "note":
        visit = Visit(visit_id="v", kind="note", text="Zugzwang.")
    return model.annotate(visit)._.alliance_visit["p"][-1, CODE_NAMES.index("goal_state")]


@pytest.mark.parametrize(("kind", "times"), [("transcript", 2), ("note", 1.5)])
def test_model_with_an_encoder_hears_it(encoded_folder, tiny_model, kind, times):
    assert goal_of_the_last_turn(load(encoded_folder), kind) > times * goal_of_the_last_turn(tiny_model, kind)


def test_coder_keeps_its_encoder_in_its_bytes(encoded_folder):
    weights = load(encoded_folder).coder_weights()
    again = AllianceCoder().from_bytes(AllianceCoder(weights=weights).to_bytes()).weights
    assert again["transcript"].encoder == weights["transcript"].encoder
    assert again["note"].encoder is again["transcript"].encoder


def test_model_with_an_encoder_scores_from_the_command_line(encoded_folder, tmp_path, with_own_model):
    visits = tmp_path / "visits.jsonl"
    turns = [{"role": "provider", "text": "How far do you walk now?"}, {"role": "patient", "text": "Not far."}]
    visits.write_text(json.dumps({"visit_id": "v", "turns": turns}) + "\n", encoding="utf-8")
    out = tmp_path / "out.csv"
    assert with_own_model("score", visits, "-o", out, "--model", encoded_folder).code == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2
