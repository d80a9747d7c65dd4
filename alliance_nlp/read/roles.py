"""Speaker label -> role: what the user says, what the record says, what the label says, else what the words say."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple, get_args

from ..errors import BadOption
from ..records import Patient, Provider, Role
from .draft import DraftTurn
from .infer import infer_roles, load_cues, look_swapped

ROLES: tuple[Role, ...] = get_args(Role)

_PARENS = re.compile(r"\(([^()]*)\)")
_NUMBER = re.compile(r"[\s_#-]*\d+$")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_TITLES = {"mr", "mrs", "ms", "miss", "mx"}
_GUEST = "guest"  # in brackets it is Teams' word for one from outside, the patient included
_REMEDY = 'say who is who with --roles "NAME=provider,NAME=patient"'


class LabelRow(NamedTuple):
    """What ``labels.jsonl`` says of a label; where it is not ``sure``, other labels of the visit decide with it."""

    id: str
    role: Role
    sure: bool


class Names(NamedTuple):
    """Words of the names in the visit's record, lower case."""

    provider: frozenset[str]
    patient: frozenset[str]


class Assigned(NamedTuple):
    """One role a turn, how sure they are (0-1, None where they were given), and what the user should know."""

    roles: list[Role]
    confidence: float | None
    warnings: list[str]


def parse_roles(roles: Mapping[str, str] | str | None) -> dict[str, Role]:
    """The user's map from speaker label (lower case) to role.

    Raises:
        BadOption: an entry is not NAME=ROLE, the role is unknown, or a name has two.

    >>> parse_roles("Dana=provider, Martha=patient")
    {'dana': 'provider', 'martha': 'patient'}
    """
    pairs: list[tuple[str, str]] = []
    if isinstance(roles, str):
        for entry in filter(None, map(str.strip, roles.split(","))):
            name, equals, role = entry.rpartition("=")
            if not equals:
                raise BadOption("--roles", entry, "write NAME=ROLE, as in Dana=provider,Martha=patient")
            pairs.append((name, role))
    else:
        pairs = list((roles or {}).items())
    known: dict[str, Role] = {}
    for name, role in pairs:
        found = next((one for one in ROLES if one == role.strip().lower()), None)
        if found is None:
            raise BadOption("--roles", f"{name}={role}", f"use {', '.join(ROLES[:-1])} or {ROLES[-1]}")
        label = name.strip().casefold()
        if not label:
            raise BadOption("--roles", f"={role}", "write NAME=ROLE, as in Dana=provider,Martha=patient")
        if known.get(label, found) != found:
            raise BadOption("--roles", f"{name}={role}", "this name has another role already; give it one")
        known[label] = found
    return known


def find_label(label: str) -> LabelRow | None:
    """What the table of labels says of a speaker label.

    >>> find_label("Dr. Reed").role, find_label("PATIENT_0").role, find_label("Greg (PT)").role, find_label("Dana")
    ('provider', 'patient', 'provider', None)
    """
    whole, rest, before, after = _tables()
    words = _WORD.findall(_PARENS.sub(" ", label))
    in_parens = _PARENS.findall(label)
    for part in (*in_parens, *label.split(",")[1:]):
        if row := next((after[word] for word in _WORD.findall(part) if word in after), None):
            return row
    for part in in_parens:
        if _plain(part) != _GUEST and (row := rest.get(_plain(part))):
            return row
    for key in (label.strip(), _NUMBER.sub("", label.strip())):
        if row := whole.get(key):
            return row
    if row := rest.get(_plain(label)):
        return row
    return before.get(words[0].casefold()) if len(words) > 1 else None


def name_words(patient: Patient | None, provider: Provider | None) -> Names:
    """The words by which a speaker label can be one of the two in the visit's record.

    >>> sorted(name_words(Patient(given="Martha", aliases=["Ms. K"]), Provider(name="Dana Reed, DPT")).provider)
    ['dana', 'dpt', 'reed']
    """
    patient_names = [patient.given or "", patient.family or "", *patient.aliases] if patient else []
    return Names(
        frozenset(_lower_words((provider.name or "") if provider else "")),
        frozenset(_lower_words(" ".join(patient_names))),
    )


