"""Notes and transcripts of one run, mixed."""

import json
import os
import pickle
from concurrent.futures import Future
from functools import partial

import pytest
from runs import result, run, run_and_die
from stand_in import StandInModel, make_concordance, make_note, make_visit

import alliance_nlp.concord.compare
from alliance_nlp.batch.find import find_visits, read_input
from alliance_nlp.batch.inputs import find_files, look_up
from alliance_nlp.batch.job import Job
from alliance_nlp.batch.pairs import Pairs
from alliance_nlp.batch.run import score_by, score_here
from alliance_nlp.batch.task import Task, score_item
from alliance_nlp.concord.table import PairedReport
from alliance_nlp.errors import BadOption, RunRefused

READ = partial(read_input, roster=None, roles=None)
TASK = Task(("jsonl",), concordance=True)


@pytest.fixture(autouse=True)
def comparing(monkeypatch):
    monkeypatch.setattr(alliance_nlp.concord.compare, "compare", make_concordance)


def write(path, *visits):
    path.write_text("".join(visit.model_dump_json() + "\n" for visit in visits), encoding="utf-8")
    return path


def found(folder, read=READ, place=None):
    inputs = list(look_up(find_files([folder])))
    with Pairs(inputs, read, place) as pairs:
        yield from pairs.joined(find_visits(inputs, named=pairs.named))


def paired(folder):
    """Id of each note -> id of its transcript, or None."""
    return {
        each.what.visit_id: each.said and each.said.visit_id for each in found(folder) if each.what.kind == "note"
    }


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_batch_pairs_finds_the_transcript_in_whatever_file_and_order(tmp_path, names):
    talks, notes = (tmp_path / f"{name}.jsonl" for name in names)
    write(talks, make_visit("v1"), make_visit("v2"), make_visit("v3"))
    write(notes, make_note("v2"), make_note("n3", of="v3"), make_note("v1-note"), make_note("n4"))
    assert paired(tmp_path) == {"v2-note": "v2", "n3": "v3", "v1-note": "v1", "n4": None}


def test_batch_pairs_finds_it_in_the_same_file(tmp_path):
    write(tmp_path / "a.jsonl", make_note("v1"), make_visit("v1"), make_visit("v2"), make_note("v2"))
    assert paired(tmp_path) == {"v1-note": "v1", "v2-note": "v2"}


def test_batch_pairs_gives_back_the_whole_transcript(tmp_path):
    visit = make_visit("v1", "naïve 👍").model_copy(update={"date": "2026-05-04"})
    write(tmp_path / "a.jsonl", make_note("n1", of="v1"), visit)
    note, _ = found(tmp_path)
    assert note.said == next(READ(note.file._replace(path=str(write(tmp_path / "b.jsonl", visit)))))


def test_batch_pairs_of_one_id_count_as_no_repeats(tmp_path):
    write(tmp_path / "a.jsonl", make_visit("v1"), make_note("v1"), make_note("v1"))
    assert [(each.what.visit_id, each.repeats) for each in found(tmp_path)] == [
        ("v1", None),
        ("v1-note", None),
        ("v1-note#2", "v1-note"),
    ]
    assert paired(tmp_path) == {"v1-note": "v1", "v1-note#2": "v1"}


def test_batch_pairs_takes_the_first_of_several_transcripts_and_says_so(tmp_path):
    write(tmp_path / "a.jsonl", make_note("n1", of="v1"), make_visit("v1", "First."), make_visit("v1", "Second."))
    note, *_ = found(tmp_path)
    assert note.said.turns[1].text == "First."
    assert note.what.warnings == ("2 transcripts of this run are of visit v1; it is compared with the first",)


def test_batch_pairs_key_of_goes_before_the_id(tmp_path):
    write(tmp_path / "a.jsonl", make_visit("v1"), make_visit("v2"), make_note("v1", of="v2"), make_note("v2", of="v9"))
    assert paired(tmp_path) == {"v1-note": "v2", "v2-note": None}


def test_batch_pairs_reads_again_only_what_holds_a_wanted_transcript(tmp_path):
    write(tmp_path / "a.jsonl", make_visit("v1"))
    write(tmp_path / "b.jsonl", make_visit("v2"))
    write(tmp_path / "c.jsonl", make_note("n2", of="v2"))
    inputs, opened = list(look_up(find_files([tmp_path]))), []

    def reading(file):
        opened.append(file.path[-7])
        return READ(file)

    Pairs(inputs, reading).close()
    assert opened == ["a", "b", "c", "b"]


