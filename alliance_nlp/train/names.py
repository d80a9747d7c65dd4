"""Make the data of `annotate.names` from coded visits: the words said as words, how often, and the contexts' weights.

The contexts are learnt on the visits as they are and on a twin of each without capitals and punctuation, as a
recogniser writes them; a given name also counts as an unknown one, so that a rare name is found as well as a common
one. Only cues of three or more visits stay, and none that may itself be a name.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import spacy
from spacy.strings import get_string_id
from spacy.tokens import Doc

from ..annotate.contexts import place_cues
from ..annotate.mentions import Mention, Scene, find_mentions
from ..annotate.persons import COMMON, GIVEN, SELDOM, forms_of, lists
from ..corpus.gold import GoldVisit
from ..errors import BadOffsets
from ..parse import parse_visit
from ..records import Turn, Visit

GoldName = tuple[int, int, int, str]
"""A use of the patient's name: turn, first character, one past the last character, code."""

_WORD = re.compile(r"(?<![-\w])[^\W\d_]+(?![-\w])")
_DROPPED = frozenset('.,?!;:"')
_VISITS_OF_A_CUE = 4
_TWIN_WEIGHT, _WORD_WEIGHT, _WORD_SHARE = 0.5, 0.3, 0.04
_AS_UNKNOWN = (("unknown", 0.3), ("given_word", 0.2))
_C = {"name": 0.5, "patient": 0.3, "vocative": 1.0}
_WORD_CUES = ("L1=", "L2=", "L3=", "R1=", "R2=", "R3=", "L=", "R=", "B1=")
_SMALLEST_WEIGHT = 0.03
_ALWAYS = 3.0


class Row(NamedTuple):
    """One example of a context model."""

    visit: str
    cues: list[str]
    holds: bool
    weight: float


def common_words(cased: Iterable[str], lower: Iterable[str], names: Iterable[str]) -> list[str]:
    """Words said as words: written small in two or more texts with capitals, or in three or more without.

    Args:
        cased: texts of visits written with capitals.
        lower: texts of visits written without.
        names: names of the visits' patients, never taken from texts without capitals.

    >>> common_words(["Hi Jo, we will walk.", "we will see, Jo"], ["hi jo"], ["Jo"])
    ['we', 'will']
    """
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for column, texts in enumerate((cased, lower)):
        for text in texts:
            for word in {word for word in _WORD.findall(text) if word.islower()}:
                counts[word][column] += 1
    barred = {name.lower() for name in names} | lists().given
    return sorted(w for w, (a, b) in counts.items() if a >= 2 or (a + b >= 3 and w not in barred))


def word_rates(visits: Iterable[Visit]) -> dict[str, float]:
    """Uses per visit of the words that may be a name, as `patterns/word_rates.json` holds them.

    The patient's own name counts in no visit, nor does a capital inside a sentence, where it shows a name.

    Args:
        visits: transcripts with their rosters.

    >>> turns = [{"role": "provider", "text": "Hi Will. Will you walk? I will."}]
    >>> word_rates([Visit(visit_id="v", turns=turns)])
    {'hi': 1.0, 'i': 1.0, 'walk': 1.0, 'will': 2.0, 'you': 1.0}
    """
    counts: dict[str, int] = defaultdict(int)
    total = 0
    nlp = spacy.blank("en")
    for visit in visits:
        total += 1
        doc = parse_visit(visit, nlp)
        scene = Scene(doc, doc._.alliance_visit, {})
        own = {piece for form in forms_of(doc._.alliance_visit["patient"]) for piece in form}
        for i in range(len(doc)):
            inside = scene.cased and i not in scene.sentence_starts and scene.text(i)[:1].isupper()
            word = scene.word(i)
            if scene.bits(i) & COMMON and word.isalpha() and word not in own and (not inside or len(word) == 1):
                counts[word] += 1
    rates = {word: round(count / total, 2) for word, count in sorted(counts.items())}
    return {word: rate for word, rate in rates.items() if rate >= SELDOM}


def write_rates(rates: dict[str, float], path: Path) -> None:
    """Write the rates as JSON, a word a line."""
    path.write_text(json.dumps(rates, ensure_ascii=False, indent=0) + "\n", "utf-8")


def fit_contexts(visits: Iterable[Visit], gold: Mapping[str, Iterable[GoldName]]) -> dict[str, Any]:
    """Weights of the models `name`, `patient` and `vocative`, as `patterns/name_contexts.json` holds them.

    Args:
        visits: transcripts; their rosters are not looked at.
        gold: uses of the patient's name in the provider's turns, by visit; a visit without any may be left out.
    """
    rows: dict[str, list[Row]] = {name: [] for name in _C}
    nlp = spacy.blank("en")
    draw = random.Random(0)
    for visit in visits:
        names = list(gold.get(visit.visit_id, ()))
        bare = visit.model_copy(update={"patient": None, "provider": None})
        for weight, (twin, moved) in ((1.0, (bare, names)), (_TWIN_WEIGHT, _twin(bare, names))):
            for model, row in _rows(parse_visit(twin, nlp), visit.visit_id, moved, weight, draw):
                rows[model].append(row)
    return {name: _fit(rows[name], _C[name]) for name in _C}


def fit_contexts_of(golds: Iterable[GoldVisit]) -> dict[str, Any]:
    """`fit_contexts` of the transcripts among gold visits."""
    spoken = [gold for gold in golds if gold.kind == "transcript"]
    names = {
        gold.visit.visit_id: [(turn, start, end, code) for code, turn, start, end in gold.names] for gold in spoken
    }
    return fit_contexts([gold.visit for gold in spoken], names)


