"""The list of complaints: which are shown, and each clock in a word."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from services.desk.domain.people import CustomerCard
from services.desk.views.complaints import (
    CasesAsked,
    Show,
    counts_of,
    departments_in,
    is_broken,
    rows_of,
)
from services.desk.views.speech import Speech
from shared.contracts.http.complaints import CaseLine, RungReached
from shared.contracts.intake import KnownVehicle
from tests.services.complaints.given import CUSTOMER, filed, step
from tests.services.desk.given_cases import line_of, moment

WHEN = "3h"
LINES: dict[str, CaseLine] = {
    "broken": line_of(filed(), when=WHEN),
    "running": line_of(filed(), step("contacted", "1h"), when=WHEN),
    "held": line_of(filed(), step("contacted", "1h"), step("held", "2h"), when=WHEN),
    "mine": line_of(
        filed(severity="major"),
        step("contacted", "1h"),
        step("reassigned", "1h", to="s-7"),
        when=WHEN,
    ),
    "later": line_of(filed(), step("answered", "1h"), step("resolved", "2h"), when=WHEN),
}
SPEECH = Speech("en", lambda message, **inserted: message % inserted if inserted else message)


def asked(show: Show, now: datetime | None = None, **more: str) -> CasesAsked:
    return CasesAsked(
        show=show,
        department=more.get("department", ""),
        severity=more.get("severity", ""),
        staff_id="s-7",
        now=now or moment(WHEN),
        zone=ZoneInfo("Asia/Shanghai"),
    )


def test_the_filters_show_what_they_say() -> None:
    found: dict[Show, str] = {
        "open": "broken running held mine later",
        "all": "broken running held mine later",
        "mine": "mine",
        "nobody": "broken running held later",
        "today": "broken",
        "broken": "broken",
        "held": "held",
    }
    for show, names in found.items():
        shown = [name for name, line in LINES.items() if asked(show).shows(line)]
        assert shown == names.split(), show


def test_due_today_is_by_the_dealer_s_day() -> None:
    line = LINES["running"]  # due on the 22nd at 10:00 in Shanghai
    assert not asked("today", moment("13h 59m")).shows(line)
    assert asked("today", moment("14h")).shows(line)


def test_severity_and_department_narrow_any_of_them() -> None:
    body = LINES["broken"].model_copy(update={"department": "body"})
    assert asked("open", severity="major").shows(LINES["mine"])
    assert not asked("open", severity="major").shows(body)
    assert asked("broken", department="body").shows(body)
    assert not asked("broken", department="sales").shows(body)
    assert not asked("open", department="sales").shows(LINES["mine"])
    assert departments_in([body, LINES["mine"]]) == [("body", "Body shop")]


def test_counts_are_of_all_that_are_open() -> None:
    assert counts_of(list(LINES.values()), asked("held")) == {
        "open": 5,
        "mine": 1,
        "nobody": 4,
        "today": 1,
        "warned": 0,
        "broken": 1,
        "held": 1,
    }


def test_who_is_nearly_broken_is_no_broken_one() -> None:
    rung = RungReached.model_validate(
        {"clock": "answer", "name": "w", "kind": "warning", "to": [], "at": moment(WHEN)}
    )
    told = [line.model_copy(update={"rung": rung}) for line in LINES.values()]
    broken = [line for line in told if is_broken(line)]
    assert counts_of(told, asked("open"))["warned"] == len(told) - len(broken)
    assert counts_of(told, asked("open"))["broken"] == len(broken) == 1
    assert {line.status for line in broken} == {"escalated"}, "the same as the service says"


@pytest.mark.parametrize(
    ("name", "chips"),
    [
        ("broken", [("Contact", "bad", "!", ""), ("Answer", "", "◷", "")]),
        ("running", [("Answer", "", "◷", ""), ("Contact", "good", "✓", "kept")]),
        ("held", [("Answer", "plain", "‖", "held"), ("Contact", "good", "✓", "kept")]),
    ],
)
def test_each_clock_is_told_by_a_word_and_a_sign(
    name: str, chips: list[tuple[str, str, str, str]]
) -> None:
    [row] = rows_of([LINES[name]], {}, {}, moment(WHEN), SPEECH)
    found = [(each.clock.title_en, each.tone, each.sign, each.state) for each in row.chips]
    assert found == chips


def test_what_is_warned_of_or_due_within_the_hour_is_urgent() -> None:
    warned = line_of(filed(), when="100m")
    [row] = rows_of([warned], {}, {}, moment("100m"), SPEECH)
    assert [(each.clock.clock, each.tone) for each in row.chips] == [
        ("contact", "warn"),
        ("answer", ""),
    ]
    soon = line_of(filed(), step("contacted", "1h"), when="23h 30m")
    [row] = rows_of([soon], {}, {}, moment("23h 30m"), SPEECH)
    assert row.chips[0].tone == "warn"


def test_late_is_told_apart_from_still_late() -> None:
    late = line_of(filed(), step("contacted", "3h"), when="4h")
    [row] = rows_of([late], {}, {}, moment("4h"), SPEECH)
    assert [(each.sign, each.state) for each in row.chips] == [("◷", ""), ("✕", "broken")]


def test_a_row_says_who_and_leads_to_the_case() -> None:
    car = KnownVehicle(plate="沪A12345", make="VW", model="ID.4")
    who = CustomerCard(customer_key=CUSTOMER, name="王小明", vehicles={"V": car})
    [row] = rows_of([LINES["mine"]], {CUSTOMER: who}, {"s-7": "Lin"}, moment(WHEN), SPEECH)
    assert (row.name, row.car, row.owner) == ("王小明", "沪A12345 · ID.4", "Lin")
    assert row.place == "sunrise/pudong/cases/cdk/K-1"
    assert row.about == "repair quality · Telephone"
    [unknown] = rows_of([LINES["mine"]], {}, {}, moment(WHEN), SPEECH)
    assert (unknown.name, unknown.car, unknown.owner) == ("C-1", "", "s-7")


def test_the_rung_says_to_whom_it_goes() -> None:
    [row] = rows_of([LINES["broken"]], {}, {}, moment(WHEN), SPEECH)
    assert row.rung == "responsible person, department head"
    [row] = rows_of([LINES["running"]], {}, {}, moment(WHEN), SPEECH)
    assert row.rung == ""
