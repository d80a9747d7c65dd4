import io

from rich.console import Console

from alliance_nlp.cli.terminal import standard_output, with_progress


def terminal():
    return Console(file=io.StringIO(), force_terminal=True, width=80)


def clock_of(*times):
    coming = iter(times)
    last = times[-1]
    return lambda: next(coming, last)


def test_cli_terminal_progress_passes_everything_on():
    assert list(with_progress(range(5), terminal())) == [0, 1, 2, 3, 4]


def test_cli_terminal_progress_is_silent_on_a_short_run():
    console = terminal()
    list(with_progress(range(5), console, clock=clock_of(0.0, 0.5, 1.0, 1.5, 1.9)))
    assert console.file.getvalue() == ""


def test_cli_terminal_progress_shows_on_a_long_run():
    console = terminal()
    list(with_progress(range(5), console, clock=clock_of(0.0, 1.0, 3.0, 4.0)))
    assert "visits" in console.file.getvalue()


def test_cli_terminal_progress_is_silent_where_stderr_is_no_terminal(capsys):
    list(with_progress(range(5), clock=clock_of(0.0, 9.0)))
    assert capsys.readouterr().err == ""


def test_cli_terminal_output_is_plain_off_a_terminal(capsys):
    standard_output().print("[bold]x[/bold] :smile: 12", style="red")
    assert capsys.readouterr().out == "[bold]x[/bold] :smile: 12\n"


def test_cli_terminal_output_is_plain_with_no_color(capsys, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    standard_output().print("x", style="bold red")
    assert capsys.readouterr().out.strip() == "x"


def test_cli_terminal_output_is_coloured_on_a_terminal(capsys, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    standard_output().print("x", style="red")
    assert "\x1b[31mx" in capsys.readouterr().out
