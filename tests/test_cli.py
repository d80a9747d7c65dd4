import re
import signal
import subprocess
import sys
from importlib import metadata

import pytest
from typer.testing import CliRunner

from alliance_nlp.cli import app, main

HEAVY = ("spacy", "numpy", "pydantic", "rich", "sklearn", "scipy", "alliance_nlp.model")
CPU_S = "import resource; used = resource.getrusage(resource.RUSAGE_SELF); print(used.ru_utime + used.ru_stime)"


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_cli_help_lists_the_commands():
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    for command in ("score", "explain", "schema"):
        assert re.search(rf"^ *{command} ", result.output, re.MULTILINE)


def test_cli_version(alliance):
    run = alliance("--version")
    assert (run.code, run.out) == (0, f"alliance_nlp {metadata.version('alliance_nlp')}\n")


def test_cli_runs_as_a_module():
    run = subprocess.run([sys.executable, "-m", "alliance_nlp", "--help"], capture_output=True, text=True, check=True)
    assert "Usage: alliance " in run.stdout


def test_cli_imports_nothing_heavy():
    loaded = python("import sys, alliance_nlp.cli; print(*sys.modules)").split()
    assert not set(HEAVY) & set(loaded)


def test_cli_help_is_about_as_quick_as_typer():
    run = "import sys\nfrom alliance_nlp.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
    typer_s = min(float(python(f"import typer; {CPU_S}")) for _ in range(3))
    help_s = min(float(python(run + CPU_S).splitlines()[-1]) for _ in range(3))
    assert help_s <= 2 * typer_s + 0.1


def test_cli_hides_an_unexpected_failure_behind_one_sentence(alliance, monkeypatch, tmp_path):
    def fail(*arguments, **options):
        raise RuntimeError("my secret")

    monkeypatch.setattr("alliance_nlp.model.load", fail)
    (tmp_path / "a.txt").write_text("T: hi", encoding="utf-8")
    run = alliance("score", tmp_path / "a.txt")
    assert run.code == 1
    assert len(run.err.splitlines()) == 1
    assert "RuntimeError" in run.err
    assert "secret" not in run.err


@pytest.mark.parametrize("arguments", [("score", ""), ("corpus", "check", "")])
def test_cli_takes_no_empty_argument_for_the_current_folder(alliance, arguments):
    run = alliance(*arguments)
    assert (run.code, run.out, run.err.split(",")[0]) == (2, "", "an argument is empty")


def test_cli_names_a_full_disk(alliance, monkeypatch, tmp_path):
    def fail(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("alliance_nlp.model.load", fail)
    (tmp_path / "a.txt").write_text("T: hi", encoding="utf-8")
    assert alliance("score", tmp_path / "a.txt").err == "reading or writing: No space left on device.\n"


def test_cli_leaves_no_half_file_when_it_is_told_to_stop(alliance, stand_in_model, monkeypatch, tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(stand_in_model, "score", lambda *_, **__: signal.raise_signal(signal.SIGTERM))
    (tmp_path / "a.txt").write_text("T: hi", encoding="utf-8")
    try:
        run = alliance("score", tmp_path / "a.txt", "-o", tmp_path / "out.csv")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (run.code, run.out, run.err) == (143, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_cli_main_takes_the_arguments_of_the_process(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["alliance", "--version"])
    with pytest.raises(SystemExit) as exit_:
        main()
    assert not exit_.value.code
    assert "alliance_nlp" in capsys.readouterr().out
