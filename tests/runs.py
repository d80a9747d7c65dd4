"""Runs of `alliance score` with the stand-in model, whole or cut short, for tests of what is left behind."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from stand_in import StandInModel, make_visit

from alliance_nlp.batch import journal, work
from alliance_nlp.batch.formats import errors_path, format_of
from alliance_nlp.batch.job import Job
from alliance_nlp.batch.write import Product, finish, write_outcomes

KILLED = 9


def write_input(folder, sizes=(7, 1, 5)):
    """Files of visits in a folder; some visits fail, some ids come again, one line is no visit."""
    folder.mkdir()
    n = 0
    for name, size in zip("abcdefgh", sizes, strict=False):
        lines = []
        for _ in range(size):
            words = "REFUSE" if n % 5 == 3 else f"I want to climb {n} stairs, naïvely."
            lines.append(make_visit(f"v{n % 9}", words).model_dump_json())
            n += 1
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (folder / "a.jsonl").open("a") as file:
        file.write("{no visit\n")
    return folder


def run(visits, output, *, model=None, resume=None, **options):
    """One run; how many visits it scored itself."""
    form = format_of(output, concordance=options.get("concordance", False))
    product, model = Product(Path(output), form), model or StandInModel()
    job = Job([visits], [output, errors_path(output)], **options)
    with job.open_work([product], model, resume=resume) as going:
        if not going.ended:
            place = {"output": output, "folder": going.folder}
            done = job.score(going.inputs(), [form.render], model, earlier=going.earlier(), **place)
            for _ in write_outcomes(going, done):
                pass
        finish(going, [product], {"model": model.name})
    return len(model.scored)


def run_and_die(visits, output, at, chunk_visits=3, **options):
    """A run in a process of its own that dies at its ``at``-th deed on the disk; whether it came to that."""
    child = os.fork()
    if child == 0:
        try:
            work.CHUNK_VISITS = chunk_visits
            _mine(at)
            run(visits, output, resume=True, **options)
            os._exit(0)
        except BaseException:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, KILLED)
    return code == KILLED


def _mine(at):
    """Have every deed on the disk counted, and the process die in the middle of one."""
    left = at

    def mined(deed, half):
        def go(*arguments, **options):
            nonlocal left
            left -= 1
            if left == 0:
                half(*arguments)
                os._exit(KILLED)
            return deed(*arguments, **options)

        return go

    def half_a_write(file, data):
        file.write(data[: len(data) // 2])

    def half_a_folder(folder, *_):
        for path in sorted(Path(folder).iterdir())[::2]:
            path.unlink()

    def nothing(*_):
        pass

    journal._write = mined(journal._write, half_a_write)
    os.replace = mined(os.replace, nothing)
    os.fsync = mined(os.fsync, nothing)
    os.unlink = mined(os.unlink, nothing)
    shutil.rmtree = mined(shutil.rmtree, half_a_folder)


def result(output):
    """What a run made: bytes, or what a reader of the table sees; and the failures."""
    failures = errors_path(output).read_bytes() if errors_path(output).exists() else None
    if output.suffix == ".sqlite":
        with closing(sqlite3.connect(output)) as database:
            return list(database.iterdump()), failures
    if output.suffix == ".parquet":
        from pyarrow import parquet

        table = parquet.read_table(output)
        return table.schema, table.schema.metadata, table.to_pylist(), failures
    return output.read_bytes(), failures


def left_in(folder):
    """Names in a folder, hidden ones too."""
    return sorted(path.name for path in folder.iterdir())
