"""The table of formats: names, suffixes, and that content decides."""

from pathlib import Path

import pytest

from alliance_nlp.errors import UnreadableFile
from alliance_nlp.read import read_files, read_source, read_visits
from alliance_nlp.read.formats import FORMATS, SUFFIXES, find_format
from alliance_nlp.read.source import Source
from alliance_nlp.records import Visit

DATA = Path(__file__).parent / "data" / "read"
LIKE = {"webvtt": "zoom.vtt", "srt": "whisperx.srt", "sbv": "youtube.sbv", "table": "turns.csv"}
LIKE |= {"textgrid": "tiers.TextGrid", "headed-text": "otter.txt", "json": "visits.jsonl", "text": "note.txt"}


def test_read_formats_have_a_name_of_their_own_and_one_way_to_be_read():
    names = [row.name for row in FORMATS]
    assert len(set(names)) == len(names)
    for row in FORMATS:
        assert sum(how is not None for how in (row.read, row.unpack, row.dialect)) == 1
        assert row.what
        assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in row.suffixes)
        assert bool(row.extra) == bool(row.packages)


@pytest.mark.parametrize("suffix", ["", ".txt", ".dat", ".vtt", ".json", ".csv"])
@pytest.mark.parametrize("name", LIKE)
def test_read_formats_go_by_content_whatever_the_suffix(name, suffix):
    source = Source.in_memory(f"export{suffix}", (DATA / LIKE[name]).read_bytes())
    if name != "text" or suffix in ("", ".txt", ".dat"):
        assert find_format(source).name == name


@pytest.mark.parametrize(("suffix", "why"), [(".vtt", "this is no WebVTT"), (".json", "the JSON is broken")])
def test_read_formats_go_by_suffix_where_content_shows_nothing(suffix, why):
    (error,) = read_source(Source.in_memory(f"a{suffix}", b"Walks daily."), None, {})
    assert why in str(error)


def test_read_formats_of_a_folder_take_what_content_shows(tmp_path):
    for name in ("zoom.vtt", "otter.txt", "tiers.TextGrid"):
        (tmp_path / f"{name}.bak").write_bytes((DATA / name).read_bytes())
    (tmp_path / "scan.png").write_bytes(b"\x89PNG")
    (tmp_path / "empty").touch()
    (tmp_path / "words.log").write_text("Nothing of a visit.")
    assert len(list(read_visits(tmp_path))) == 3


def test_read_formats_suffixes_are_those_of_the_table():
    assert {".vtt", ".srt", ".sbv", ".textgrid", ".json", ".txt", ".csv"} <= SUFFIXES


def test_read_formats_missing_package_is_seen(monkeypatch):
    row = next(row for row in FORMATS if row.name == "textgrid")
    assert row.installed
    monkeypatch.setattr("alliance_nlp.read.row.find_spec", lambda name: None)
    assert not row.installed


def test_read_formats_source_in_memory_is_read_as_a_file_is():
    path = DATA / "zoom.vtt"
    (from_file,) = read_files([path])
    (from_memory,) = read_source(Source.in_memory("zoom.vtt", path.read_bytes()), None, {})
    assert isinstance(from_memory, Visit)
    assert from_memory == from_file


def test_read_formats_source_in_memory_names_its_place():
    with pytest.raises(UnreadableFile, match=r"year\.zip/v1\.vtt: the file is empty"):
        find_format(Source.in_memory("year.zip/v1.vtt", b""))
