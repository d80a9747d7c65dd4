"""Truncated, garbled and random files of every format: visits or one sentence each, soon, and no words in it."""

import warnings
from pathlib import Path

import pytest
from documents import TALK, docx_bytes, pdf_bytes, tar_bytes, zip_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_nlp.errors import AllianceError
from alliance_nlp.read import read_source
from alliance_nlp.read.source import Source
from alliance_nlp.records import Visit

DATA = Path(__file__).parent / "data" / "read"
SAMPLES = {
    **{name: (DATA / name).read_bytes() for name in ("batch.hl7", "bundle.json", "ccda.xml", "note.html", "note.rtf")},
    "note.docx": docx_bytes(lambda document: document.add_paragraph("Pt wants to swim.")),
    "note.pdf": pdf_bytes(["Pt wants to swim."], ["Next visit Thursday."]),
    "year.zip": zip_bytes([("v1.txt", TALK), ("v2.txt", TALK)]),
    "year.tgz": tar_bytes([("v1.txt", TALK), ("v2.txt", TALK)]),
    "year.tar": tar_bytes([("v1.txt", TALK)], "w:"),
}


def check(name, data):
    """Nothing but visits and our own errors comes, and no warning of a library."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = list(read_source(Source.in_memory(name, data), None, {}))
    assert found
    for one in found:
        assert isinstance(one, Visit | AllianceError)
        if isinstance(one, AllianceError):
            assert "swim" not in str(one)
            assert "\n" not in str(one)


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_read_hostile_garbled(name, data):
    sample = bytearray(SAMPLES[name])
    places = st.integers(0, len(sample) - 1)
    for at, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=30)):
        sample[at] = byte
    check(name, bytes(sample[: data.draw(st.one_of(st.just(len(sample)), places))]))


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=10, deadline=None)
@given(tail=st.binary(max_size=400))
def test_read_hostile_random_after_the_first_bytes(name, tail):
    check(name, SAMPLES[name][:8] + tail)
    check(name, tail)


@pytest.mark.parametrize("name", SAMPLES)
def test_read_hostile_samples_are_sound(name):
    assert all(isinstance(one, Visit) for one in read_source(Source.in_memory(name, SAMPLES[name]), None, {}))
