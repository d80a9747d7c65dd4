"""Code probabilities from plain arrays."""

import numpy as np

from alliance_nlp.annotate.layout import Layout
from alliance_nlp.annotate.weights import N_CODES, allowed, code_probabilities, second_inputs
from alliance_nlp.codes import CODE_NAMES, CODES
from alliance_nlp.odds import sigmoid

HIGH = np.array([[9.0], [0.5]]).repeat(N_CODES, axis=1)


def layout_of(*roles):
    n = np.arange(len(roles))
    roles = np.array(roles, dtype=str)
    following = np.where(n + 1 < len(n), n + 1, -1)
    return Layout(roles == "provider", roles == "patient", n, n - 1, following, np.full(len(n), -1))


def test_annotate_weights_a_role_may_carry_what_the_codebook_lets_it():
    may = allowed(layout_of("provider", "patient", "other"))
    for at, role in enumerate(("provider", "patient", "other")):
        assert {CODE_NAMES[code] for code in may[at].nonzero()[0]} == {c.name for c in CODES if role in c.roles}


def test_annotate_weights_probabilities_lie_within_0_and_1_and_obey_the_roles(tiny_model, prepared):
    for kind, weights in tiny_model.coder_weights().items():
        matrix = weights.matrix()
        for each in prepared:
            if each.visit.kind == kind:
                p = code_probabilities(each.words, each.layout, weights, matrix)
                assert p.shape == each.gold.shape
                assert ((p >= 0) & (p <= 1)).all()
                assert not p[~allowed(each.layout)].any()


def test_annotate_weights_the_provider_never_commits(tiny_model, prepared):
    weights = tiny_model.coder_weights()["transcript"]
    p = code_probabilities(prepared[0].words, prepared[0].layout, weights, weights.matrix())
    assert not p[prepared[0].layout.provider, CODE_NAMES.index("task_commit")].any()


def test_annotate_weights_a_visit_of_no_sentences_has_no_probabilities(tiny_model, prepared):
    weights = tiny_model.coder_weights()["transcript"]
    assert code_probabilities(prepared[0].words, layout_of(), weights, weights.matrix()).shape == (0, N_CODES)


def test_annotate_weights_the_coder_learns_its_training_visits(tiny_model, prepared):
    weights = tiny_model.coder_weights()["transcript"]
    visits = [each for each in prepared if each.visit.kind == "transcript"]
    p = np.concatenate([code_probabilities(v.words, v.layout, weights, weights.matrix()) for v in visits])
    gold = np.concatenate([v.gold for v in visits])
    assert p[gold].mean() > 3 * p[~gold].mean()


def test_annotate_weights_second_inputs_hide_what_the_role_may_not_carry():
    layout = layout_of("provider", "patient")
    measures = np.zeros((2, 3))
    logits = np.zeros((2, N_CODES))
    changed = np.where(allowed(layout), logits, 7.0)
    inputs, same = (second_inputs(each, layout, measures, HIGH) for each in (logits, changed))
    np.testing.assert_array_equal(inputs, same)


def test_annotate_weights_second_inputs_take_what_is_past_the_ceiling_as_the_ceiling():
    layout, measures = layout_of("provider", "provider"), np.zeros((2, 3))
    ceiling = np.array([[1.0], [0.02]]).repeat(N_CODES, axis=1)
    high, higher = (second_inputs(np.full((2, N_CODES), each), layout, measures, ceiling) for each in (1.0, 8.0))
    np.testing.assert_array_equal(high, higher)


def test_annotate_weights_sigmoid_holds_at_the_ends():
    assert sigmoid(np.array([-1e9, 0.0, 1e9])).round(9).tolist() == [0.0, 0.5, 1.0]
