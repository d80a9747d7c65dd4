"""Label Studio: JSON tasks with the Paragraphs tag (a dialogue), codes as paragraph labels, ratings as stars.

Label Studio counts offsets in a paragraph as JavaScript does, in UTF-16 units; here they count characters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from ...codes import CODES, NAME_CODES
from ...errors import BadCorpus, BadOffsets
from ...records import PARTS
from ..coded import CodedVisit, checked_codes, checked_ratings

_COLOURS = {"goals": "#2f7ed8", "tasks": "#2e8b57", "bond": "#d2691e"}
_NAME_COLOUR = "#808080"
_EXPORTED = "import what `alliance corpus export` wrote and Label Studio exported as JSON"


def write_label_studio(visits: Iterable[CodedVisit], path: Path, *, suggest: bool = False) -> None:
    """Write one task a visit; beside it, with ``.xml`` as its ending, the labelling configuration of the project.

    Args:
        visits: what to write.
        path: the JSON file.
        suggest: put the codes in as predictions, for coders to accept or correct, in place of an annotation.
    """
    tasks = [_task(visit, suggest) for visit in visits]
    path.write_text(json.dumps(tasks, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    path.with_suffix(".xml").write_text(labelling_config(), encoding="utf-8")


def read_label_studio(path: Path, *, coder: str | None = None) -> list[CodedVisit]:
    """Visits that Label Studio exported as JSON; those that the coder has not finished come back as not coded.

    Args:
        path: the JSON file.
        coder: e-mail address or number of the coder whose annotations to take.

    Raises:
        BadCorpus: a task is not one of ours, has annotations of several coders and none was chosen, has an unknown
            code, or a stretch that crosses turns.
        BadOffsets: a stretch is not within its turn.
    """
    try:
        tasks = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise BadCorpus(str(path), "it is no JSON in UTF-8", _EXPORTED) from None
    if not isinstance(tasks, list):
        raise BadCorpus(str(path), "it is no list of tasks", _EXPORTED)
    visits = []
    for number, task in enumerate(tasks, 1):
        place = f"{path}, task {number}"
        try:
            data = task["data"]
            visit_id, rest = data["visit_id"], data["alliance"]
            texts = [paragraph["text"] for paragraph in data["dialogue"]]
            turns = tuple(zip(rest["roles"], texts, strict=True))
            kind, about, turns_about = rest["kind"], rest["about"], tuple(rest["turns_about"])
        except (KeyError, TypeError, ValueError):
            raise BadCorpus(place, "it is no task of ours", _EXPORTED) from None
        place = f"{place}, visit {visit_id}"
        result = _result(task.get("annotations") or (), coder, place)
        try:
            codes = _codes(result or (), visit_id, texts, place)
            rated = rest["ratings"] if result is None else _ratings(result)
        except (KeyError, TypeError, ValueError):
            raise BadCorpus(place, "an annotation is not of the form of our configuration", _EXPORTED) from None
        ordered, ratings = checked_codes(codes, turns, place), checked_ratings(rated, place)
        visits.append(CodedVisit(visit_id, kind, turns, ordered, ratings, about, turns_about, result is not None))
    return visits


def labelling_config() -> str:
    """Label Studio's configuration of the project: the codes by family, a visit as dialogue, three ratings."""
    labels = [(code.name, _COLOURS[code.family]) for code in CODES] + [(name, _NAME_COLOUR) for name in NAME_CODES]
    lines = ["<View>", '  <ParagraphLabels name="code" toName="visit" choice="multiple">']
    lines += [f"    <Label value={quoteattr(name)} background={quoteattr(colour)}/>" for name, colour in labels]
    lines += ["  </ParagraphLabels>"]
    lines += ['  <Paragraphs name="visit" value="$dialogue" layout="dialogue" nameKey="author" textKey="text"/>']
    for part in PARTS:
        lines += [f'  <Header value="{part}, from 1 to 5"/>', f'  <Rating name="{part}" toName="visit" maxRating="5"/>']
    return "\n".join([*lines, "</View>", ""])


