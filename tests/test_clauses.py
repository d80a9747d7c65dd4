"""Clauses of speech without punctuation."""

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.clauses import MIN_CLAUSE_WORDS, MIN_WORDS, gap_keys, split_clauses

DATA = json.loads((files("alliance_nlp") / "clauses.json").read_text("utf-8"))
WORDS = sorted({word for key in DATA["weights"] for word in key.replace("|", " ").split()[-2:]})
SAID = "okay so how did the week go i tried the stairs every day and it was fine"


def cut_word_by_word(words):
    """Where the weights cut, summed gap by gap as they were fitted."""
    cuts, first = [], 0
    for gap in range(MIN_CLAUSE_WORDS, len(words) - MIN_CLAUSE_WORDS + 1):
        log_odds = DATA["bias"] + sum(DATA["weights"].get(key, 0.0) for key in gap_keys(words, gap))
        if gap - first >= MIN_CLAUSE_WORDS and log_odds > DATA["cut"]:
            cuts.append(first := gap)
    return cuts


@given(st.lists(st.sampled_from(WORDS) | st.sampled_from(SAID.split()), min_size=MIN_WORDS, max_size=40))
def test_clauses_are_cut_as_the_weights_say(words):
    words = [word for word in words if word.isalpha()]
    text = " ".join(words)
    bounds = split_clauses(text, 0, len(text))
    starts = [len(text[:start].split()) for start, _ in bounds]
    assert starts == [0, *(cut_word_by_word(words) if len(words) >= MIN_WORDS else [])]


@pytest.mark.parametrize("text", ["too short to cut", f"{SAID}, he said", f"{SAID} - yes"])
def test_clauses_short_or_punctuated_stretches_stay_whole(text):
    assert split_clauses(text, 0, len(text)) == [(0, len(text))]
