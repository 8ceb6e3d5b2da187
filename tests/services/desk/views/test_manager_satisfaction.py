"""SSI and CSI as the manager sees them."""

from services.desk.views.manager_satisfaction import surveys_shown
from tests.services.desk.given_manager import satisfaction, survey

STEPS = {"reception": 8.0, "price": None, "quality": 7.0, "time": 9.0}


def test_what_was_answered_is_drawn_and_the_rest_is_named() -> None:
    (shown,) = surveys_shown(satisfaction(survey(8.0, STEPS, target=8.5)), "zh", str)
    assert shown.title == "售后满意度(CSI)"
    assert [item.name for item in shown.measured] == ["reception", "quality", "time"]
    assert shown.unmeasured == ("中price",)
    assert (shown.strongest, shown.weakest) == (("中reception",), ("中time",))
    assert shown.by_item is not None and shown.radar is not None
    assert list(shown.by_item.series[0].values) == [8.0, 7.0, 9.0]
    assert shown.by_item.target == 8.5
    assert list(shown.radar.labels) == ["1 中reception", "2 中quality", "3 中time"]
    assert [series.look for series in shown.radar.series] == ["target", "one"]


def test_months_are_a_line_with_gaps() -> None:
    months = [survey(7.0, {}), survey(None, {}), survey(9.0, {})]
    (shown,) = surveys_shown(satisfaction(survey(8.0, {}), *months), "en", str)
    assert shown.by_month is not None
    assert list(shown.by_month.labels) == ["Jan 26", "Feb", "Mar"]
    assert list(shown.by_month.series[0].values) == [7.0, None, 9.0]
    assert [month.period for month in shown.months] == ["2026-01", "2026-02", "2026-03"]


def test_nothing_is_drawn_of_nothing() -> None:
    (shown,) = surveys_shown(
        satisfaction(survey(None, {"price": None}), survey(None, {})), "en", str
    )
    assert (shown.by_item, shown.by_month, shown.radar) == (None, None, None)


def test_two_steps_are_no_radar() -> None:
    (shown,) = surveys_shown(satisfaction(survey(8.0, {"a": 1.0, "b": 2.0})), "en", str)
    assert shown.by_item is not None
    assert shown.radar is None


def test_a_step_without_a_target_of_its_own_is_held_against_that_of_the_survey() -> None:
    found = survey(8.0, {"a": 8.0, "b": 7.0, "c": 9.0}, target=8.5)
    steps = (found.items[0].model_copy(update={"target": 9.5}), *found.items[1:])
    steps = (*steps[:2], steps[2].model_copy(update={"target": None}))
    aimed = found.model_copy(update={"items": steps})
    (shown,) = surveys_shown(satisfaction(aimed), "en", str)
    assert shown.radar is not None
    assert list(shown.radar.series[0].values) == [9.5, 8.5, 8.5]
