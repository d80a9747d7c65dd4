from alliance_nlp.cli.terminal import standard_output


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
