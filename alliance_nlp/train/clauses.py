"""Fit the weights of ``clauses.json`` on punctuated visits whose punctuation is taken away."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from ..clauses import MIN_CLAUSE_WORDS, gap_keys
from ..corpus.gold import GoldVisit
from ..parse import sentence_ends

MIN_GROUPS = 12
C = 0.3
_STRIP = ".,?!…;:\"'-–—()[]"


def fit_clauses(golds: Sequence[GoldVisit], out: Path) -> dict[str, float]:
    """Fit, choose the cut by F1 out of fold, write the file; gives the out-of-fold precision, recall and F1 at the cut.

    Args:
        golds: training visits; turns of two or more punctuated sentences are used.
        out: the file to write.
    """
    keys, ends, groups = _gaps(golds)
    counter = CountVectorizer(analyzer=list, binary=True)
    table = counter.fit_transform(keys)
    names = counter.get_feature_names_out()
    ids = {group: n for n, group in enumerate(dict.fromkeys(groups))}
    member = np.array([ids[group] for group in groups])
    shape = (len(ids), len(member))
    in_groups = (csr_matrix((np.ones(len(member)), (member, np.arange(len(member)))), shape) @ table > 0).sum(axis=0)
    kept = np.flatnonzero(np.asarray(in_groups).ravel() >= MIN_GROUPS)
    kept = np.array([at for at in kept if not re.search(r"\d", names[at][2:])])
    table = table[:, kept]
    said = np.zeros(len(ends))
    for fold in range(5):
        held = member % 5 == fold
        said[held] = _regression().fit(table[~held], ends[~held]).decision_function(table[held])
    cuts = np.arange(-3, 2, 0.1)
    scores = [_f1(said > cut, ends) for cut in cuts]
    best = int(np.argmax([f1 for *_, f1 in scores]))
    fit = _regression().fit(table, ends)
    weights = {str(names[at]): round(float(w), 3) for at, w in zip(kept, fit.coef_[0], strict=True) if abs(w) >= 0.02}
    data: dict[str, Any] = {"bias": round(float(fit.intercept_[0]), 4), "cut": round(float(cuts[best]), 2)}
    data["weights"] = dict(sorted(weights.items()))
    out.write_text(json.dumps(data, indent=0) + "\n", "utf-8")
    return dict(zip(("precision", "recall", "f1"), scores[best], strict=True))


def _regression() -> LogisticRegression:
    return LogisticRegression(C=C, solver="liblinear", random_state=0)


def _f1(found: np.ndarray[Any, Any], gold: np.ndarray[Any, Any]) -> tuple[float, float, float]:
    right = int((found & gold).sum())
    precision, recall = right / max(1, int(found.sum())), right / max(1, int(gold.sum()))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _gaps(golds: Sequence[GoldVisit]) -> tuple[list[list[str]], np.ndarray[Any, Any], list[str]]:
    """Keys, whether a sentence ends there, and the group, of every gap in turns of several punctuated sentences."""
    keys, ends, groups = [], [], []
    for gold in golds:
        for turn in gold.visit.turns:
            sentences = sentence_ends(turn.text)
            if len(sentences) < 2:
                continue
            words, last = [], set()
            for start, end in sentences:
                found = [word.lower().strip(_STRIP) for word in turn.text[start:end].split()]
                words += [word for word in found if word]
                last.add(len(words))
            for gap in range(MIN_CLAUSE_WORDS, len(words) - MIN_CLAUSE_WORDS + 1):
                keys.append(gap_keys(words, gap))
                ends.append(gap in last)
                groups.append(gold.group)
    return keys, np.array(ends), groups
