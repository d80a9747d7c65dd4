"""Give a patient another name, in the roster and in the text, and see that no score moves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..model import AllianceModel
from ..records import PARTS, Patient, Visit

Name = tuple[str, str]

#: Names a patient is given instead, common and rare.
NEW_NAMES: tuple[Name, ...] = (("Jennifer", "Smith"), ("Xiomara", "Okonkwo"), ("Priya", "Natarajan"))
#: Names that are also words, which no context tells from the word every time.
WORD_NAMES: tuple[Name, ...] = (("Hope", "Marsh"), ("Will", "Park"))


def swap_name(visit: Visit, given: str, family: str) -> Visit:
    """The visit with the patient's given and family name replaced everywhere, keeping lower case and capitals.

    >>> turns = [{"role": "provider", "text": "Hi Jo."}]
    >>> swap_name(Visit(visit_id="v", patient={"given": "Jo"}, turns=turns), "Ann", "Poe").turns[0].text
    'Hi Ann.'
    """
    if visit.patient is None:
        return visit
    table = {old: new for old, new in ((visit.patient.given, given), (visit.patient.family, family)) if old}
    patient = Patient(given=table.get(visit.patient.given or ""), family=table.get(visit.patient.family or ""))
    turns = tuple(turn.model_copy(update={"text": _replace(turn.text, table)}) for turn in visit.turns)
    text = None if visit.text is None else _replace(visit.text, table)
    return visit.model_copy(update={"patient": patient, "turns": turns, "text": text})


def largest_change(
    model: AllianceModel, visits: Iterable[Visit], *, roster: bool, names: Sequence[Name] = NEW_NAMES
) -> float:
    """Largest change of any part of any visit when the patient's name is swapped; points on the 1-5 scale.

    Args:
        model: the model.
        visits: visits with a roster name; aliases are left out of the comparison.
        roster: whether the model is told the names.
        names: given and family names to swap in.
    """
    largest = 0.0
    for visit in visits:
        if visit.patient and (visit.patient.given or visit.patient.family):
            plain = visit.patient.model_copy(update={"aliases": ()})
            forms = [visit.model_copy(update={"patient": plain})]
            forms += [swap_name(forms[0], given, family) for given, family in names]
            if not roster:
                forms = [form.model_copy(update={"patient": None}) for form in forms]
            scores = [model.score(form, text=False).scores for form in forms]
            for part in PARTS:
                values = [getattr(s, part).value or 0.0 for s in scores if s]
                largest = max(largest, max(values, default=0.0) - min(values, default=0.0))
    return largest


def _replace(text: str, table: dict[str, str]) -> str:
    def new(match: re.Match[str]) -> str:
        word = match.group()
        name = next(value for key, value in table.items() if key.lower() == word.lower())
        return name.lower() if word.islower() else name.upper() if word.isupper() and len(word) > 1 else name

    names = "|".join(re.escape(name) for name in sorted(table, key=len, reverse=True))
    return re.sub(rf"\b(?:{names})\b", new, text, flags=re.IGNORECASE) if names else text
