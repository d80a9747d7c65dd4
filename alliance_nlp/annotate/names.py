"""Names of persons: where the patient is named, and every stretch that names anybody.

Candidates (`mentions`) are judged by the roster and the words around them (`contexts`), never by whether a name is on
a list: a form of the roster that is no word stands wherever it is said, one that is also a word (Will, Hope, Rose)
stands where its place is that of a name. Without a roster, or where the talk shows another name than the roster's,
the patient's name is inferred: the name said in greetings and asides of the provider's turns, or dictated with an age
or a date of birth, that is not the provider's own and not a third person's.

F1 of uses (stretch and vocative/reference) by weights of the contexts fitted without the visits scored: on 308 public
visits .96 with the roster and .95 without, on 71 rehabilitation visits .95 and .85; on the halves whose errors were not
read while the rules were made, .96 and .94, and .93 and .80. Another name in roster and text left the masks as they
were, but where the text has the name as a word or misheard; of names that are words (Will, May), in talk without
capitals, 4 % of the uses were missed and 1 % as many words were taken for one.

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
from .persons import COMMON, GIVEN, SELDOM, forms_of, lists
from .sounds import best_likeness
from .word_names import stands

KEY = "alliance_names"

_OF_ROSTER = frozenset(("roster", "nickname", "misheard"))

# Log odds from which a verdict holds, chosen by cross-fitting on training visits.
_FIRST_FORM, _OTHER_FORM, _WORD_AS_NAME = 0.0, 1.7, -0.8
_SAID_TO = 0.3
_MISHEARD, _MISHEARD_BONUS = 1.05, 2.0


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
    owners = [_owner(scene, mention, provider) for mention in mentions]
    patient = _patient_forms(scene, mentions, owners)
    more = more_mentions(scene, mentions, set(patient)) if patient else []
    mentions, owners = [*mentions, *more], [*owners, *[""] * len(more)]
    uses: list[tuple[int, int, str, str]] = []
    persons: list[tuple[int, int]] = []
    for mention, owner in sorted(zip(mentions, owners, strict=True), key=lambda pair: pair[0].start):
        rule = owner if owner in _OF_ROSTER else ""
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


def _owner(scene: Scene, mention: Mention, provider: frozenset[str]) -> str:
    """Whose name it is as far as its place tells: a roster rule, provider, third, namesake, own, person or ''."""
    known = mention.kind or mention.title or mention.bits & GIVEN or mention.inside
    by_place = _owner_by_place(scene, mention) if known else ""
    if mention.kind:
        if by_place == "namesake" or (by_place == "third" and (not mention.bits & COMMON or mention.capital)):
            return by_place
        if stands(scene, mention):
            return mention.kind if mention.kind in _OF_ROSTER else "roster"
    listed, word = bool(mention.bits & GIVEN), bool(mention.bits & COMMON)
    if by_place and (mention.title or ((listed or mention.inside) and (not word or mention.inside))):
        return by_place
    if provider and provider & set(mention.form) and (not word or mention.capital):
        return "provider"
    return "person" if mention.title or (listed and not word) else ""


def _owner_by_place(scene: Scene, mention: Mention) -> str:
    """``third``, ``namesake``, ``provider`` or ``own`` (said by the patient of themselves), by the words next to it."""
    sets = lists().sets
    title = scene.word(mention.start) if mention.title else ""
    if title in sets["title_clinician"] or title in sets["title_kin"]:
        return "third"
    last, second, third = [*reversed(mention.before), "", "", ""][:3]
    then, after = [*mention.after, "", ""][:2]
    if last in sets["kin"] or (
        last in ("named", "called", ",") and second in sets["kin"] and third in sets["owned_by"]
    ):
        return "third"
    if last in sets["third_before"] or (then in sets["third_after"] and after in sets["third_after_next"]):
        return "namesake"
    said_of_self = (last in ("'m", "am") and second == "i") or (
        last in ("is", "'s") and second == "name" and third == "my"
    )
    shown = (last == "is" and second == "this") or (
        last == "'s" and second in ("it", "here") and then in (",", ".", "from", "with", ">")
    )
    if not said_of_self and (not shown or "age" in mention.cue_set):
        return ""
    return "own" if mention.role == "patient" else "provider"


def _patient_forms(scene: Scene, mentions: list[Mention], owners: list[str]) -> dict[Form, str]:
    """Forms of the patient's name beyond the roster's, each with the rule that found it."""
    others = {m.form for m, owner in zip(mentions, owners, strict=True) if owner in ("third", "provider")}
    others |= {form[:1] for form in others}
    patient = {m.form: "says_own" for m, owner in zip(mentions, owners, strict=True) if owner == "own"}
    best: dict[Form, float] = {}
    rules: dict[Form, str] = {}
    seen = not _OF_ROSTER.isdisjoint(owners)
    names = names_of(scene, "given", "family")
    for mention, owner in zip(mentions, owners, strict=True):
        if scene.note and seen:
            break
        if mention.role != "provider" or owner in _OF_ROSTER or mention.form in others or mention.form[:1] in others:
            continue
        if (mention.kind and mention.bits & COMMON) or not _is_addressed(scene, mention):
            continue
        score = _score(scene, mention)
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
    found = mention.cue_set
    if scene.note:
        return "RC=third_verb" in found and ("age" in found or mention.title) and mention.capital
    if mention.title or "age" in found:
        return True
    apart = ("LC=stop", "LC=greeting", "LC=opener", "L1=you", "L2=you")
    return "RC=third_verb" not in found and not found.isdisjoint(apart)


def _score(scene: Scene, mention: Mention) -> float:
    return 2.0 if scene.note else models()["patient"].log_odds(place_cues(scene, mention))


def _stands_as(scene: Scene, mention: Mention, patient: dict[Form, str]) -> bool:
    """Whether a mention the roster does not know is one of the inferred forms, said as a name."""
    if mention.form not in patient:
        return False
    if not mention.bits & COMMON or mention.title:
        return True
    if scene.cased and mention.inside:
        return True
    return mention.role == "provider" and _score(scene, mention) > _WORD_AS_NAME


def _is_said_to(mention: Mention) -> bool:
    """Vocative against reference."""
    found = mention.cue_set
    sets = lists().sets
    if mention.after[:1] == ["'s"] or (mention.before and mention.before[-1] in sets["reference_left"]):
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
