"""How strong the therapeutic alliance looks in a visit (Goal, Task, Bond), and which sentences say so.

Importing this package loads no model and no heavy library: each public name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .concord.compare import compare
    from .concord.records import ConcordanceReport
    from .errors import AllianceError
    from .model import AllianceModel, load
    from .read import read_visits
    from .records import Turn, Visit, VisitReport

    __version__: str

__all__ = [
    "AllianceError",
    "AllianceModel",
    "ConcordanceReport",
    "Turn",
    "Visit",
    "VisitReport",
    "__version__",
    "compare",
    "load",
    "read_visits",
]

_HOME = {
    "AllianceError": "errors",
    "AllianceModel": "model",
    "ConcordanceReport": "concord.records",
    "Turn": "records",
    "Visit": "records",
    "VisitReport": "records",
    "compare": "concord.compare",
    "load": "model",
    "read_visits": "read",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return metadata.version("alliance_nlp")
    if name in _HOME:
        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
