"""PriMock57: ``transcripts/DAY_doctor.TextGrid`` and ``DAY_patient.TextGrid``, ``notes/DAY.json``.

The intervals are read by a pattern and not by a TextGrid library: praatio splits the file at ``intervals [`` also
where that stands in a label and refuses a file with an interval of no length, and nothing but the intervals'
times and labels is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator

from ...errors import BadCorpus
from .originals import Originals
from .public_visit import PublicVisit

_PREFIX = "primock-"
_INTERVAL = re.compile(r'xmin = ([\d.]+)\s*\n\s*xmax = ([\d.]+)\s*\n\s*text = "(.*?)"\s*\n', re.DOTALL)
_UNHEARD = re.compile(r"<UNIN/?>|<INAUDIBLE_SPEECH/?>")
_TAG = re.compile(r"</?[A-Z_]+/?>")
_WORD = re.compile(r"\w")
_SPEAKERS = {"provider": "doctor", "patient": "patient"}


def read_primock(originals: Originals, wanted: Collection[str]) -> Iterator[PublicVisit]:
    """One visit a day and consultation, both speakers' intervals in the order of time; each record has ``note``.

    Args:
        originals: where the files are; a consultation that is not complete there gives no visit.
        wanted: ids of the visits to read.

    Raises:
        BadCorpus: no consultation is there, or a file is not as expected.
    """
    found = False
    for visit_id in sorted(wanted):
        key = visit_id.removeprefix(_PREFIX)
        contents = {
            role: originals.find(f"transcripts/{key}_{speaker}.TextGrid", f"{key}_{speaker}.TextGrid")
            for role, speaker in _SPEAKERS.items()
        }
        note = originals.find(f"notes/{key}.json", f"{key}.json")
        if note is None or None in contents.values():
            continue
        found = True
        about = _note(note, key)
        spoken = sorted(
            (start_s, end_s, role, text)
            for role, content in contents.items()
            for start_s, end_s, text in _intervals((content or b"").decode("utf-8", "replace"))
        )
        yield PublicVisit.of(
            {
                "visit_id": visit_id,
                "source": "PriMock57 (Papadopoulos Korfiatis et al. 2022), CC BY 4.0",
                "setting": about["presenting_complaint"],
                "patient": None,
                "note": about["note"],
                "turns": [
                    {"role": role, "text": text, "start_s": round(start_s, 2), "end_s": round(end_s, 2)}
                    for start_s, end_s, role, text in spoken
                ],
            }
        )
    if wanted and not found:
        raise originals.missing("consultation with its two transcripts and its note")


def _note(content: bytes, key: str) -> dict[str, str]:
    try:
        data = json.loads(content)
        return {name: str(data[name]) for name in ("presenting_complaint", "note")}
    except (ValueError, KeyError, TypeError):
        why = "it is no JSON object with presenting_complaint and note"
        raise BadCorpus(f"notes/{key}.json", why, "download it again from its public home") from None


def _intervals(textgrid: str) -> Iterator[tuple[float, float, str]]:
    """Start and end in seconds and words of every interval with a word in it, tags left out.

    >>> grid = 'xmin = 0.5 \\n xmax = 2 \\n text = "<UNSURE>Hi</UNSURE> <UNIN/>,  ""Jo""." \\n'
    >>> list(_intervals(grid))
    [(0.5, 2.0, 'Hi , "Jo".')]
    """
    for start_s, end_s, label in _INTERVAL.findall(textgrid):
        text = _TAG.sub("", _UNHEARD.sub(" ", label))
        text = " ".join(text.replace('""', '"').split())
        if _WORD.search(text):
            yield float(start_s), float(end_s), text
