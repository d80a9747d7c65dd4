"""The n-grams the coder may know."""

import re
from types import SimpleNamespace

import numpy as np

from alliance_nlp.train.vocabulary import MIN_GROUPS, fit_vocabulary
from alliance_nlp.vectors import vectors_of


def visits(*pairs):
    """Visits of (group, sentence, sentence, ...), as far as a vocabulary looks at them."""
    return [
        SimpleNamespace(visit=SimpleNamespace(group=group), tokens=[sentence.split() for sentence in sentences])
        for group, *sentences in pairs
    ]


def known(*pairs, **options):
    return fit_vocabulary(visits(*pairs), **options)[0].names()


def test_train_vocabulary_keeps_what_three_groups_say():
    assert known(("a", "do it"), ("b", "do it"), ("c", "do it now")) == ["do", "it", "do it"]


def test_train_vocabulary_leaves_out_what_fewer_groups_say():
    assert known(("a", "do it"), ("a", "do it"), ("a", "do it"), ("b", "do it")) == []


def test_train_vocabulary_never_joins_two_sentences():
    assert known(*[(group, "do", "it") for group in "abc"]) == ["do", "it"]


def test_train_vocabulary_goes_up_to_three_words():
    assert "do it now" in known(*[(group, "do it now then") for group in "abc"])
    assert not [name for name in known(*[(group, "do it now then") for group in "abc"]) if name.count(" ") > 2]


def test_train_vocabulary_weighs_the_rare_more():
    vocabulary, in_groups = fit_vocabulary(visits(*[(group, "do it", "do") for group in "abc"]))
    weights = dict(zip(vocabulary.names(), vocabulary.idf, strict=True))
    assert weights["it"] > weights["do"]
    assert in_groups.tolist() == [3, 3, 3]


def test_train_vocabulary_of_general_words_tells_nothing_of_the_visits():
    vocabulary, in_groups = fit_vocabulary(visits(("a", "rare word"), ("b", "word")), general=("other", "rare", "word"))
    assert vocabulary.names() == ["other", "rare", "word"]
    assert len(set(vocabulary.idf.tolist())) == 1
    assert not in_groups.any()


def test_train_vocabulary_does_not_hang_on_the_order_of_visits():
    some = [("a", "do it now"), ("b", "do it"), ("c", "so do it"), ("d", "do so")]
    (first, _), (second, _) = (fit_vocabulary(visits(*order)) for order in (some, some[::-1]))
    assert first.names() == second.names()
    np.testing.assert_array_equal(first.idf, second.idf)


def test_train_vocabulary_of_the_tiny_model_is_of_three_groups(tiny_model, prepared):
    for kind, weights in tiny_model.coder_weights().items():
        said = {}
        for each in prepared:
            if each.visit.kind == kind:
                for tokens in each.tokens:
                    grams = {" ".join(tokens[i : i + n]) for n in (1, 2, 3) for i in range(len(tokens) - n + 1)}
                    for gram in grams:
                        said.setdefault(gram, set()).add(each.visit.group)
        trained = [name for name in weights.vocabulary.names() if " " in name]
        assert trained
        assert all(len(said[name]) >= MIN_GROUPS for name in trained)


def test_train_vocabulary_a_general_word_of_fewer_groups_has_no_weight_of_its_own(tiny_model, prepared):
    weights = tiny_model.coder_weights()["transcript"]
    words = weights.vocabulary.words
    said = {}
    for each in prepared:
        if each.visit.kind == "transcript":
            for word in {word for tokens in each.tokens for word in tokens}:
                said.setdefault(word, set()).add(each.visit.group)
    groups = np.array([len(said.get(word, ())) for word in words])
    vectors, own = vectors_of(words), weights.own[: len(words)]
    never, seldom = (vectors.any(axis=1) & at for at in (groups == 0, (groups > 0) & (groups < MIN_GROUPS)))
    assert seldom.any()
    of_vectors = np.linalg.lstsq(vectors[never], own[never], rcond=None)[0]
    np.testing.assert_allclose(own[seldom], vectors[seldom] @ of_vectors, atol=1e-3)


def test_train_vocabulary_of_the_tiny_model_holds_no_number(tiny_model):
    for weights in tiny_model.coder_weights().values():
        assert not [word for word in weights.vocabulary.words if re.search(r"\d", word)]
