"""The README's example for Spark, on a real Spark with two local workers; needs Java and the extra ``spark``."""

import re
import sys
from pathlib import Path

import pytest

from alliance_nlp import load, read_visits
from alliance_nlp.records import Visit
from alliance_nlp.report.table import row

ROOT = Path(__file__).parents[2]


@pytest.mark.filterwarnings("default")
def test_engine_spark_example_of_the_readme_scores_as_the_library_does(tmp_path, monkeypatch):
    from pyarrow import parquet
    from pyspark.sql import SparkSession

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.chdir(tmp_path)
    visits = list(read_visits(ROOT / "corpus/rehab/rehab_a.jsonl"))
    visits.append(Visit(visit_id="short", turns=[{"role": "provider", "text": "Hi."}]))
    lines = "".join(visit.model_dump_json() + "\n" for visit in visits)
    (tmp_path / "visits.jsonl").write_text(lines, encoding="utf-8")
    snippets = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (snippet,) = [each for each in snippets if "mapInPandas" in each]
    assert len([line for line in snippet.splitlines() if line.strip()]) <= 14

    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        exec(compile(snippet, "README.md", "exec"), {"__name__": "__main__"})
    finally:
        spark.stop()
    rows = {each["visit_id"]: each for each in parquet.read_table(tmp_path / "scores.parquet").to_pylist()}
    model = load()
    assert rows == {visit.visit_id: row(model.score(visit)) for visit in visits}
