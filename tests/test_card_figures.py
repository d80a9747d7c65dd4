"""The shipped model gives, on the committed rehabilitation test visits, the very figures that its card shows."""

import pytest

from alliance_nlp.evaluate.table import as_markdown
from alliance_nlp.folder import CARD, default_folder, read_meta
from alliance_nlp.model import load
from alliance_nlp.train import run as training

FINISHED = "Finished model"
SPLITS = ("test", "test_2")


def tables_of_the_card():
    """Tables of the finished model in the model's facts."""
    figures = read_meta(default_folder()).get("figures") or {}
    tables = {title: [tuple(row) for row in rows] for title, rows in figures.items() if title.startswith(FINISHED)}
    if not tables:
        name = default_folder().name
        pytest.fail(f"{name} holds no figures of the finished model: train it again with figures", pytrace=False)
    return tables


def measured_now(golds):
    """The same tables, measured now."""
    model, tables = load(), {}
    for split in SPLITS:
        tables |= training.tested(model, [gold for gold in golds if gold.split == split], split)
    return tables


def differences(card, now):
    """Every row in which two sets of tables differ, in words."""
    for title in sorted(card.keys() ^ now.keys()):
        yield f"table {'not measured now' if title in card else 'missing in the card'}: {title}"
    for title in sorted(card.keys() & now.keys()):
        was, is_ = (dict((row[0], row[1:]) for row in rows) for rows in (card[title], now[title]))
        for what in dict.fromkeys([*was, *is_]):
            if was.get(what) != is_.get(what):
                said, given = (rows[what][0] if what in rows else "no such row" for rows in (was, is_))
                yield f"{what}: the card says {said}, the model gives {given}"


def test_card_figures_are_what_the_shipped_model_gives(corpus_golds):
    card = tables_of_the_card()
    if found := list(differences(card, measured_now(corpus_golds))):
        lines = "\n  ".join(found)
        pytest.fail(f"the shipped model's card is not true of it; train it again:\n  {lines}", pytrace=False)


def test_card_figures_stand_in_the_card():
    card = (default_folder() / CARD).read_text("utf-8")
    assert [title for title, rows in tables_of_the_card().items() if as_markdown(rows) not in card] == []


def test_card_figures_count_no_visit_the_model_has_seen(corpus_golds):
    seen = set(read_meta(default_folder())["seen"])
    assert [gold.visit.visit_id for gold in corpus_golds if gold.split in SPLITS and gold.sha256() in seen] == []


def test_card_figures_that_differ_are_named():
    card = {"A": [("F1", "0.50", "", ""), ("ECE", "0.01", "", "")], "B": []}
    now = {"A": [("F1", "0.51", "", ""), ("ECE", "0.01", "", "")], "C": []}
    assert list(differences(card, now)) == [
        "table not measured now: B",
        "table missing in the card: C",
        "F1: the card says 0.50, the model gives 0.51",
    ]
