"""Names of persons: where the patient is named, and every stretch that names anybody.

Candidates (`mentions`) are judged by the roster and the words around them (`contexts`), never by whether a name is on
a list: a form of the roster that is no word stands wherever it is said, one that is also a word (Will, Hope, Rose)
stands where its place is that of a name. Without a roster, or where the talk shows another name than the roster's,
the patient's name is inferred: the name said in greetings and asides of the provider's turns, or dictated with an age
or a date of birth, that is not the provider's own and not a third person's.

F1 of uses (stretch and vocative/reference), with the roster and without: on 308 public visits .97 and .95, on 71
rehabilitation training visits .95 and .85, each half by contexts fitted on the other half and the stretches of
`corpus/names`; .96 and .94, and .94 and .81, on the visits whose errors were not read while the rules were made.
On the 40 short stretches of `corpus/names` that taught nothing .80 and .72 (`tests/test_corpus_named.py`), on the 40
whose errors were read .98 and .92: hard places on purpose, two uses or so each. `alliance evaluate --cv` gives the
public figures by folds; `alliance train --names` makes the contexts and the rates of words again.

>>> import spacy
>>> from alliance_nlp.parse import parse_visit
>>> from alliance_nlp.records import Visit
>>> nlp = spacy.blank("en")
>>> names = nlp.add_pipe("alliance_names")
>>> turns = [{"role": "provider", "text": "Hi Will, I'm Dr. Brown. Will you sit here?"}]
>>> doc = names(parse_visit(Visit(visit_id="v", patient={"given": "Will"}, turns=turns), nlp))
>>> [(span.text, span.label_, span.id_) for span in doc.spans["alliance_names"]]
[('Will', 'name_vocative', 'roster')]
>>> [doc[a:b].text for a, b in doc._.alliance_visit["names"]]
['Will', 'Dr. Brown']
"""

from __future__ import annotations

import math
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from ..parse import ensure_parsed
from .contexts import may_be_apart, models, place_cues
from .mentions import Form, Mention, Scene, find_mentions, more_mentions
from .misheard import find_misheard, names_of
from .name_owners import OF_ROSTER, asks_who, bystanders, is_asked, of_other_title, owner_of
from .persons import CLOSED, COMMON, GIVEN, SELDOM, forms_of, lists
from .sounds import best_likeness
from .word_names import begins_as_word, is_time

KEY = "alliance_names"

# Log odds from which a verdict holds, chosen by cross-fitting on training visits.
_FIRST_FORM, _OTHER_FORM, _WORD_AS_NAME = -0.3, 1.7, -0.8
_SAID_TO = 0.0
_MISHEARD, _MISHEARD_BONUS = 1.05, 2.0
_ASKED = 3.0


class Names(NamedTuple):
    """What `find_names` finds, in tokens, half-open, sorted, none overlapping.

    Attributes:
        uses: start, end, label and rule id of every use of the patient's name by the provider.
        persons: start and end of every name of anybody, with its title; names side by side are one.
    """

    uses: list[tuple[int, int, str, str]]
    persons: list[tuple[int, int]]


def find_names(doc: Doc, role: str = "provider") -> Names:
    """Names in a Doc; changes nothing but a missing ``doc._.alliance_visit``.

    The rule ids are ``roster``, ``nickname``, ``misheard`` (sounds like the roster's name), ``says_own`` (the patient
    says it of themselves) and ``inferred``.

    Args:
        doc: a Doc of `parse.parse_visit`, or any Doc, taken as one turn.
        role: who speaks in a Doc without turns.
    """
    state = ensure_parsed(doc, role)
    scene = Scene(doc, state, forms_of(state["patient"]))
    mentions = find_mentions(scene, find_misheard(scene))
    provider = _words_of(state["provider"])
    owners = [owner_of(scene, mention, provider) for mention in mentions]
    for at in of_other_title(scene, mentions, owners):
        owners[at] = "namesake"
    patient = _patient_forms(scene, mentions, owners)
    more = more_mentions(scene, mentions, set(patient)) if patient else []
    mentions, owners = [*mentions, *more], [*owners, *[""] * len(more)]
    uses: list[tuple[int, int, str, str]] = []
    persons: list[tuple[int, int]] = []
    for mention, owner in sorted(zip(mentions, owners, strict=True), key=lambda pair: pair[0].start):
        rule = owner if owner in OF_ROSTER else ""
        if not rule and owner not in ("third", "namesake", "provider") and _stands_as(scene, mention, patient):
            rule = patient[mention.form]
        if not rule and not owner:
            continue
        if persons and persons[-1][1] == mention.start:
            persons[-1] = (persons[-1][0], mention.end)
        else:
            persons.append((mention.start, mention.end))
        if rule and mention.role == "provider":
            label = "name_vocative" if not scene.note and _is_said_to(mention) else "name_reference"
            uses.append((mention.start, mention.end, label, rule))
    return Names(uses, persons)