def _task(visit: CodedVisit, suggest: bool) -> dict[str, Any]:
    result = [_region(visit, code, turn, start, end) for code, turn, start, end in visit.codes]
    result += [
        {"id": part, "from_name": part, "to_name": "visit", "type": "rating", "value": {"rating": rating}}
        for part, rating in (visit.ratings or {}).items()
    ]
    speakers = [about.get("speaker") for about in visit.turns_about] or [None] * len(visit.turns)
    return {
        "data": {
            "visit_id": visit.visit_id,
            "dialogue": [
                {"author": f"{role} ({speaker})" if speaker else role, "text": text}
                for (role, text), speaker in zip(visit.turns, speakers, strict=True)
            ],
            "alliance": {
                "kind": visit.kind,
                "roles": [role for role, _ in visit.turns],
                "ratings": None if visit.coded else visit.ratings,
                "about": visit.about,
                "turns_about": visit.turns_about,
            },
        },
        **_marked(result, suggest=suggest or not visit.coded),
    }


def _marked(result: list[dict[str, Any]], *, suggest: bool) -> dict[str, Any]:
    """What is marked already: as the annotation of a coder, or as a suggestion where there is something to suggest."""
    if not suggest:
        return {"annotations": [{"result": result}]}
    return {"predictions": [{"model_version": "codes", "result": result}]} if result else {}


def _region(visit: CodedVisit, code: str, turn: int, start: int, end: int) -> dict[str, Any]:
    text = visit.turns[turn][1]
    return {
        "id": f"{turn}-{start}-{end}-{code}",
        "from_name": "code",
        "to_name": "visit",
        "type": "paragraphlabels",
        "value": {
            "start": str(turn),
            "end": str(turn),
            "startOffset": _utf16(text[:start]),
            "endOffset": _utf16(text[:end]),
            "text": text[start:end],
            "paragraphlabels": [code],
        },
    }


def _result(
    annotations: Sequence[Mapping[str, Any]], coder: str | None, place: str
) -> Sequence[Mapping[str, Any]] | None:
    """What the coder marked; None where the coder, or anybody if none is named, has not coded the task."""
    done = [each for each in annotations if not each.get("was_cancelled")]
    if coder is not None:
        done = [each for each in done if coder in _identities(each.get("completed_by"))]
    elif len({min(_identities(each.get("completed_by"))) for each in done}) > 1:
        raise BadCorpus(place, "it has annotations of several coders", "choose one with --coder")
    result: Sequence[Mapping[str, Any]] | None = done[-1].get("result", ()) if done else None
    return result


def _identities(completed_by: object) -> set[str]:
    if isinstance(completed_by, Mapping):
        return {str(completed_by[key]) for key in ("id", "email") if key in completed_by} or {""}
    return {str(completed_by)}


def _codes(
    result: Sequence[Mapping[str, Any]], visit_id: str, texts: Sequence[str], place: str
) -> list[tuple[str, int, int, int]]:
    codes = []
    for region in result:
        if region["type"] != "paragraphlabels":
            continue
        value = region["value"]
        turn = int(value["start"])
        if int(value["end"]) != turn:
            raise BadCorpus(f"{place}, turn {turn}", "a stretch goes on in the next turn", "code each turn by itself")
        if not 0 <= turn < len(texts):
            raise BadOffsets(visit_id, turn, value["startOffset"], value["endOffset"])
        try:
            start, end = (_characters(texts[turn], value[key]) for key in ("startOffset", "endOffset"))
        except UnicodeDecodeError:
            raise BadOffsets(visit_id, turn, value["startOffset"], value["endOffset"]) from None
        codes += [(code, turn, start, end) for code in value["paragraphlabels"]]
    return codes


def _ratings(result: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {each["from_name"]: each["value"]["rating"] for each in result if each["type"] == "rating"}


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _characters(text: str, units: int) -> int:
    """Offset in characters of an offset in UTF-16 units; one past the end for what is beyond it.

    Raises:
        UnicodeDecodeError: it is in the middle of a character.
    """
    encoded = text.encode("utf-16-le")
    if 2 * units > len(encoded):
        return len(text) + 1
    return len(encoded[: 2 * units].decode("utf-16-le"))
