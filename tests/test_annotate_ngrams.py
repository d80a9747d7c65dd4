"""Words -> weighted n-grams, against scikit-learn's own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from spacy.strings import get_string_id

from alliance_nlp.annotate.ngrams import Vocabulary, project
from alliance_nlp.annotate.words import Words

WORDS = ("a", "b", "c", "mark")
SENTENCES = st.lists(st.lists(st.sampled_from((*WORDS, "unknown")), max_size=7), max_size=6)


def vocabulary_of(grams, idf):
    """A vocabulary of tuples of words, and the tuples in the order of its columns."""
    words = sorted({gram[0] for gram in grams if len(gram) == 1})
    ids = [tuple(words.index(word) for word in gram) for gram in grams]
    pairs = sorted(gram for gram in ids if len(gram) == 2)
    triples = sorted((pairs.index(gram[:2]), gram[2]) for gram in ids if len(gram) == 3)
    shaped = [np.array(rows, np.int64).reshape(-1, 2) for rows in (pairs, triples)]
    vocabulary = Vocabulary(tuple(words), *shaped, np.ones(len(grams)))
    order = [tuple(name.split()) for name in vocabulary.names()]
    return Vocabulary(tuple(words), *shaped, np.array([idf[gram] for gram in order])), order


def words_of(sentences):
    hashes = [get_string_id(word) for sentence in sentences for word in sentence]
    at = [n for n, sentence in enumerate(sentences) for _ in sentence]
    return Words(np.array(hashes, np.uint64), np.array(at, np.int64))


def matrix_of(vocabulary, sentences):
    grams = vocabulary.ngrams(words_of(sentences), len(sentences))
    return csr_matrix((grams.value, (grams.sentence, grams.column)), (len(sentences), len(vocabulary))).toarray()


GRAMS = [("a",), ("b",), ("c",), ("mark",), ("a", "b"), ("b", "a"), ("b", "mark"), ("a", "b", "mark"), ("b", "a", "b")]
VOCABULARY, ORDER = vocabulary_of(GRAMS, {gram: 1 + n / 7 for n, gram in enumerate(GRAMS)})


@given(SENTENCES)
def test_annotate_ngrams_are_those_of_scikit_learn(sentences):
    vectorizer = TfidfVectorizer(
        analyzer=lambda s: [tuple(s[i : i + n]) for n in (1, 2, 3) for i in range(len(s) - n + 1)],
        vocabulary={gram: n for n, gram in enumerate(ORDER)},
        binary=True,
    )
    vectorizer.idf_ = VOCABULARY.idf
    expected = vectorizer.transform(sentences).toarray() if sentences else np.zeros((0, len(ORDER)))
    np.testing.assert_allclose(matrix_of(VOCABULARY, sentences), expected, atol=1e-12)


def test_annotate_ngrams_never_cross_a_sentence():
    column = VOCABULARY.names().index("a b")
    assert not matrix_of(VOCABULARY, [["a"], ["b"]])[:, column].any()
    assert matrix_of(VOCABULARY, [["a", "b"]])[0, column] > 0


def test_annotate_ngrams_never_skip_an_unknown_word():
    assert not matrix_of(VOCABULARY, [["a", "unknown", "b"]])[0, VOCABULARY.names().index("a b")]


def test_annotate_ngrams_of_an_empty_vocabulary():
    none = np.zeros((0, 2), np.int64)
    empty = Vocabulary((), none, none, np.zeros(0))
    assert matrix_of(empty, [["a"], []]).shape == (2, 0)


@pytest.mark.parametrize("sentences", [[], [[]], [["a", "b", "mark"], [], ["c"]], [[], ["unknown"], ["a", "a"]]])
def test_annotate_ngrams_project_is_the_matrix_product(sentences):
    weights = np.arange(len(VOCABULARY) * 3, dtype=np.float32).reshape(-1, 3)
    grams = VOCABULARY.ngrams(words_of(sentences), len(sentences))
    np.testing.assert_allclose(project(grams, weights), matrix_of(VOCABULARY, sentences) @ weights, rtol=1e-6)
