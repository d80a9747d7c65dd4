"""The table of formats: how each is recognised by its content, what tells who speaks, and which reader takes it.

A format is a row here and a reader of its own module. The order matters: the first row whose ``sniff`` holds is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from ..errors import AllianceError, UnreadableFile
from .archive import is_docx, is_gzip, is_tar, is_zip, unpack_gzip, unpack_tar, unpack_zip
from .captions import read_sbv, read_srt, read_vtt
from .ccda import is_ccda, read_ccda
from .docx import read_docx
from .draft import Draft
from .fhir import is_fhir, is_other_export, read_fhir
from .headed import looks_headed
from .hl7v2 import read_hl7
from .html import read_html
from .json_visits import is_turn_list, is_visit, read_turn_list, read_visit
from .labelled import read_text
from .objects import Dialect, looks_like_json, read_objects
from .parquet import is_parquet, read_parquet
from .pdf import read_pdf
from .row import Format, ReadObject, Sniff
from .rtf import read_rtf
from .source import Source
from .tables import looks_like_table, read_table
from .textgrid import is_textgrid, read_textgrid
from .transcribers import aws, deepgram, results, utterances, whisper

_JSON = (".json", ".jsonl", ".ndjson")


def _begins(pattern: str) -> Sniff:
    compiled = re.compile(pattern)
    return lambda source: bool(compiled.match(source.head))


def _read_json(source: Source, _: Collection[str]) -> Iterator[Draft | UnreadableFile]:
    return read_objects(source, DIALECTS)


def _dialect(name: str, what: str, speaker: str, fits: Callable[[Any], bool], read: ReadObject) -> Format:
    return Format(name, what, speaker, _JSON, dialect=Dialect(fits, read))


FORMATS: tuple[Format, ...] = (
    Format(
        "webvtt",
        "WebVTT captions: Zoom, Teams, Meet, WhisperX",
        "<v Name>, Name: text, (Name)",
        (".vtt",),
        sniff=_begins(r"WEBVTT\b"),
        read=read_vtt,
        extra="formats",
        packages=("webvtt",),
    ),
    Format(
        "srt",
        "SRT captions (WhisperX)",
        "[SPEAKER_00]: text, Name: text",
        (".srt",),
        sniff=_begins(r"\d+\s*\n\s*\d+:\d{2}:\d{2}[,.]\d+\s*-->"),
        read=read_srt,
        extra="formats",
        packages=("webvtt",),
    ),
    Format(
        "sbv",
        "SBV captions: YouTube",
        ">> NAME: text",
        (".sbv",),
        sniff=_begins(r"\d+:\d{1,2}:\d{1,2}\.\d{3},\d+:\d{1,2}:\d{1,2}\.\d{3}[ \t]*\n"),
        read=read_sbv,
        extra="formats",
        packages=("webvtt",),
    ),
    Format(
        "textgrid",
        "Praat TextGrids, also in pairs: V_doctor, V_patient",
        "tier, or the file's name",
        (".textgrid",),
        sniff=is_textgrid,
        read=read_textgrid,
        extra="formats",
        packages=("praatio",),
    ),
    Format(
        "headed-text",
        "Otter's text, Zoom's saved transcript",
        "Name  0:07 or [Name] 09:15:32 above the text",
        (".txt",),
        sniff=looks_headed,
        read=read_text,
    ),
    Format(
        "json",
        "visits as `alliance schema` prints them, one, a list or one a line",
        "role, else speaker",
        _JSON,
        dialect=Dialect(is_visit, read_visit),
    ),
    Format(
        "json-turns",
        "a list of turns: text, speaker, start, end",
        "speaker or role",
        _JSON,
        dialect=Dialect(is_turn_list, read_turn_list),
    ),
    _dialect(
        "healthscribe", "AWS HealthScribe: transcript", "ParticipantRole", aws.is_healthscribe, aws.read_healthscribe
    ),
    _dialect(
        "healthscribe-note", "AWS HealthScribe: summary", "", aws.is_healthscribe_note, aws.read_healthscribe_note
    ),
    _dialect("transcribe", "Amazon Transcribe", "speaker_label or channel", aws.is_transcribe, aws.read_transcribe),
    _dialect("deepgram", "Deepgram", "speaker or channel", deepgram.is_deepgram, deepgram.read_deepgram),
    _dialect("assemblyai", "AssemblyAI", "speaker", utterances.is_assemblyai, utterances.read_assemblyai),
    _dialect("gladia", "Gladia", "speaker or channel", utterances.is_gladia, utterances.read_gladia),
    _dialect("pyannote", "pyannoteAI", "speaker", utterances.is_pyannote, utterances.read_pyannote),
    _dialect("watson", "IBM Watson", "speaker_labels", results.is_watson, results.read_watson),
    _dialect("google", "Google Speech-to-Text", "speakerTag", results.is_google, results.read_google),
    _dialect(
        "whisper", "WhisperX, Whisper, whisper.cpp", "speaker (WhisperX)", whisper.is_whisper, whisper.read_whisper
    ),
    Format(
        "table",
        "CSV or TSV with one row a turn or one row a visit",
        "column speaker or role; labels in the text",
        (".csv", ".tsv"),
        looks_like_table,
        read_table,
    ),
    Format(
        "parquet",
        "Parquet with one row a turn or one row a visit",
        "as in table; turns in a list as in json",
        (".parquet", ".pq"),
        sniff=is_parquet,
        read=read_parquet,
        extra="parquet",
        packages=("pyarrow",),
    ),
    _dialect(
        "fhir",
        "FHIR R4: DocumentReference, Composition, Bundle, also a resource a line",
        "as in the attachment",
        is_fhir,
        read_fhir,
    ),
    Format(
        "ccda",
        "C-CDA: note activities, else the narrative of the sections",
        "as in the attachment",
        (".xml", ".cda", ".ccda"),
        sniff=is_ccda,
        read=read_ccda,
        extra="formats",
        packages=("defusedxml", "bs4"),
    ),
    Format(
        "hl7v2",
        "HL7 v2: MDM and ORU with text, also batches and MLLP",
        "Name: text",
        (".hl7",),
        sniff=_begins(r"(?:MSH|FHS|BHS)[^\w\s]"),
        read=read_hl7,
        extra="formats",
        packages=("hl7",),
    ),
    Format(
        "docx",
        "Word: Teams transcripts, labelled transcripts, notes",
        "Name 0:03 above the text, Name: text",
        (".docx",),
        sniff=is_docx,
        read=read_docx,
        extra="formats",
        packages=("docx",),
    ),
    Format(
        "pdf",
        "PDF with text: notes and labelled transcripts",
        "Name: text",
        (".pdf",),
        sniff=lambda source: b"%PDF-" in source.beginning[:1024],
        read=read_pdf,
        extra="formats",
        packages=("pypdf",),
    ),
    Format(
        "rtf",
        "rich text: notes and labelled transcripts",
        "Name: text",
        (".rtf",),
        sniff=lambda source: source.beginning.startswith(b"{\\rtf"),
        read=read_rtf,
        extra="formats",
        packages=("striprtf",),
    ),
    Format(
        "html",
        "web pages: notes and labelled transcripts",
        "Name: text",
        (".html", ".htm", ".xhtml"),
        sniff=_begins(r"(?i)(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body)\b"),
        read=read_html,
        extra="formats",
        packages=("bs4", "lxml"),
    ),
    Format("zip", "archives of any of these, also one in another", "", (".zip",), is_zip, unpack=unpack_zip),
    Format("tar", "archives of any of these", "", (".tar",), is_tar, unpack=unpack_tar),
    Format("gzip", "one of these compressed, or a .tar.gz", "", (".gz", ".tgz"), is_gzip, unpack=unpack_gzip),
    Format("text", "labelled text, or a visit note", "Name: text, [doctor] text", (".txt", ".md"), read=read_text),
)
DIALECTS: tuple[Dialect, ...] = (
    *(row.dialect for row in FORMATS if row.dialect),
    Dialect(lambda _: False, read_visit),  # says why it is no visit
)
SUFFIXES: frozenset[str] = frozenset(suffix for row in FORMATS for suffix in row.suffixes)
"""What files of a folder are picked by."""

_NOT_VISITS = {"readme", "license", "licence", "changelog", "codebook", "notice", "metadata", "manifest"}
_TEXT = FORMATS[-1]
_ANY_JSON = Format("json", "JSON", "", _JSON, looks_like_json, _read_json)
_SNIFFED = (*(row for row in FORMATS if row.sniff), _ANY_JSON)


def find_format(source: Source) -> Format:
    """The format of a source: by its content, else by its suffix, else text.

    Raises:
        UnreadableFile: the source is empty or cannot be opened.

    >>> find_format(Source.in_memory("captions.txt", b"WEBVTT\\n\\n")).name
    'webvtt'
    """
    return sniffed_format(source) or _by_suffix(source.suffix) or _TEXT


def sniffed_format(source: Source) -> Format | None:
    """The format that the content shows beyond doubt; of several, the one that has the suffix.

    Raises:
        UnreadableFile: the source is empty or cannot be opened.
    """
    rows = [row for row in _SNIFFED if row.sniff and row.sniff(source)]
    return next((row for row in rows if source.suffix in row.suffixes), next(iter(rows), None))


def is_readable(source: Source) -> bool:
    """Whether a file of a folder or an archive may hold visits: by its suffix, else by its content."""
    if source.stem.lower() in _NOT_VISITS:
        return False
    try:
        if source.suffix in SUFFIXES:
            return not is_other_export(source)
        return sniffed_format(source) is not None
    except AllianceError:
        return source.suffix in SUFFIXES


def _by_suffix(suffix: str) -> Format | None:
    if suffix in _JSON:
        return _ANY_JSON
    return next((row for row in reversed(FORMATS) if suffix in row.suffixes), None)
