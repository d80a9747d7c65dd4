import pytest
from stand_in import make_visit


@pytest.fixture
def visits(tmp_path):
    path = tmp_path / "visits.jsonl"
    path.write_text("".join(make_visit(name).model_dump_json() + "\n" for name in ("v1", "v2")), encoding="utf-8")
    return path


def test_cli_coach_writes_the_sheet_of_the_visit_named(alliance, visits, tmp_path):
    run = alliance("coach", visits, "--id", "v2", "-o", tmp_path / "sheet.html")
    assert (run.code, run.out) == (0, "")
    page = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert "Visit v2" in page
    assert "to climb the stairs" in page


def test_cli_coach_takes_the_first_visit_and_says_so(alliance, visits, tmp_path):
    assert "--id" in alliance("coach", visits, "-o", tmp_path / "sheet.html").err


@pytest.mark.parametrize(
    "arguments",
    [
        ["gone.json", "-o", "s.html"],
        [".", "-o", "s.html"],
        ["visits.jsonl", "-o", "s.pdf"],
        ["visits.jsonl", "--id", "v9", "-o", "s.html"],
    ],
)
def test_cli_coach_refuses_in_one_line(alliance, visits, monkeypatch, arguments):
    monkeypatch.chdir(visits.parent)
    run = alliance("coach", *arguments)
    assert run.code == 2
    assert len(run.err.splitlines()) == 1
    assert not (visits.parent / "s.html").exists()
