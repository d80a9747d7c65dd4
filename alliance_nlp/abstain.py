"""When a visit is not scored, and why: too short, one-sided, roles unknown, not English, not a clinical visit.

The limits keep almost every visit of the project's data (at most 3 in 100 abstain) and are named here alone.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from spacy.lang.en.stop_words import STOP_WORDS
from spacy.tokens import Doc

from .records import AbstainReason, Visit
from .tokens import Fresh, tokens_of

#: Words of provider and patient together under which a transcript, or a note, is too short to rate.
MIN_WORDS = {"transcript": 100, "note": 25}
#: Words under which the provider, or the patient, has said too little.
MIN_WORDS_OF_ONE = 15
#: Share of words by speakers of no known role from which the roles are unknown.
MAX_OTHER_SHARE = 0.5
#: Share of common English words (spaCy's stop words) under which a text is not English.
MIN_ENGLISH_SHARE = {"transcript": 0.25, "note": 0.08}
#: English clinical words in 1000 from which a note is English however terse it is.
ENGLISH_CLINICAL_PER_1000 = 20.0
#: Clinical words in 1000 under which it is no clinical visit.
MIN_CLINICAL_PER_1000 = 2.0


def abstention(visit: Visit, doc: Doc) -> AbstainReason | None:
    """Why a parsed visit is not scored, or None.

    >>> import spacy
    >>> from alliance_nlp.parse import parse_visit
    >>> visit = Visit(visit_id="v", turns=[{"role": "provider", "text": "Hello there."}])
    >>> abstention(visit, parse_visit(visit, spacy.blank("en")))
    'too_short'
    """
    tokens = tokens_of(doc)
    counts = {"provider": 0, "patient": 0, "other": 0}
    for start, end, _, role in doc._.alliance_visit["turns"]:
        counts[role] += int(end - start)
    total = sum(counts.values())
    if total < MIN_WORDS[visit.kind]:
        return "too_short"
    english = float(tokens.column("english", _are_english).mean())
    clinical = 1000 * float(tokens.column("clinical", _are_clinical).mean())
    terse = visit.kind == "note" and clinical >= ENGLISH_CLINICAL_PER_1000
    if english < MIN_ENGLISH_SHARE[visit.kind] and not terse:
        return "not_english"
    if visit.kind == "transcript":
        if counts["other"] > MAX_OTHER_SHARE * total:
            return "roles_unknown"
        if min(counts["provider"], counts["patient"]) < MIN_WORDS_OF_ONE:
            return "one_sided"
    if clinical < MIN_CLINICAL_PER_1000:
        return "not_clinical"
    return None


def _are_english(new: Fresh) -> NDArray[np.bool_]:
    return np.array([word in STOP_WORDS for word in new.words], bool)


def _are_clinical(new: Fresh) -> NDArray[np.bool_]:
    known = _clinical()
    return np.array([word in known for word in new.words], bool)


@cache
def _clinical() -> frozenset[str]:
    lines = (files("alliance_nlp.annotate") / "patterns" / "clinical_words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
