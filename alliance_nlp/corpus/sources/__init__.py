"""The public corpora: where each is at home, under which licence, and how its files become visits.

``sources.json`` is the table; a loader a source turns the original files into visits, character by character.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ...errors import BadOption
from .aci import read_aci
from .annomi import read_annomi
from .originals import Originals
from .osce import read_osce
from .primock import read_primock
from .public_visit import PublicVisit

__all__ = ["Home", "PublicVisit", "Source", "read_originals", "source_named", "sources"]

Loader = Callable[[Originals, Collection[str]], Iterator[PublicVisit]]

_LOADERS: dict[str, Loader] = {"annomi": read_annomi, "aci": read_aci, "primock": read_primock, "osce": read_osce}


class Home(BaseModel):
    """Where a source's files can be listed and downloaded.

    ``files``: regular expression that the whole path of a wanted file matches.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["github", "figshare"]
    files: str
    repository: str | None = None
    collection: str | None = None


class Source(BaseModel):
    """A public corpus: title, address for people, licence, citation, home of the files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    address: str
    licence: str
    citation: str
    home: Home


@cache
def sources() -> dict[str, Source]:
    """The public corpora by name.

    >>> list(sources())
    ['annomi', 'aci', 'primock', 'osce']
    """
    table = json.loads(files(__package__).joinpath("sources.json").read_text("utf-8"))
    return {name: Source.model_validate(about) for name, about in table.items()}


def source_named(name: str) -> Source:
    """One public corpus.

    Raises:
        BadOption: there is none of that name.
    """
    if name not in sources():
        raise BadOption("NAME", name, f"use {', '.join(sources())} or all")
    return sources()[name]


def read_originals(name: str, folder: Path, wanted: Collection[str]) -> Iterator[PublicVisit]:
    """Visits of a public corpus from its original files.

    Args:
        name: ``annomi``, ``aci``, ``primock`` or ``osce``.
        folder: the files as downloaded or cloned, at any depth, also in zip archives.
        wanted: ids of the visits to read.

    Raises:
        BadOption: there is no corpus of that name.
        BadCorpus: the files are not there or not as expected.
    """
    source_named(name)
    return _LOADERS[name](Originals(folder), wanted)
