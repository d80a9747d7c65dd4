"""The README's Python snippet runs, and its commands name options and files that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_python_snippet_runs(capsys):
    snippet = re.search(r"```python\n(.*?)```", README, re.DOTALL).group(1)
    exec(compile(snippet, "README.md", "exec"), {})
    shown = capsys.readouterr().out
    assert "too_short" in shown
    assert "goal_elicit 0 What would you like to be able to do again?" in shown


def test_readme_is_under_150_lines():
    assert len(README.splitlines()) < 150


def test_readme_names_files_that_exist():
    named = re.findall(r"`((?:corpus|models|alliance_nlp)/[\w./-]+)`", README)
    named += re.findall(r"corpus/rehab/\S+?jsonl", README)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
