"""Praat TextGrids, alone and in pairs."""

import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from hostile import read_all, spoilt_text
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_nlp.batch.inputs import find_files
from alliance_nlp.errors import MissingExtra, UnreadableFile
from alliance_nlp.read import list_files, read_files, read_visits

DATA = Path(__file__).parent / "data" / "read"
HALVES = ("v1_doctor.TextGrid", "v1_patient.TextGrid")
PAIR = [
    ("provider", "Hello, how is the knee?", 0.0, 2.125),
    ("patient", "Better, thank you – it’s fine.", 2.5, 4.75),
    ("provider", 'And the "big" stairs ?', 5.0, 7.25),
]


def turns(visit):
    return [(turn.role, turn.text, turn.start_s, turn.end_s) for turn in visit.turns]


@pytest.fixture
def pair(tmp_path):
    """A folder with a long form in UTF-8 and a short one in UTF-16, as the two halves of a visit."""
    for name in HALVES:
        shutil.copy(DATA / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", HALVES)
def test_read_textgrid_either_half_gives_the_visit(name, pair):
    (visit,) = read_visits(pair / name)
    assert visit.visit_id == "v1"
    assert turns(visit) == PAIR


def test_read_textgrid_pair_in_a_folder_or_named_twice_is_one_visit(pair):
    assert [file.name for file in list_files(pair)] == ["v1_doctor.TextGrid"]
    for paths in ([pair], [pair / name for name in HALVES], [pair / name for name in reversed(HALVES)]):
        assert [turns(visit) for visit in read_files(paths)] == [PAIR]


def test_read_textgrid_pair_is_one_input_of_a_batch(pair):
    for paths in ([pair], [pair / name for name in HALVES]):
        assert list(find_files(paths)) == [pair / HALVES[0]]


def test_read_textgrid_pair_in_a_zip_is_one_visit(pair):
    with zipfile.ZipFile(pair / "year.zip", "w") as archive:
        for name in HALVES:
            archive.write(pair / name, f"may/{name}")
    assert [turns(visit) for visit in read_visits(pair / "year.zip")] == [PAIR]


def test_read_textgrid_labels_may_be_upper_case(tmp_path):
    for name, copy in zip(HALVES, ("V1-Doctor.TextGrid", "V1-Patient.TextGrid"), strict=True):
        shutil.copy(DATA / name, tmp_path / copy)
    (visit,) = read_visits(tmp_path)
    assert (visit.visit_id, turns(visit)) == ("V1", PAIR)


def test_read_textgrid_half_alone_says_what_is_missing(tmp_path):
    shutil.copy(DATA / HALVES[1], tmp_path)
    (visit,) = read_visits(tmp_path)
    assert visit.visit_id == "v1_patient"
    assert "the file of the other speaker is missing beside this one" in visit.warnings


def test_read_textgrid_bad_other_half_is_named(pair):
    (pair / HALVES[1]).write_text("nothing")
    (error,) = read_files([pair])
    assert str(error) == f"{pair / HALVES[1]}: this is no TextGrid; save it again from Praat."


def test_read_textgrid_tiers_are_speakers_and_sounds_are_none():
    (visit,) = read_visits(DATA / "tiers.TextGrid")
    assert turns(visit) == [
        ("provider", "Any pain?", 0.0, 2.0),
        ("patient", "No.", 2.2, 3.9),
        ("provider", "Good.", 4.0, 6.0),
    ]


def test_read_textgrid_of_an_aligner_joins_words():
    (visit,) = read_visits(DATA / "mfa.TextGrid")
    assert [(turn.speaker, turn.text) for turn in visit.turns] == [("dana", "any pain"), ("martha", "no")]


def test_read_textgrid_is_known_without_its_suffix(tmp_path):
    shutil.copy(DATA / "tiers.TextGrid", tmp_path / "export.txt")
    (visit,) = read_visits(tmp_path / "export.txt")
    assert len(visit.turns) == 3


def test_read_textgrid_cut_off_is_an_error(tmp_path):
    text = (DATA / "tiers.TextGrid").read_text()
    (tmp_path / "a.TextGrid").write_text(text[: text.index('4\n6\n"Good."')])
    with pytest.raises(UnreadableFile, match="the TextGrid is damaged or cut off; save it again from Praat"):
        next(read_visits(tmp_path / "a.TextGrid"))


def test_read_textgrid_without_words_is_an_error(tmp_path):
    text = 'File type = "ooTextFile short"\n"TextGrid"\n\n0\n1\n<exists>\n1\n"IntervalTier"\n"a"\n0\n1\n1\n0\n1\n""\n'
    (tmp_path / "a.TextGrid").write_text(text)
    with pytest.raises(UnreadableFile, match="has no interval with words"):
        next(read_visits(tmp_path / "a.TextGrid"))


def test_read_textgrid_without_the_extra_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "praatio.utilities.textgrid_io", None)
    with pytest.raises(MissingExtra, match=r"pip install 'alliance_nlp\[formats\]'"):
        next(read_visits(DATA / "tiers.TextGrid"))


@pytest.mark.parametrize("name", [*HALVES, "tiers.TextGrid", "mfa.TextGrid"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_read_textgrid_spoilt_file_is_a_visit_or_a_sentence(name, data):
    read_all(name, data.draw(spoilt_text((DATA / name).read_bytes())))
