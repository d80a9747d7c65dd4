"""Encoders trained with PyTorch, the small ones they teach, and models that have one, from the command line."""

import json

import numpy as np
import pytest

from alliance_nlp.annotate.encoder import Encoder
from alliance_nlp.annotate.keys import KeyTable
from alliance_nlp.annotate.small_encoder import SmallEncoder
from alliance_nlp.corpus.soft_labels import read_soft_labels
from alliance_nlp.model import load
from alliance_nlp.records import Turn, Visit
from alliance_nlp.train import encoder as training
from alliance_nlp.train import small_encoder as teaching
from alliance_nlp.train.fit import inner_folds, names_pipeline, prepare
from alliance_nlp.train.lessons import lessons_of
from alliance_nlp.train.run import merge_gold, train
from alliance_nlp.train.teach import FOLDER, teach_small_encoders

GOAL = ("I want to climb the stairs to my bed again.", "I want to walk my dog in the park.", "I want to dance in May.")
OTHER = ("It rained all week.", "The bus was late.", "My cousin sold the van.")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Twelve short transcripts and as many notes, half of whose sentences state a goal."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "rehab").mkdir()
    lines = []
    for n in range(12):
        turns = [{"i": 0, "role": "provider", "text": "Hello.", "codes": []}]
        for m in range(6):
            text = (GOAL if m % 2 else OTHER)[(n + m) % 3]
            codes = [["goal_state", 0, len(text)]] if m % 2 else []
            turns.append({"i": m + 1, "role": "patient", "text": text, "codes": codes})
        ratings = {"goal": 1 + n % 5, "task": 1 + n % 4, "bond": 1 + n % 3}
        lines.append({"visit_id": f"v{n}", "turns": turns, "ratings": ratings})
        note = {"visit_id": f"n{n}", "kind": "note", "text": "S: Pain 3/10. P: HEP.", "codes": []}
        lines.append(note | {"ratings": ratings})
    (folder / "rehab" / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def model(corpus, tmp_path_factory):
    """A model with an encoder, trained on them."""
    home = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "PASSES", 12)
        patch.setattr(training, "WARM_UP", 2)
        train([corpus], home / "en_alliance_encoder-0.0.1", encoders=home / "kept", figures=False)
    return home


def test_encoder_tells_goals_from_other_talk(model):
    encoder = load(model / "en_alliance_encoder-0.0.1").coder_weights()["transcript"].encoder
    assert isinstance(encoder, Encoder)
    visit = Visit(visit_id="v", turns=[Turn(role="patient", text=text) for text in (GOAL[0], OTHER[0])])
    doc = load(model / "en_alliance_encoder-0.0.1").annotate(visit)
    goal, other = np.asarray(doc._.alliance_visit["p"])[:, 1]
    assert goal > other


def test_encoders_that_are_there_are_taken_again(model, corpus, tmp_path):
    kept = {path: path.stat().st_mtime_ns for path in (model / "kept").iterdir()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "fit_network", lambda *_: pytest.fail("trained again"))
        train([corpus], tmp_path / "en_alliance_encoder-0.0.1", encoders=model / "kept", figures=False)
    assert {path: path.stat().st_mtime_ns for path in (model / "kept").iterdir()} == kept
    files = [folder / "en_alliance_encoder-0.0.1" / "coder.npz" for folder in (model, tmp_path)]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_soft_labels_are_of_every_transcript_and_nothing_else(model, corpus, tmp_path, alliance):
    out = tmp_path / "soft_labels.npz"
    arguments = ("--data", corpus, "--encoder", model / "kept", "--soft-labels", "-o", out)
    assert alliance("train", *arguments).code == 0
    assert sorted(read_soft_labels(tmp_path)) == sorted(f"v{n}" for n in range(12))


@pytest.fixture(scope="module")
def taught(model, corpus):
    """The corpus with the small encoders that those encoders teach."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(teaching, "PASSES", 60)
        patch.setattr(teaching, "WARM_UP", 2)
        patch.setattr(teaching, "BATCH", 20)
        golds = [gold for gold in merge_gold([corpus]) if gold.split == "train"]
        prepared = prepare(golds, names_pipeline())
        teach_small_encoders(prepared, inner_folds(golds), corpus / FOLDER, teachers=model / "kept")
    return corpus


def test_small_encoder_tells_goals_from_other_talk(taught, tmp_path):
    train([taught], tmp_path / "en_alliance-0.0.1", figures=False)
    loaded = load(tmp_path / "en_alliance-0.0.1")
    encoder = loaded.coder_weights()["transcript"].encoder
    assert isinstance(encoder, SmallEncoder)
    visit = Visit(visit_id="v", turns=[Turn(role="patient", text=text) for text in (GOAL[0], OTHER[0])])
    goal, other = np.asarray(loaded.annotate(visit)._.alliance_visit["p"])[:, 1]
    assert goal > other


def test_small_encoder_is_the_network_that_was_taught(model, corpus, monkeypatch):
    torch = pytest.importorskip("torch")
    golds = [gold for gold in merge_gold([corpus]) if gold.split == "train" and gold.kind == "transcript"]
    lessons = lessons_of(prepare(golds, names_pipeline()))
    rng = np.random.default_rng(0)
    views = [teaching.View(rng.random(each.gold.shape), rng.normal(size=(len(each.gold), 8))) for each in lessons]
    nets, logits = [], []
    export, entropy = teaching._exported, torch.nn.functional.binary_cross_entropy_with_logits
    monkeypatch.setattr(teaching, "PASSES", 40)
    monkeypatch.setattr(teaching, "_exported", lambda net, words: nets.append(net) or export(net, words))
    encoder = teaching.fit_small(lessons, views)
    monkeypatch.setattr(teaching, "DROPPED", 0)
    monkeypatch.setattr(teaching, "WORDS_DROPPED", 0)
    monkeypatch.setattr(
        torch.nn.functional,
        "binary_cross_entropy_with_logits",
        lambda given, *rest, **more: logits.append(given) or entropy(given, *rest, **more),
    )
    known = KeyTable(encoder.keys)
    parts = [
        teaching._part(torch, lesson, view.p, hint, known)
        for lesson, view, hint in zip(lessons, views, teaching._hints(views), strict=True)
    ]
    with torch.no_grad():
        teaching._loss(torch, nets[0], teaching._joined(torch, parts))
    found = np.concatenate([encoder.log_odds(each.words, each.measures) for each in lessons])
    np.testing.assert_allclose(found, logits[0].numpy(), atol=0.05)
    assert np.corrcoef(found.ravel(), logits[0].numpy().ravel())[0, 1] > 0.999


def test_small_encoders_from_the_command_line(model, corpus, tmp_path, alliance, monkeypatch):
    monkeypatch.setattr(teaching, "PASSES", 1)
    arguments = ("--data", corpus, "--encoder", model / "kept", "--small-encoders", "-o", tmp_path / "small")
    assert alliance("train", *arguments).code == 0
    assert len(list((tmp_path / "small").glob("*.npz"))) == len(list((model / "kept").glob("*.onnx")))
