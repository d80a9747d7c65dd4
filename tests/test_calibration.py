import math

import pytest
from stand_in import make_report

from alliance_nlp.calibration import (
    Calibration,
    KindShifts,
    PartShift,
    calibrate_report,
    read_calibration,
    uncalibrated,
)
from alliance_nlp.errors import BadCalibration
from alliance_nlp.records import Contribution


def shifts(applied=True, **points):
    part = {"visits": 40, "error_before": 0.9, "error_after": 0.7, "applied": applied}
    parts = {name: PartShift(shift=by, **part) for name, by in points.items()}
    return Calibration(model="stand_in-1", kinds={"transcript": KindShifts(parts=parts, strong=(4.0, -14.0))})


def total(report, part):
    return math.fsum(each.value for each in report.contributions if each.of == part)


@pytest.mark.parametrize("by", [0.4, -0.4, 2.5, -3.0])
def test_calibration_contributions_still_add_up(by):
    report = make_report()
    after = calibrate_report(report, shifts(goal=by))
    assert total(report, "goal") == pytest.approx(report.scores.goal.value)
    assert total(after, "goal") == pytest.approx(after.scores.goal.value)
    assert 1 <= after.scores.goal.low <= after.scores.goal.value <= after.scores.goal.high <= 5


def test_calibration_moves_the_alliance_its_band_and_probability():
    before = make_report().scores.alliance
    after = calibrate_report(make_report(), shifts(goal=1.0, task=1.0)).scores
    assert after.alliance.value == pytest.approx((4.4 + 3.0 + 4.2) / 3, abs=1e-4)
    assert (before.band, after.alliance.band) == ("fair", "strong")
    assert after.alliance.p_strong > 0.5
    assert after.bond == make_report().scores.bond


def test_calibration_is_told_in_a_warning():
    after = calibrate_report(make_report(warnings=("one before",)), shifts(goal=0.4, task=-0.1))
    assert after.warnings == (
        "one before",
        "goal and task shifted to the clinic's own use of the scale, by 40 rated visits",
    )


def test_calibration_stands_among_the_contributions_after_the_base():
    after = calibrate_report(make_report(), shifts(goal=0.4))
    assert [each.feature for each in after.contributions] == [
        "base",
        "goal_state_rate",
        "clinic_calibration",
        "scale_limit",
    ]


@pytest.mark.parametrize(
    ("report", "calibration"),
    [
        (make_report(), shifts(goal=0.4, applied=False)),
        (make_report(kind="note"), shifts(goal=0.4)),
        (make_report(scores=None, status="abstained", abstained_because="too_short"), shifts(goal=0.4)),
    ],
    ids=["left off", "other kind", "abstained"],
)
def test_calibration_leaves_alone_what_it_is_not_for(report, calibration):
    assert calibrate_report(report, calibration) == report


def test_calibration_of_a_note_leaves_an_undocumented_part_undocumented():
    scores = make_report().scores
    goal = scores.goal.model_copy(update={"value": None, "low": None, "high": None, "documented": False})
    whole = scores.alliance.model_copy(
        update={"value": None, "low": None, "high": None, "band": None, "p_strong": None}
    )
    report = make_report(scores=scores.model_copy(update={"goal": goal, "alliance": whole}))
    after = calibrate_report(report, shifts(goal=0.4, task=0.4))
    assert (after.scores.goal, after.scores.alliance) == (goal, whole)
    assert after.scores.task.value == 2.4


def test_calibration_can_be_told_from_the_score():
    after = calibrate_report(make_report(), shifts(goal=0.4))
    assert uncalibrated(after, "goal") == pytest.approx(3.4)
    assert uncalibrated(make_report(contributions=(Contribution(feature="base", of="goal", value=1),)), "goal") == 3.4


def test_calibration_is_read_for_its_own_model(tmp_path):
    path = tmp_path / "clinic.json"
    path.write_text(shifts(goal=0.4).model_dump_json())
    assert read_calibration(path, "stand_in-1") == shifts(goal=0.4)
    with pytest.raises(BadCalibration, match="it is for stand_in-1, and these scores are of other"):
        read_calibration(path, "other")


@pytest.mark.parametrize("text", ["", "{}", "[1]", "\x00", '{"model": "m", "kinds": {"visit": {}}}'])
def test_calibration_names_a_file_that_is_none(tmp_path, text):
    path = tmp_path / "clinic.json"
    path.write_text(text)
    with pytest.raises(BadCalibration, match="it is no calibration"):
        read_calibration(path, "m")
