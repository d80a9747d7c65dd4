"""`alliance formats`."""

from alliance_nlp.read.formats import FORMATS


def test_cli_formats_lists_every_format_with_its_suffixes(alliance):
    run = alliance("formats")
    assert (run.code, run.err) == (0, "")
    lines = run.out.splitlines()
    for row in FORMATS:
        (line,) = (line for line in lines if line.split()[:1] == [row.name])
        assert " ".join(row.suffixes) in line
        assert row.what in line
    assert "not installed" not in run.out


def test_cli_formats_marks_what_is_not_installed(alliance, monkeypatch):
    monkeypatch.setattr("alliance_nlp.read.row.find_spec", lambda name: None if name == "praatio" else object())
    out = alliance("formats").out
    assert [line.split()[0] for line in out.splitlines() if "not installed" in line] == ["textgrid"]
    assert out.endswith("install what is missing with: pip install 'alliance_nlp[formats]'\n")