def _patient_forms(scene: Scene, mentions: list[Mention], owners: list[str]) -> dict[Form, str]:
    """Forms of the patient's name beyond the roster's, each with the rule that found it."""
    others = {m.form for m, owner in zip(mentions, owners, strict=True) if owner in ("third", "provider")}
    others |= {form[:1] for form in others} | bystanders(scene, mentions, owners)
    patient = {m.form: "says_own" for m, owner in zip(mentions, owners, strict=True) if owner == "own"}
    best: dict[Form, float] = {}
    rules: dict[Form, str] = {}
    seen = not OF_ROSTER.isdisjoint(owners)
    names = names_of(scene, "given", "family")
    for mention, owner in zip(mentions, owners, strict=True):
        if scene.note and seen:
            break
        if mention.role != "provider" or owner in OF_ROSTER or mention.form in others or mention.form[:1] in others:
            continue
        if mention.kind and mention.bits & COMMON:
            continue
        asked = not scene.note and asks_who(scene, mention)
        if not asked and (is_asked(scene, mention) or not _is_addressed(scene, mention)):
            continue
        score = max(_score(scene, mention), _ASKED) if asked else _score(scene, mention)
        if mention.bits & COMMON and not mention.title:
            score -= math.log(lists().rates.get(mention.form[0], SELDOM) / SELDOM)
        if scene.forms and best_likeness(mention.form, names) >= _MISHEARD:
            score += _MISHEARD_BONUS
            rules[mention.form] = "misheard"
        best[mention.form] = max(score, best.get(mention.form, score))
    for rank, form in enumerate(sorted(best, key=lambda form: -best[form])):
        least = _OTHER_FORM if seen or rank else _FIRST_FORM
        if rank and not seen and best_likeness(form, ("".join(other) for other in patient)) >= _MISHEARD:
            least -= _MISHEARD_BONUS
        if best[form] > least:
            patient.setdefault(form, rules.get(form, "inferred"))
    for form in [form for form in patient if len(form) > 1]:
        for piece in form:
            patient.setdefault((piece,), patient[form])
    return patient


def _is_addressed(scene: Scene, mention: Mention) -> bool:
    """Whether the place may show who the patient is: set apart like a call, titled, or dictated with an age."""
    if not (mention.title or mention.bits & GIVEN or scene.note or may_be_apart(mention.before, mention.after)):
        return False
    if _begins_place(scene, mention):
        return False
    found = mention.cue_set
    if scene.note:
        return "RC=third_verb" in found and ("age" in found or mention.title) and mention.capital
    if mention.title or "age" in found:
        return True
    apart = ("LC=stop", "LC=greeting", "LC=opener", "L1=you", "L2=you")
    return "RC=third_verb" not in found and not found.isdisjoint(apart)


def _begins_place(scene: Scene, mention: Mention) -> bool:
    """Whether a word on no list goes on with a common one with a capital ("Riverside Clinic")."""
    i = mention.end
    if not scene.cased or mention.title or mention.bits & GIVEN or i >= scene.turns[mention.turn][1]:
        return False
    if i in scene.sentence_starts or scene.bits(i) & (COMMON | CLOSED | GIVEN) != COMMON:
        return False
    return scene.text(i).istitle() and scene.word(i) not in lists().sets["word_and_family"]


def _score(scene: Scene, mention: Mention) -> float:
    return 2.0 if scene.note else models()["patient"].log_odds(place_cues(scene, mention))


def _stands_as(scene: Scene, mention: Mention, patient: dict[Form, str]) -> bool:
    """Whether a mention the roster does not know is one of the inferred forms, said as a name."""
    if mention.form not in patient:
        return False
    if not mention.bits & COMMON or mention.title:
        return True
    if is_time(mention):
        return False
    if scene.cased and mention.inside:
        return True
    if begins_as_word(scene, mention):
        return False
    return mention.role == "provider" and _score(scene, mention) > _WORD_AS_NAME


def _is_said_to(mention: Mention) -> bool:
    """Vocative against reference."""
    found = mention.cue_set
    sets = lists().sets
    if mention.before[-1:] == ["is"] and mention.after[:1] == ["?"] and not sets["asked"].isdisjoint(mention.before):
        return True
    if " ".join(mention.before[-2:]) in sets["said_before_name"] and "RC=third_verb" not in found:
        return True
    if mention.after[:1] == ["'s"] or (mention.before and mention.before[-1] in sets["reference_left"]):
        return False
    if "RC=s_form" in found or _is_told_of(mention):
        return False
    if mention.after[:2] == ["here", "is"] or (mention.after[1:2] == ["n't"] and "RC=modal" in found):
        return False
    if mention.before[-2:] == ["it", "'s"] and mention.after[:1] in ([","], ["?"]):
        return True
    if not sets["device"].isdisjoint(mention.before):
        return False
    if "age" in found and "LC=greeting" not in found and "LC2=greeting" not in found:
        return False
    return models()["vocative"].log_odds(mention.cues) > _SAID_TO


def _is_told_of(mention: Mention) -> bool:
    """Whether a statement of the person follows ("Noah is well"), rather than a question ("Noah is it sore")."""
    sets = lists().sets
    then, after = [*mention.after, "", ""][:2]
    return then in sets["states"] and after.isalpha() and after not in sets["asked_of"]


def _words_of(name: str | None) -> frozenset[str]:
    """Words of the provider's name without credentials."""
    words = (name or "").lower().replace(",", " ").split()
    return frozenset(word for word in words if len(word) > 1) - lists().sets["credential"]


class AllianceNames:
    """The spaCy component: writes ``doc.spans["alliance_names"]`` and ``doc._.alliance_visit["names"]``.

    Args:
        name: the component's name in the pipeline.
        role: who speaks in a Doc without turns.
    """

    def __init__(self, name: str, role: str) -> None:
        self.name, self.role = name, role

    def __call__(self, doc: Doc) -> Doc:
        """Mark the names of one Doc."""
        found = find_names(doc, self.role)
        doc.spans[KEY] = [Span(doc, start, end, label=label, span_id=rule) for start, end, label, rule in found.uses]
        doc._.alliance_visit["names"] = [list(bounds) for bounds in found.persons]
        return doc


@Language.factory("alliance_names", assigns=["doc.spans"], default_config={"role": "provider"})
def make_names(nlp: Language, name: str, role: str = "provider") -> AllianceNames:
    """Make the component.

    Args:
        nlp: the pipeline; only its tokens are needed.
        name: the component's name in the pipeline.
        role: who speaks in a Doc without turns: provider, patient or other.
    """
    return AllianceNames(name, role)
