"""What every loader gives: a public visit with its record in the data folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...records import Visit
from ..units import coding_units


@dataclass(frozen=True)
class PublicVisit:
    """A visit, and all that its source says of it.

    ``record`` is the JSON object of the data folder: the visit's own keys, ``i`` and ``sents`` (bounds of the coding
    units) in each turn, and, where the source has them, ``note``, ``title``, ``quality``, ``subset``, ``expert``.
    """

    visit: Visit
    record: dict[str, Any]

    @classmethod
    def of(cls, record: dict[str, Any]) -> PublicVisit:
        """Number the turns and cut them into coding units.

        >>> PublicVisit.of({"visit_id": "v", "turns": [{"role": "patient", "text": "Hi. Jo."}]}).record["turns"]
        [{'i': 0, 'role': 'patient', 'text': 'Hi. Jo.', 'sents': [[0, 3], [4, 7]]}]
        """
        turns = [
            {"i": index, **turn, "sents": [list(unit) for unit in coding_units(turn["text"])]}
            for index, turn in enumerate(record["turns"])
        ]
        record = {**record, "turns": turns}
        return cls(Visit.model_validate({**record, "kind": "transcript"}), record)

    @property
    def note(self) -> str | None:
        """The note written of the visit, where the source has one."""
        return self.record.get("note")
