import io
from types import SimpleNamespace

import pytest
from rich.console import Console

from alliance_nlp.batch.find import Found, Place
from alliance_nlp.batch.inputs import Content, Input
from alliance_nlp.cli.progress import share_read, with_progress


def found(number, *, file=0, size=100, visits=4, before=0):
    name = f"{file}.jsonl"
    return Found(Place(file, number), SimpleNamespace(), name, None, Input(name, size, 0), Content("", visits), before)


DONE = [(found(number), None) for number in range(4)]


def terminal():
    return Console(file=io.StringIO(), force_terminal=True, width=120)


def clock_of(*times):
    coming = iter(times)
    return lambda: next(coming, times[-1])


def test_cli_progress_passes_everything_on():
    assert list(with_progress(DONE, 100, terminal())) == DONE


def test_cli_progress_is_silent_on_a_short_run():
    console = terminal()
    list(with_progress(DONE, 100, console, clock=clock_of(0.0, 0.5, 1.0, 1.5, 1.9)))
    assert console.file.getvalue() == ""


def test_cli_progress_shows_rate_and_time_left_on_a_long_run():
    console = terminal()
    list(with_progress(DONE[:2], 100, console, before=40, clock=clock_of(0.0, 10.0, 20.0)))
    shown = console.file.getvalue()
    assert "42 visits" in shown
    assert "0.1 a second" in shown
    assert "about 0:00:" in shown


def test_cli_progress_is_silent_where_stderr_is_no_terminal(capsys):
    list(with_progress(DONE, 100, clock=clock_of(0.0, 9.0)))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("where", "total", "share"),
    [
        (found(0), 200, 0.125),
        (found(3), 200, 0.5),
        (found(1, file=1, before=100), 200, 0.75),
        (found(9, file=1, before=100, visits=None), 200, 0.5),
        (found(9, visits=None), 200, None),
        (found(0, size=-1, visits=None), 0, None),
    ],
)
def test_cli_progress_knows_the_share_of_the_input(where, total, share):
    assert share_read(where, total) == share
