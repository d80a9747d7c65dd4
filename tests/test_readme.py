"""The README's Python snippet runs, and its commands name options and files that exist."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pandas

from alliance_nlp import load, read_visits
from alliance_nlp.report.table import row

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_python_snippet_runs(capsys):
    snippet = re.search(r"```python\n(.*?)```", README, re.DOTALL).group(1)
    exec(compile(snippet, "README.md", "exec"), {})
    shown = capsys.readouterr().out
    assert "too_short" in shown
    assert "goal_elicit 0 What would you like to be able to do again?" in shown


def test_readme_spark_example_scores_as_the_library_does(monkeypatch, tmp_path):
    """With a stand-in for Spark that hands the lines on in two batches; the real one is in `tests/system`."""
    made = []

    class Lines:
        write = type("Write", (), {"parquet": staticmethod(lambda path: None)})

        def text(self, path):
            return self

        def mapInPandas(self, function, schema):  # noqa: N802
            batches = [pandas.DataFrame({"value": [line]}) for line in lines]
            made.extend(row for frame in function(batches) for row in frame.to_dict("records"))
            assert [each.split()[0] for each in schema.split(", ")] == list(made[0])
            return self

    session = type("Session", (), {"read": Lines()})()
    builder = type("Builder", (), {"getOrCreate": lambda self: session})()
    spark = ModuleType("pyspark.sql")
    spark.SparkSession = type("SparkSession", (), {"builder": builder})
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
    monkeypatch.setitem(sys.modules, "pyspark.sql", spark)
    visits = [visit for visit, _ in zip(read_visits(ROOT / "corpus/rehab/rehab_a.jsonl"), range(2), strict=False)]
    lines = [visit.model_dump_json() for visit in visits]
    (snippet,) = [each for each in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "mapInPandas" in each]
    exec(compile(snippet, "README.md", "exec"), {})
    assert made == [row(load().score(visit)) for visit in visits]


def test_readme_is_under_150_lines():
    assert len(README.splitlines()) < 150


def test_readme_names_files_that_exist():
    named = re.findall(r"`((?:corpus|models|alliance_nlp)/[\w./-]+)`", README)
    named += re.findall(r"corpus/rehab/\S+?jsonl", README)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
