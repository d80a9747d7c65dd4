"""The model card."""

import pytest

from alliance_nlp.train.card import model_card

META = {
    "lang": "en",
    "name": "alliance",
    "version": "9.9.9",
    "trained_on": {"rehab notes": 4, "rehab transcripts": 7},
    "libraries": {"spacy": "3.8.7"},
    "figures": {},
}


def test_train_card_names_model_data_and_libraries():
    card = model_card(META)
    for fact in ("en_alliance-9.9.9", "4 rehab notes", "7 rehab transcripts", "spacy 3.8.7"):
        assert fact in card


def test_train_card_shows_every_figure():
    figures = {"Finished model": [["goal", "0.50 [0.40, 0.60]", "0.37", ">= 0.70"]]}
    card = model_card({**META, "figures": figures})
    assert "### Finished model" in card
    assert "| goal | 0.50 [0.40, 0.60] | 0.37 | >= 0.70 |" in card


def test_train_card_says_where_nothing_was_measured():
    assert "Not measured" in model_card(META)


@pytest.mark.parametrize("topic", ["intended use", "limits", "figures", ".46", ".63"])
def test_train_card_has_its_parts(topic):
    assert topic in model_card(META).lower()


def test_train_card_leaves_no_gap():
    assert "$" not in model_card(META)
