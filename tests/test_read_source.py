"""Encodings and limits of a file."""

import codecs
import os
import sys
from pathlib import Path

import pytest

from alliance_nlp.errors import MissingExtra, UnreadableFile
from alliance_nlp.read.source import MAX_FILE_BYTES, Source, parse_clock

TEXT = "Therapist: How’s the café walk?\nPatient: Fine.\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("cp1252"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
    ],
)
def test_read_source_gives_the_same_text_in_every_encoding(data, tmp_path):
    (tmp_path / "a.txt").write_bytes(data)
    assert Source(tmp_path / "a.txt").text() == TEXT


def test_read_source_lines_of_utf16(tmp_path):
    (tmp_path / "a.jsonl").write_bytes("a\nb\n".encode("utf-16"))
    assert list(Source(tmp_path / "a.jsonl").lines()) == [(1, "a\n"), (2, "b\n")]


def test_read_source_without_the_extra_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_bytes(TEXT.encode("cp1252"))
    monkeypatch.setitem(sys.modules, "charset_normalizer", None)
    with pytest.raises(MissingExtra, match=r"pip install 'alliance_nlp\[formats\]'"):
        Source(tmp_path / "a.txt").text()


def test_read_source_bad_line_costs_only_itself(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"one\nt\xffwo\nthr\x00ee\nfour\n")
    found = list(Source(tmp_path / "a.jsonl").lines())
    assert [number for number, _ in found] == [1, 2, 3, 4]
    assert [isinstance(line, UnreadableFile) for _, line in found] == [False, True, True, False]


def test_read_source_does_not_guess_over_damaged_utf8(tmp_path):
    (tmp_path / "a.txt").write_bytes("Zoë naïve café – “yes”".encode() + b"\xff")
    with pytest.raises(UnreadableFile, match="UTF-8 with damaged characters"):
        Source(tmp_path / "a.txt").text()


def test_read_source_overlong_line_costs_only_itself(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"x" * (2 * MAX_FILE_BYTES + 5) + b"\nnext\n")
    (_, first), second = Source(tmp_path / "a.jsonl").lines()
    assert isinstance(first, UnreadableFile)
    assert second == (2, "next\n")


@pytest.mark.parametrize(
    ("text", "seconds"), [("00:01:02", 62.0), ("1:02.5", 62.5), ("3", 3.0), ("-1", None), ("1:2:3:4", None), ("", None)]
)
def test_read_source_parse_clock(text, seconds):
    assert parse_clock(text) == seconds


def test_read_source_refuses_a_pipe_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "a.jsonl")
    with pytest.raises(UnreadableFile, match="a pipe or a device; give a file, "):
        Source(tmp_path / "a.jsonl").text()


def test_read_source_name_that_is_no_unicode_makes_a_clean_id():
    assert Source(Path("caf\udce9.txt")).stem == "caf\N{REPLACEMENT CHARACTER}"


def test_read_source_in_memory_gives_lines_text_and_head_again_and_again():
    source = Source.in_memory("year.zip/May/v1.VTT", b"\xef\xbb\xbf\n WEBVTT\r\n\r\nrest")
    assert [line for _, line in source.lines(None)] == ["\n", " WEBVTT\n", "\n", "rest"]
    assert (source.head, source.text()) == ("WEBVTT\n\nrest", "\n WEBVTT\n\nrest")
    assert (source.stem, source.suffix) == ("v1", ".vtt")


def test_read_source_sibling_is_in_the_same_folder_or_archive(tmp_path):
    (tmp_path / "b.txt").write_text("B.")
    assert Source(tmp_path / "a.txt").sibling("b.txt").text() == "B."
    assert Source(tmp_path / "a.txt").sibling("c.txt") is None
    assert Source.in_memory("a.txt", b"A.").sibling("b.txt") is None
    members = {"b.txt": Source.in_memory("year.zip/b.txt", b"B.")}
    assert Source(Path("year.zip/a.txt"), members["b.txt"].open, members.get).sibling("b.txt").text() == "B."
