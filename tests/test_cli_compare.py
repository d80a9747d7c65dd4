import json

import pytest

NOTE = "P: Bridges x10 twice a day. Next visit Thursday."
TURNS = [
    {"role": "provider", "text": "You need to do the bridges ten times, twice a day."},
    {"role": "provider", "text": "I'll see you next Thursday."},
]


@pytest.fixture
def alliance(with_own_model):
    """Runs ``alliance`` with the package's own model."""
    return with_own_model


@pytest.fixture
def files(tmp_path):
    (tmp_path / "v1.json").write_text(json.dumps({"visit_id": "v1", "turns": TURNS}))
    (tmp_path / "n1.json").write_text(json.dumps({"visit_id": "n1", "kind": "note", "text": NOTE}))
    return tmp_path


def test_cli_compare_prints_both_places(alliance, files):
    run = alliance("compare", "--note", files / "n1.json", "--transcript", files / "v1.json")
    assert run.code == 0
    assert "Said and documented" in run.out
    assert "Next visit Thursday" in run.out


@pytest.mark.parametrize("suffix", ["json", "jsonl", "html"])
def test_cli_compare_writes(alliance, files, suffix):
    out = files / f"out.{suffix}"
    run = alliance("compare", "--note", files / "n1.json", "--transcript", files / "v1.json", "-o", out)
    assert (run.code, run.out) == (0, "")
    assert "v1" in out.read_text("utf-8")


def test_cli_compare_reads_a_table(alliance, files):
    (files / "pairs.csv").write_text("note,transcript,earlier\nn1.json,v1.json,n1.json\n")
    run = alliance("compare", "--pairs", files / "pairs.csv", "-o", files / "out.jsonl")
    assert run.code == 0
    assert json.loads((files / "out.jsonl").read_text())["copied_share"] == 0


@pytest.mark.parametrize("of", [None, "v1"])
def test_cli_compare_pairs_a_folder(alliance, tmp_path, of):
    note = {"visit_id": "n1" if of else "v1", "kind": "note", "text": NOTE} | ({"of": of} if of else {})
    alone = {"visit_id": "n9", "kind": "note", "text": NOTE}
    lines = [json.dumps({"visit_id": "v1", "turns": TURNS}), json.dumps(note), json.dumps(alone)]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "mixed.jsonl").write_text("\n".join(lines) + "\n")
    run = alliance("compare", "--visits", tmp_path / "in", "-o", tmp_path / "out.jsonl")
    assert run.code == 0
    assert "1 notes have no transcript" in run.err
    assert [json.loads(line)["visit_id"] for line in (tmp_path / "out.jsonl").read_text().splitlines()] == ["v1"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--note", "n1.json"),
        ("--visits", "gone"),
        ("--note", "n1.json", "--transcript", "v1.json", "--pairs", "x.csv"),
    ],
)
def test_cli_compare_refuses_half_a_pair(alliance, files, monkeypatch, arguments):
    monkeypatch.chdir(files)
    run = alliance("compare", *arguments)
    assert run.code == 2
    assert len(run.err.splitlines()) == 1


def test_cli_compare_refuses_a_page_without_text(alliance, files):
    options = ("--note", files / "n1.json", "--transcript", files / "v1.json", "--no-text", "-o", files / "o.html")
    assert alliance("compare", *options).code == 2
