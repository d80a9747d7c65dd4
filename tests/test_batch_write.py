import json

import pytest

from alliance_nlp.batch.run import Failure, Scored
from alliance_nlp.batch.write import Tally, errors_path, format_of, write_outcomes
from alliance_nlp.errors import BadOption

GOOD = Scored("v1", "scored", "one\n", None)
BAD = Failure("a.txt", None, "NoVisits", "a.txt: no visit.")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_batch_write_writes_reports_and_failures(tmp_path):
    output = tmp_path / "out.csv"
    assert list(write_outcomes([GOOD, BAD, GOOD], output, "head\n")) == [GOOD, BAD, GOOD]
    assert output.read_text(encoding="utf-8") == "head\none\none\n"
    assert json.loads((tmp_path / "out.errors.jsonl").read_text(encoding="utf-8"))["error"] == "NoVisits"
    assert names(tmp_path) == ["out.csv", "out.errors.jsonl"]


def test_batch_write_removes_the_failures_of_an_earlier_run(tmp_path):
    output = tmp_path / "out.jsonl"
    list(write_outcomes([BAD], output))
    list(write_outcomes([GOOD], output))
    assert names(tmp_path) == ["out.jsonl"]


@pytest.mark.parametrize("end", ["close", "throw"])
def test_batch_write_leaves_an_earlier_result_when_cut_short(tmp_path, end):
    output = tmp_path / "out.jsonl"
    list(write_outcomes([GOOD, BAD], output))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    outcomes = write_outcomes([GOOD, GOOD], output)
    next(outcomes)
    if end == "close":
        outcomes.close()
    else:
        with pytest.raises(KeyboardInterrupt):
            outcomes.throw(KeyboardInterrupt())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_batch_write_keeps_line_ends_and_other_scripts(tmp_path):
    output = tmp_path / "out.jsonl"
    list(write_outcomes([Scored("v1", "scored", "naïve 👍\n", None)], output))
    assert output.read_bytes() == "naïve 👍\n".encode()


@pytest.mark.parametrize("name", ["out.parquet", "out", "out.json", "gone/out.csv", "folder.csv"])
def test_batch_write_refuses_an_output_it_cannot_write(tmp_path, name):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(BadOption, match="--output"):
        format_of(tmp_path / name)


def test_batch_write_knows_formats_by_suffix_in_any_case(tmp_path):
    assert format_of(tmp_path / "a.CSV").header().startswith("visit_id,")
    assert format_of(tmp_path / "a.jsonl").header() == ""


def test_batch_write_names_the_failures_after_the_output(tmp_path):
    assert errors_path(tmp_path / "may.2026.csv").name == "may.2026.errors.jsonl"


def test_batch_write_tally_counts_each_outcome_once():
    tally = Tally()
    for outcome in (GOOD, BAD, GOOD._replace(status="abstained"), GOOD._replace(repeats="v0")):
        tally = tally.counted(outcome)
    assert tally == Tally(scored=2, abstained=1, failed=1, repeated=1)


def test_batch_write_refuses_an_output_whose_failures_would_be_a_folder(tmp_path):
    (tmp_path / "out.errors.jsonl").mkdir()
    with pytest.raises(BadOption, match="this is a folder"):
        format_of(tmp_path / "out.csv")


def test_batch_write_refuses_a_name_that_cannot_be_made(tmp_path):
    output = tmp_path / ("n" * 250 + ".csv")
    with pytest.raises(BadOption, match="give a file that can be written"):
        list(write_outcomes([GOOD], output))
    assert list(tmp_path.iterdir()) == []