def write_names(folder: Path, golds: Iterable[GoldVisit]) -> None:
    """Write ``name_contexts.json`` and ``word_rates.json``, as `annotate/patterns` has them, learnt from gold visits.

    Args:
        folder: made if missing.
        golds: gold visits; their notes are left out.
    """
    spoken = [gold for gold in golds if gold.kind == "transcript"]
    folder.mkdir(parents=True, exist_ok=True)
    write_contexts(fit_contexts_of(spoken), folder / "name_contexts.json")
    write_rates(word_rates(gold.visit for gold in spoken), folder / "word_rates.json")


def write_contexts(weights: dict[str, Any], path: Path) -> None:
    """Write the weights as JSON, a cue a line."""
    path.write_text(json.dumps(weights, ensure_ascii=False, indent=0) + "\n", "utf-8")


def _twin(visit: Visit, names: list[GoldName]) -> tuple[Visit, list[GoldName]]:
    """The visit without capitals and punctuation, and the names moved with their characters."""
    turns: list[Turn] = []
    at: list[list[int]] = []
    for turn in visit.turns:
        moved: list[int] = []
        kept: list[str] = []
        for char in turn.text:
            moved.append(len(kept))
            if char not in _DROPPED:
                kept.append(char.lower()[:1])
        at.append([*moved, len(kept)])
        turns.append(turn.model_copy(update={"text": "".join(kept)}))
    return visit.model_copy(update={"turns": tuple(turns)}), [(t, at[t][a], at[t][b], code) for t, a, b, code in names]


def _rows(doc: Doc, visit: str, names: list[GoldName], weight: float, draw: random.Random) -> Iterator[tuple[str, Row]]:
    """Examples of each model in one Doc."""
    scene = Scene(doc, doc._.alliance_visit, {})
    covered: set[int] = set()
    stretches = [(*_tokens(doc, visit, turn, a, b), code) for turn, a, b, code in names]
    for start, end, code in stretches:
        mention = Mention(scene, _title_start(scene, start), start, end, "")
        covered.update(range(mention.start, end))
        yield "vocative", Row(visit, mention.cues, code == "name_vocative", weight)
        yield "name", Row(visit, mention.cues, True, weight)
    for mention in find_mentions(scene):
        if mention.role != "provider":
            continue
        code = next((code for a, b, code in stretches if a < mention.end and mention.core < b), "")
        covered.update(range(mention.start, mention.end) if code else ())
        if code == "name_reference" and not mention.title and "age" not in mention.cue_set:
            continue
        found = place_cues(scene, mention)
        yield "patient", Row(visit, found, bool(code), weight)
        if code and "kind=given" in found:
            for kind, share in _AS_UNKNOWN:
                yield "patient", Row(visit, [_as_kind(cue, kind) for cue in found], True, weight * share)
    for i in range(len(doc)):
        if i not in covered and scene.bits(i) & COMMON and scene.word(i)[0].isalpha():
            also_name = _may_be_name(scene.word(i))
            if also_name or draw.random() < _WORD_SHARE:
                place = Mention(scene, i, i, i + 1, "")
                yield "name", Row(visit, place.cues, False, weight if also_name else weight * _WORD_WEIGHT)


def _tokens(doc: Doc, visit: str, turn: int, start: int, end: int) -> tuple[int, int]:
    """Tokens of a stretch of characters in a turn."""
    first = doc._.alliance_visit["turns"][turn][2]
    span = doc.char_span(first + start, first + end, alignment_mode="expand")
    if span is None:
        raise BadOffsets(visit, turn, start, end)
    return span.start, span.end


def _title_start(scene: Scene, start: int) -> int:
    titles = lists().titles
    if start > 1 and scene.word(start - 1) == "." and scene.word(start - 2) in titles:
        return start - 2
    return start - 1 if start and scene.word(start - 1) in titles else start


def _as_kind(cue: str, kind: str) -> str:
    """A cue of a given name as that of another kind of word."""
    for head in ("kind=given", "kind_case=given"):
        if cue.startswith(head):
            return head.removesuffix("given") + kind + cue.removeprefix(head)
    return cue.removesuffix(" given") + f" {kind}" if cue.endswith(" given") else cue


def _may_be_name(word: str) -> bool:
    sets = lists().sets
    return word in sets["word_and_given"] or word in sets["word_and_family"]


def _holds_no_name(cue: str) -> bool:
    """Whether no word of a cue may be a name, so that the weights tell no patient."""
    head = next((head for head in _WORD_CUES if cue.startswith(head)), None)
    for word in re.split(r"[ |]", cue[len(head) :]) if head else ():
        if word and word[0].isalpha():
            bits = lists().bits.get(get_string_id(word), 0)
            if not bits or bits & GIVEN or _may_be_name(word):
                return False
    return True


def _fit(rows: list[Row], c: float) -> dict[str, Any]:
    """Weights and constant of one logistic regression over the cues; of no cues where all rows say the same."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    if len({row.holds for row in rows}) < 2:
        return {"constant": _ALWAYS if any(row.holds for row in rows) else -_ALWAYS, "weights": {}}
    visits: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for cue in row.cues:
            visits[cue].add(row.visit)
    kept = {cue for cue, seen in visits.items() if len(seen) >= _VISITS_OF_A_CUE and _holds_no_name(cue)}
    vectorizer = DictVectorizer()
    table = vectorizer.fit_transform({cue: 1 for cue in row.cues if cue in kept} for row in rows)
    model = LogisticRegression(C=c, max_iter=2000)
    model.fit(table, [row.holds for row in rows], sample_weight=[row.weight for row in rows])
    weights = zip(vectorizer.feature_names_, model.coef_[0].tolist(), strict=True)
    return {
        "constant": round(float(model.intercept_[0]), 3),
        "weights": {cue: round(weight, 3) for cue, weight in weights if abs(weight) >= _SMALLEST_WEIGHT},
    }
