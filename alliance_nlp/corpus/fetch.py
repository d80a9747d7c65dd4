"""Public corpora to a data folder: original files -> visits -> checked against the stand-off gold -> written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadCorpus
from .download import download, list_files
from .rows import write_objects
from .sources import read_originals, source_named
from .standoff import Fingerprint, digest, read_fingerprints, standoff_folder, write_gold


@dataclass(frozen=True)
class Fetched:
    """What came of a fetch: how many visits were written, and a sentence for each that differs or is missing."""

    name: str
    path: Path
    kept: int
    left_out: tuple[str, ...]


def fetch_source(
    name: str,
    into: Path,
    *,
    originals: Path | None = None,
    standoff: Path | None = None,
    mirror: str | None = None,
    on_file: Callable[[str], object] = lambda path: None,
) -> Fetched:
    """Write the coded visits of a public corpus, with their gold, in the form that `read_gold` reads.

    Only the visits of the stand-off gold are kept, and of those only the ones whose every turn has the text and the
    role that were coded.

    Args:
        name: ``annomi``, ``aci``, ``primock`` or ``osce``.
        into: the data folder; other corpora in it stay.
        originals: folder with the original files; without it they are downloaded to ``into/originals/NAME``.
        standoff: folder with stand-off gold; the one that comes with the package by default.
        mirror: see `list_files`.
        on_file: is told the path of each file before it is downloaded.

    Raises:
        BadOption: there is no corpus of that name.
        BadCorpus: the files cannot be had, or are not as expected, or no visit is the one that was coded.
    """
    source = source_named(name)
    standoff = standoff or standoff_folder()
    expected = {key: one for key, one in read_fingerprints(standoff).items() if one.source == name}
    if not expected:
        raise BadCorpus(str(standoff), f"it has no visits of {name}", "name a folder with stand-off gold of it")
    if originals is None:
        originals = into / "originals" / name
        for file in list_files(source.home, mirror=mirror):
            on_file(file.path)
            download(file, originals)
    records = {}
    left_out = []
    for public in read_originals(name, originals, expected.keys()):
        visit_id = public.visit.visit_id
        if difference := expected[visit_id].difference(public.record):
            left_out.append(f"visit {visit_id} {difference}; it is left out.")
            continue
        records[visit_id], remark = _with_note(public.record, expected[visit_id])
        left_out += remark
    told = {line.split()[1] for line in left_out}
    left_out += [
        f"visit {visit_id} is not in the files; it is left out."
        for visit_id in expected
        if visit_id not in records and visit_id not in told
    ]
    if not records:
        raise BadCorpus(str(originals), "no visit there is the one that was coded", "check that these are its files")
    path = into / f"{name}.jsonl"
    kept = write_objects(path, (records[visit_id] for visit_id in expected if visit_id in records))
    write_gold(standoff, into)
    return Fetched(name, path, kept, tuple(left_out))


def _with_note(record: dict[str, object], expected: Fingerprint) -> tuple[dict[str, object], list[str]]:
    """The record; without its note where that is not the one that was coded, and a sentence that says so."""
    note = record.get("note")
    if (digest(str(note)) if note else "") == expected.note:
        return record, []
    without = {key: value for key, value in record.items() if key != "note"}
    return without, [f"visit {expected.visit_id} has another note; the note is left out."]
