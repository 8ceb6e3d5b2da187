"""What is different between two editions, as an operator reads it."""

from datetime import date
from typing import Any

from services.complaints.domain.differences import condition, differences
from services.complaints.domain.policy import POLICY_2123, AppliesWhen
from services.complaints.domain.rulebook import SHIPPED, CaseEdition
from shared.policies.differences import FieldChange
from tests.services.complaints.given import at
from tests.services.complaints.rules import BUSINESS, CALENDAR, CLIMBING


def with_calendar(**changes: Any) -> CaseEdition:
    return CaseEdition(policy=BUSINESS, calendar=CALENDAR.model_copy(update=changes))


def test_when_and_how_it_was_applied_makes_no_difference() -> None:
    applied = SHIPPED.model_copy(update={"applied_at": at("1h"), "open_cases": "rebase"})
    assert differences(SHIPPED, applied) == []


def test_a_ladder_is_told_step_by_step() -> None:
    found = {
        change.field: (change.old, change.new)
        for change in differences(SHIPPED, CaseEdition(policy=CLIMBING))
    }
    assert found["name"] == ("2123", "climbing")
    assert found["clocks.answer.ladder.warning"] == (
        "75% responsible_person",
        "50% responsible_person",
    )
    assert found["clocks.answer.ladder.breach"] == (
        "due responsible_person+department_head",
        "due responsible_person+department_head every 1h up to 3 times",
    )
    assert found["clocks.answer.ladder.manager"][0] is None
    assert found["clocks.answer.ladder.general_manager"][1] is None
    assert found["clocks.call_back"] == ("3d from resolved", None)


def test_a_calendar_where_there_was_none_is_one_line() -> None:
    changes = differences(SHIPPED, CaseEdition(policy=BUSINESS, calendar=CALENDAR))
    assert [each for each in changes if each.field.startswith("calendar")] == [
        FieldChange("calendar", None, "pudong (Asia/Shanghai; every year)")
    ]


def test_days_of_a_calendar_are_told_one_by_one() -> None:
    new = with_calendar(
        closed=(date(2026, 12, 25),),
        special={date(2026, 12, 26): ("09:00-12:00",), date(2026, 12, 27): ()},
        covered_years=(2026, 2027),
    )
    changes = differences(with_calendar(), new)
    assert changes == [
        FieldChange("calendar.covered_years", "every year", "2026, 2027"),
        FieldChange("calendar.closed.2026-12-25", None, "closed"),
        FieldChange("calendar.special.2026-12-26", None, "09:00-12:00"),
        FieldChange("calendar.special.2026-12-27", None, "closed"),
        FieldChange("calendar.closed.2026-11-25", "closed", None),
    ]
    assert [change.is_day for change in changes] == [False, True, True, True, True]


def test_for_which_cases_a_clock_runs_is_told_in_words() -> None:
    assert condition(AppliesWhen()) == "all cases"
    assert condition(AppliesWhen(severity="major", channel=("oem", "regulator"))) == (
        "severity major; channel oem, regulator"
    )
    assert condition(AppliesWhen(regulator=True)) == "regulator yes"


def test_nothing_of_a_clock_goes_unnoticed() -> None:
    """A field that is added to the rules must show in a difference."""
    rule = POLICY_2123.rules["contact"]
    other = POLICY_2123.rules["executive_answer"].model_copy(
        update={"name": "contact", "raise_grace": rule.raise_grace * 2, "start": "resolved"}
    )
    clocks = (other, *POLICY_2123.clocks[1:])
    changed = CaseEdition(policy=POLICY_2123.model_copy(update={"clocks": clocks}))
    fields = {change.field.split(".")[2] for change in differences(SHIPPED, changed)}
    assert fields == type(rule).model_fields.keys() - {"name"}
