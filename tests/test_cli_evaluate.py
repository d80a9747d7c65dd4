import json

import pytest

from alliance_nlp.cli import main
from alliance_nlp.evaluate.records import Evaluation
from alliance_nlp.evaluate.run import means_by_kind
from alliance_nlp.folder import write_folder
from alliance_nlp.model import new_pipeline


@pytest.fixture(scope="module")
def folder(tiny_model, training_golds, tmp_path_factory):
    """The tiny model's folder with all that an evaluation asks of it."""
    path = tmp_path_factory.mktemp("models") / "en_alliance-0.0.1"
    meta = {**tiny_model.meta, "rating_means": means_by_kind(training_golds)}
    write_folder(path, new_pipeline(), tiny_model.coder_weights(), tiny_model.estimator, meta)
    return path


@pytest.fixture(scope="module")
def visits(corpus_golds, training_golds, tmp_path_factory):
    """A clinic's file: three visits that the tiny model has not seen, one of them merely rated, and one it has."""
    known = {gold.visit.visit_id for gold in training_golds}
    fresh = [gold for gold in corpus_golds if gold.split == "train" and gold.visit.visit_id not in known]
    fresh.sort(key=lambda gold: len(gold.visit.turns) or 10_000)
    path = tmp_path_factory.mktemp("data") / "mine.jsonl"
    lines = []
    for n, gold in enumerate([*fresh[:3], training_golds[0]]):
        record = gold.visit.model_dump(mode="json", exclude_none=True) | {"ratings": gold.ratings}
        if n:
            for at, turn in enumerate(record["turns"]):
                turn["codes"] = [[code, start, end] for code, own, start, end in gold.codes if own == at]
        lines.append(json.dumps(record))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture
def evaluate(capsys, folder, visits):
    def run(*options, model=folder, data=visits):
        arguments = ["evaluate", *([model] if model else []), "--data", data, "--no-machine", *options]
        with pytest.raises(SystemExit) as exit_:
            main([str(argument) for argument in arguments])
        return exit_.value.code, capsys.readouterr()

    return run


def test_cli_evaluate_counts_only_visits_the_model_has_not_seen(evaluate, tmp_path):
    code, printed = evaluate("-o", tmp_path / "report.json")
    assert code == 0, printed.err
    assert "left out 1 of 4 visits the model has seen in training" in printed.err
    evaluation = Evaluation.model_validate_json((tmp_path / "report.json").read_text("utf-8"))
    (measured,) = evaluation.sets
    assert (evaluation.model, evaluation.left_out, measured.name) == ("en_alliance-0.0.1", 1, "own")
    assert (measured.whole.visits, measured.whole.coded, measured.whole.rated) == (3, 2, 3)
    assert list(evaluation.card) == ["Finished model, own transcripts (3)"]
    assert "Finished model, own transcripts (3)" in printed.out


def test_cli_evaluate_writes_plots(evaluate, tmp_path):
    code, printed = evaluate("--plots", tmp_path / "plots")
    assert code == 0, printed.err
    assert {path.suffix for path in (tmp_path / "plots").iterdir()} == {".png", ".svg"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-o", "report.pdf"), "--output report.pdf: end the name in .json, .html, .md or .txt."),
        (("--strict",), "--strict without --cv: add --cv."),
        (("--cv",), "a cross-validation trains its own models; leave MODEL out."),
    ],
)
def test_cli_evaluate_refuses_options_before_the_work(evaluate, options, message):
    code, printed = evaluate(*options)
    assert (code, printed.out) == (2, "")
    assert message in printed.err


def test_cli_evaluate_needs_folds_to_cross_validate(evaluate):
    code, printed = evaluate("--cv", model=None)
    assert code == 2
    assert "--cv without folds" in printed.err


def test_cli_evaluate_all_prints_every_table_of_the_card(capsys, folder, visits, monkeypatch):
    from alliance_nlp.train import run

    monkeypatch.setattr(run, "measure", lambda model, golds, **_: {f"Of {len(golds)}": [("speed", "1", "", "2")]})
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", str(folder), "--data", str(visits), "--all"])
    assert ended.value.code == 0
    assert "Of 4" in capsys.readouterr().out


def test_cli_evaluate_all_stands_alone(capsys, folder, visits):
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", str(folder), "--data", str(visits), "--all", "--output", "a.json"])
    assert ended.value.code == 2
    assert "--all" in capsys.readouterr().err