def assign_roles(turns: list[DraftTurn], names: Names, role_map: Mapping[str, Role]) -> Assigned:
    """Role of every turn.

    The user's map goes before the role in the file, that before the record's names, those before the table of labels;
    what is still open is inferred from the words, and stays ``other`` below the threshold of ``role_cues.json``.

    >>> assign_roles([DraftTurn("Hi.", "T"), DraftTurn("Hello.", "C")], Names(frozenset(), frozenset()), {}).roles
    ['provider', 'patient']
    """
    speech: dict[str, list[str]] = {}
    known: dict[str, Role] = {}
    hints: dict[str, Role] = {}
    keys = [_key(turn, role_map) for turn in turns]
    for turn, key in zip(turns, keys, strict=True):
        if key is None:
            continue
        if key not in speech:
            role, sure = _role_of(turn, names, role_map)
            if role:
                (known if sure else hints)[key] = role
        speech.setdefault(key, []).append(turn.text)
    unlabelled = keys.count(None)
    confidence, warnings = None, _unused(role_map, speech, turns)
    if {*known.values(), *hints.values()} >= {"provider", "patient"}:
        known |= hints
    if len(known) < len(speech) and not set(known.values()) >= {"provider", "patient"}:
        found, confidence, warning = _infer(speech, known, hints)
        known |= found
        warnings += [warning] if warning else []
    elif extra := len(speech) - len(known):
        warnings.append(f"{extra} more speaker(s) without a role count as other; {_REMEDY}")
    if turns and not speech:
        warnings.append("no speaker is named, so every turn counts as other; export the visit with speaker names")
    elif unlabelled:
        warnings.append(f"{unlabelled} turn(s) name no speaker and count as other")
    roles: list[Role] = [known.get(key, "other") if key is not None else "other" for key in keys]
    if confidence is None and look_swapped(*(_texts(turns, roles, role) for role in ROLES[:2])):
        warnings.append(f"speaker labels look swapped: the patient asks and the provider reports; if so, {_REMEDY}")
    return Assigned(roles, confidence, warnings)


def _unused(role_map: Mapping[str, Role], speech: Mapping[str, list[str]], turns: list[DraftTurn]) -> list[str]:
    """A warning of the labels the user gave that nobody here has, where they also leave a speaker out."""
    labels = {turn.speaker.strip().casefold() for turn in turns if turn.speaker}
    unused = sorted(role_map.keys() - labels)
    if not unused or all(key.casefold() in role_map for key in speech):
        return []
    return [f"--roles names {', '.join(unused)}, but no speaker of the visit is called so; give the label as it stands"]


def _infer(
    speech: Mapping[str, list[str]], known: Mapping[str, Role], hints: Mapping[str, Role]
) -> tuple[Mapping[str, Role], float | None, str | None]:
    """Roles of the speakers not known yet, the confidence, and the warning; a half-clear label alone stands."""
    found = infer_roles(speech, known, hints)
    if found is None and hints:
        return hints, None, None
    if found is None:
        return {}, 0.0, f"one speaker alone does not show who is who, so their turns count as other; {_REMEDY}"
    confidence = round(found.confidence, 2)
    if confidence < load_cues().threshold:
        why = f"who is who is too uncertain ({confidence:.2f}), so speakers without a clear label count as other"
        return {}, confidence, f"{why}; {_REMEDY}"
    return found.roles, confidence, f"roles were inferred from what is said (confidence {confidence:.2f}); {_REMEDY}"


def _key(turn: DraftTurn, role_map: Mapping[str, Role]) -> str | None:
    """What tells one speaker from another: the label, or the role where a file gives roles and no labels."""
    if turn.role and not (turn.speaker and turn.speaker.strip().casefold() in role_map):
        return f"\0{turn.role}"
    return turn.speaker.strip() if turn.speaker and turn.speaker.strip() else None


def _role_of(turn: DraftTurn, names: Names, role_map: Mapping[str, Role]) -> tuple[Role | None, bool]:
    label = (turn.speaker or "").strip()
    if mapped := role_map.get(label.casefold()):
        return mapped, True
    if turn.role:
        return turn.role, True
    row = find_label(label)
    if row and row.sure:
        return row.role, True
    words = _lower_words(label)
    is_provider, is_patient = (bool(words) and words <= side for side in names)
    if is_provider != is_patient:
        return ("provider" if is_provider else "patient"), True
    return (row.role, False) if row else (None, False)


def _lower_words(name: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(name)} - _TITLES


def _texts(turns: list[DraftTurn], roles: list[Role], role: Role) -> list[str]:
    return [turn.text for turn, given in zip(turns, roles, strict=True) if given == role]


def _plain(label: str) -> str:
    words = _WORD.findall(_NUMBER.sub("", _PARENS.sub(" ", label)).replace("_", " "))
    return " ".join(words).casefold()


@cache
def _tables() -> tuple[dict[str, LabelRow], ...]:
    """Labels by exact spelling, by plain spelling, by title before a name and by letters after a name."""
    whole: dict[str, LabelRow] = {}
    rest: dict[str, LabelRow] = {}
    before: dict[str, LabelRow] = {}
    after: dict[str, LabelRow] = {}
    for line in files(__package__).joinpath("labels.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        row = LabelRow(entry["id"], entry["role"], entry["sure"])
        table = before if entry.get("before_name") else after if entry.get("after_name") else None
        if table is None:
            table = whole if entry.get("case") else rest
        table.update(dict.fromkeys(entry["labels"], row))
    return whole, rest, before, after
