from zipfile import ZipFile

import pytest
from public_corpora import (
    ANNOMI_COLUMNS,
    ANNOMI_ROWS,
    OSCE_TEXT,
    load,
    write_aci,
    write_annomi,
    write_csv,
    write_osce,
    write_primock,
)

from alliance_nlp.corpus.sources import read_originals, source_named, sources
from alliance_nlp.errors import BadCorpus, BadOption


def said(public):
    return [(turn.role, turn.text) for turn in public.visit.turns]


def test_corpus_sources_say_licence_and_citation_of_each():
    assert all(source.licence and source.citation and source.address for source in sources().values())


def test_corpus_sources_refuses_an_unknown_name():
    with pytest.raises(BadOption, match="use annomi, aci, primock, osce or all"):
        source_named("mimic")


def test_corpus_sources_annomi_takes_the_first_row_of_an_utterance_in_numeric_order(tmp_path):
    write_annomi(tmp_path)
    public = load("annomi", tmp_path, "annomi-7")["annomi-7"]
    assert said(public) == [("patient", "Dr. Ray? I want to sleep."), ("provider", "Go on.")]
    assert [turn.start_s for turn in public.visit.turns] == [9.0, 70.0]
    assert public.visit.setting == "alcohol"
    assert (public.record["quality"], public.record["title"]) == ("high", "Talk, part 1")


def test_corpus_sources_annomi_joins_the_annotators_labels(tmp_path):
    write_annomi(tmp_path)
    turn = load("annomi", tmp_path, "annomi-7")["annomi-7"].record["turns"][0]
    assert turn["annotators"] == 3
    assert turn["expert"]["client_talk_type"] == "change"
    assert turn["expert"]["question_subtype"] is None
    assert turn["sents"] == [[0, 8], [9, 25]]


def test_corpus_sources_annomi_knows_no_time_where_there_is_none(tmp_path):
    write_annomi(tmp_path)
    assert load("annomi", tmp_path, "annomi-8")["annomi-8"].visit.turns[0].start_s is None


def test_corpus_sources_read_only_what_is_wanted(tmp_path):
    write_annomi(tmp_path)
    assert set(load("annomi", tmp_path, "annomi-8", "annomi-9")) == {"annomi-8"}


def test_corpus_sources_annomi_refuses_a_table_without_a_column(tmp_path):
    write_csv(tmp_path / "AnnoMI-full.csv", ANNOMI_COLUMNS[1:], [row[1:] for row in ANNOMI_ROWS])
    with pytest.raises(BadCorpus, match="no column mi_quality"):
        load("annomi", tmp_path, "annomi-7")


def test_corpus_sources_annomi_refuses_a_number_that_is_none(tmp_path):
    row = list(ANNOMI_ROWS[0])
    row[4] = "first"
    write_annomi(tmp_path, [row])
    with pytest.raises(BadCorpus, match="transcript 7: an utterance_id is no number"):
        load("annomi", tmp_path, "annomi-7")


def test_corpus_sources_aci_splits_at_tags_that_begin_a_line(tmp_path):
    write_aci(tmp_path)
    assert said(load("aci", tmp_path, "aci-D1")["aci-D1"]) == [
        ("provider", "hi , anna . how are you ?"),
        ("patient", "[laughs] fine ."),
        ("other", "she is not ."),
    ]


def test_corpus_sources_aci_takes_names_and_complaint_from_the_metadata(tmp_path):
    write_aci(tmp_path)
    public = load("aci", tmp_path, "aci-D1")["aci-D1"]
    assert (public.visit.patient.given, public.visit.patient.family) == ("Anna", None)
    assert public.visit.setting == "knee pain"
    assert public.record["patient"]["age"] == "50"
    assert public.record["subset"] == "aci"


def test_corpus_sources_aci_notes_have_the_line_ends_of_the_gold(tmp_path):
    write_aci(tmp_path, note="Plan:\r\nRest.")
    assert load("aci", tmp_path, "aci-D1")["aci-D1"].note == "Plan:\nRest."


def test_corpus_sources_aci_reads_every_split(tmp_path):
    write_aci(tmp_path, split="clef_taskC_test3")
    assert set(load("aci", tmp_path, "aci-D1")) == {"aci-D1"}


def test_corpus_sources_primock_puts_both_speakers_in_order_of_time(tmp_path):
    write_primock(tmp_path)
    public = load("primock", tmp_path, "primock-day1_consultation01")["primock-day1_consultation01"]
    assert said(public) == [
        ("provider", "Hello Jo."),
        ("patient", "Yes."),
        ("patient", "Mm."),
        ("provider", 'He said "rest".'),
    ]
    assert (public.visit.turns[0].start_s, public.visit.turns[0].end_s) == (1.5, 2.0)
    assert (public.note, public.visit.setting) == ("Knee pain.\r\nRest. ", "my knee")


def test_corpus_sources_primock_passes_over_an_incomplete_consultation(tmp_path):
    write_primock(tmp_path)
    write_primock(tmp_path, "day1_consultation02")
    (tmp_path / "transcripts" / "day1_consultation02_patient.TextGrid").unlink()
    wanted = ("primock-day1_consultation01", "primock-day1_consultation02")
    assert set(load("primock", tmp_path, *wanted)) == {wanted[0]}


def test_corpus_sources_primock_refuses_a_note_that_is_none(tmp_path):
    write_primock(tmp_path)
    (tmp_path / "notes" / "day1_consultation01.json").write_text("[]", encoding="utf-8")
    with pytest.raises(BadCorpus, match=r"notes/day1_consultation01\.json: it is no JSON object"):
        load("primock", tmp_path, "primock-day1_consultation01")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_corpus_sources_osce_joins_lines_without_a_tag(tmp_path, encoding):
    write_osce(tmp_path, encoding)
    assert said(load("osce", tmp_path, "osce-MSK0001")["osce-MSK0001"]) == [
        ("provider", "Any pain?"),
        ("patient", "A little. In the knee. D:"),
        ("provider", "OK, Mr. A. Since when?"),
    ]


def test_corpus_sources_find_files_in_archives_without_their_shadows(tmp_path):
    with ZipFile(tmp_path / "Data.zip", "w") as archive:
        archive.writestr("Data/Clean Transcripts/MSK0001.txt", OSCE_TEXT)
        archive.writestr("__MACOSX/Data/Clean Transcripts/._MSK0001.txt", "shadow")
    assert len(said(load("osce", tmp_path, "osce-MSK0001")["osce-MSK0001"])) == 3


def test_corpus_sources_refuse_a_broken_archive(tmp_path):
    (tmp_path / "Data.zip").write_bytes(b"PK")
    with pytest.raises(BadCorpus, match="the archive is broken"):
        load("osce", tmp_path, "osce-MSK0001")


def test_corpus_sources_refuse_files_of_one_name_that_differ(tmp_path):
    write_annomi(tmp_path / "a")
    write_annomi(tmp_path / "b", ANNOMI_ROWS[:1])
    with pytest.raises(BadCorpus, match=r"several files AnnoMI-full\.csv that differ"):
        load("annomi", tmp_path, "annomi-7")


@pytest.mark.parametrize("name", ["annomi", "aci", "primock", "osce"])
def test_corpus_sources_say_what_a_folder_lacks(tmp_path, name):
    with pytest.raises(BadCorpus, match="it holds no "):
        list(read_originals(name, tmp_path, {f"{name}-1"}))


def test_corpus_sources_refuse_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(BadCorpus, match="there is no such folder"):
        read_originals("annomi", tmp_path / "gone", ())