def test_batch_pairs_leaves_no_name_where_texts_wait(tmp_path):
    visits, place = tmp_path / "in", tmp_path / "out"
    visits.mkdir()
    place.mkdir()
    write(visits / "a.jsonl", make_note("n1", of="v1"), make_visit("v1"))
    for each in found(visits, place=place):
        assert each
        assert os.listdir(place) == []


def test_batch_pairs_passes_over_what_cannot_be_read(tmp_path):
    (tmp_path / "a.jsonl").write_text("{no visit\n")
    write(tmp_path / "b.jsonl", make_note("n1", of="v1"), make_visit("v1"))
    broken, note, _ = found(tmp_path)
    assert (broken.what.error, note.said.visit_id) == ("UnreadableFile", "v1")


def mixed(tmp_path):
    """Eight pairs and a note alone, the notes first; some fail."""
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "a.jsonl", *(make_note(f"n{n}", of=f"v{n}") for n in range(8)), make_note("alone"))
    words = ["FAIL" if n == 2 else f"I want to climb {n} stairs." for n in range(8)]
    write(folder / "b.jsonl", *(make_visit(f"v{n}", said) for n, said in enumerate(words)))
    return folder


def test_batch_pairs_gives_the_same_whoever_scores(tmp_path):
    class Others:
        lost, gone, width = (), (), 2

        def submit(self, items, task):
            future = Future()
            items, task = pickle.loads(pickle.dumps((items, task)))  # noqa: S301  as another process gets them
            future.set_result([score_item(item, StandInModel(), task) for item in items])
            return future

    folder = mixed(tmp_path)
    here = [outcome for _, outcome in score_here(found(folder), StandInModel(), TASK)]
    assert [outcome for _, outcome in score_by(Others(), found(folder), TASK)] == here
    assert json.loads(here[0].rendered["jsonl"])["concordance"]["visit_id"] == "v0"


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet", ".sqlite"])
def test_batch_pairs_run_that_dies_and_goes_on_gives_the_same(tmp_path, suffix):
    folder, whole, output = mixed(tmp_path), tmp_path / f"whole{suffix}", tmp_path / f"out{suffix}"
    run(folder, whole, concordance=True)
    for at in (6, 11, 17, 23):
        assert run_and_die(folder, output, at, concordance=True)
        run(folder, output, resume=True, concordance=True)
        assert result(output) == result(whole)
        output.unlink()


def test_batch_pairs_run_without_them_is_not_gone_on_with(tmp_path):
    folder, output = mixed(tmp_path), tmp_path / "out.jsonl"
    assert run_and_die(folder, output, 19)
    with pytest.raises(RunRefused, match="another --concordance"):
        run(folder, output, resume=True, concordance=True)


def test_batch_pairs_report_keeps_to_its_schema(tmp_path):
    run(mixed(tmp_path), tmp_path / "out.jsonl", concordance=True)
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    reports = {report.visit_id: report for report in map(PairedReport.model_validate_json, lines)}
    assert reports["n1"].concordance.schema_version == "1.0"
    assert reports["alone"].concordance is reports["v1"].concordance is None
    assert [report.model_dump_json() for report in reports.values()] == lines


def test_batch_pairs_table_is_empty_where_there_is_no_transcript(tmp_path):
    run(mixed(tmp_path), tmp_path / "out.parquet", concordance=True)
    table = {row["visit_id"]: row for row in result(tmp_path / "out.parquet")[2]}
    own = [name for name in table["n1"] if name.startswith("concordance_")]
    assert [table["n1"][name] for name in own] == ["v1", 1, 1, 0, 1, 0, 0, 1.0, 0.0, 1]
    assert {table[name][column] for name in ("alone", "v1") for column in own} == {None}


def test_batch_pairs_quotes_nothing_without_text(tmp_path):
    run(mixed(tmp_path), tmp_path / "out.jsonl", concordance=True, text=False)
    assert "stairs" not in (tmp_path / "out.jsonl").read_text("utf-8")


def test_batch_pairs_refuses_what_is_read_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in ("-", tmp_path / "pipe"):
        with pytest.raises(BadOption, match="reads the visits twice"):
            Job([type(tmp_path)(path)], concordance=True).check()
