"""Sentences with the probabilities a test wants, and visits run through a model's pipeline."""

import numpy as np

from alliance_nlp.annotate.layout import Layout
from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.parse import parse_visit


def scene(*sentences, size=5.0):
    """Probabilities, layout, sizes and repeats (none) of sentences as (role, {code: p}), each a turn of its own."""
    roles = np.array([role for role, _ in sentences], dtype=str)
    n = np.arange(len(sentences))
    p = np.zeros((len(n), len(CODE_NAMES)))
    for at, (_, codes) in enumerate(sentences):
        for code, value in codes.items():
            p[at, CODE_NAMES.index(code)] = value
    following = np.where(n + 1 < len(n), n + 1, -1)
    layout = Layout(roles == "provider", roles == "patient", n, n - 1, following, np.full(len(n), -1))
    return p, layout, np.full(len(n), size), np.zeros(len(n), bool)


def annotated(model, visit):
    """The visit's Doc after every component of the model's pipeline."""
    doc = parse_visit(visit, model.nlp)
    for _, component in model.nlp.pipeline:
        doc = component(doc)
    return doc
