import json

import pytest
from stand_in import StandInModel, make_visit

from alliance_nlp.batch.formats import errors_path, format_of
from alliance_nlp.batch.job import Job
from alliance_nlp.batch.outcome import Failure, Scored, Tally
from alliance_nlp.batch.work import encoded
from alliance_nlp.batch.write import Product, finish, write_outcomes
from alliance_nlp.errors import BadOption, RunStopped

GOOD = Scored("v1", "scored", {"csv": "one\n"}, None)
BAD = Failure("a.txt", None, "NoVisits", "a.txt: no visit.")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def visits(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    lines = [make_visit(f"v{i}", words).model_dump_json() for i, words in enumerate(["Yes.", "REFUSE", "Naïve 👍."])]
    (folder / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def run(visits, output, **options):
    product, model = Product(output, format_of(output)), StandInModel()
    job = Job([visits])
    with job.open_work([product], model, **options) as work:
        done = job.score(work.inputs(), [product.form.render], model, earlier=work.earlier(), output=output)
        for _ in write_outcomes(work, done):
            yield
        finish(work, [product], {})


def write(visits, output, **options):
    for _ in run(visits, output, **options):
        pass


def test_batch_write_writes_reports_and_failures(visits, tmp_path):
    write(visits, tmp_path / "out.csv")
    assert [line.split(",")[0] for line in (tmp_path / "out.csv").read_text("utf-8").splitlines()] == [
        "visit_id",
        "v0",
        "v2",
    ]
    assert json.loads((tmp_path / "out.errors.jsonl").read_text("utf-8"))["visit_id"] == "v1"
    assert names(tmp_path) == ["in", "out.csv", "out.errors.jsonl"]


def test_batch_write_removes_the_failures_of_an_earlier_run(visits, tmp_path):
    write(visits, tmp_path / "out.jsonl")
    (visits / "a.jsonl").write_text(make_visit().model_dump_json(), encoding="utf-8")
    write(visits, tmp_path / "out.jsonl")
    assert names(tmp_path) == ["in", "out.jsonl"]


def test_batch_write_writes_a_header_where_there_is_no_visit(tmp_path):
    (tmp_path / "in").mkdir()
    write(tmp_path / "in", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text("utf-8").startswith("visit_id,")


@pytest.mark.parametrize("end", ["close", "throw"])
def test_batch_write_leaves_an_earlier_result_when_cut_short(visits, tmp_path, end):
    output = tmp_path / "out.jsonl"
    write(visits, output)
    before = {name: (tmp_path / name).read_bytes() for name in ("out.jsonl", "out.errors.jsonl")}
    going = run(visits, output)
    next(going)
    if end == "close":
        going.close()
    else:
        with pytest.raises(KeyboardInterrupt):
            going.throw(KeyboardInterrupt())
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


def test_batch_write_encodes_other_scripts_and_half_characters():
    assert encoded("naïve 👍\n") == "naïve 👍\n".encode()
    assert encoded("\ud800") == b"\\ud800"


@pytest.mark.parametrize("name", ["out.xlsx", "out", "out.json", "gone/out.csv", "folder.csv"])
def test_batch_write_refuses_an_output_it_cannot_write(tmp_path, name):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(BadOption, match="--output"):
        format_of(tmp_path / name)


def test_batch_write_knows_formats_by_suffix_in_any_case(tmp_path):
    assert format_of(tmp_path / "a.CSV").header().startswith("visit_id,")
    assert format_of(tmp_path / "a.jsonl").header() == ""


def test_batch_write_names_the_failures_after_the_output(tmp_path):
    assert errors_path(tmp_path / "may.2026.csv").name == "may.2026.errors.jsonl"


def test_batch_write_refuses_an_output_whose_failures_would_be_a_folder(tmp_path):
    (tmp_path / "out.errors.jsonl").mkdir()
    with pytest.raises(BadOption, match="this is a folder"):
        format_of(tmp_path / "out.csv")


def test_batch_write_refuses_a_name_that_cannot_be_made(visits, tmp_path):
    with pytest.raises(BadOption, match="give a file that can be written"):
        write(visits, tmp_path / ("n" * 250 + ".csv"))
    assert names(tmp_path) == ["in"]


def test_batch_write_stops_on_a_full_disk_and_goes_on_later(visits, tmp_path, monkeypatch):
    output = tmp_path / "out.csv"

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("alliance_nlp.batch.journal._write", full)
        with pytest.raises(RunStopped, match="No space left on device"):
            write(visits, output)
    write(visits, output, resume=True)
    assert names(tmp_path) == ["in", "out.csv", "out.errors.jsonl"]


def test_batch_write_tally_counts_each_outcome_once():
    tally = Tally()
    because = GOOD._replace(status="abstained", abstained_because="too_short")
    for outcome in (GOOD, BAD, because, GOOD._replace(repeats="v0")):
        tally = tally.counted(outcome)
    assert tally.visits == 4
    assert tally.repeated == 1
    assert tally.summary() == "2 scored, 1 abstained (too_short 1), 1 failed (NoVisits 1)"
