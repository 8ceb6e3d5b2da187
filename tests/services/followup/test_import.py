"""A history that is imported opens what is due now, and never what is past."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given as always
from hypothesis import strategies as some

from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.complaints import CaseStandingChanged
from shared.contracts.envelope import Event
from tests.services.followup.given import (
    advised,
    at,
    consent,
    delivery,
    given,
    local,
    scored,
    survey,
    visit,
)
from tests.services.followup.given_others import case, referred

SHIPPED = FollowUpPolicy()
NOW = "2026-11-29 12:00"
TO_DO = ("open", "overdue")


def imported(event: Event[Any], now: datetime) -> Event[Any]:
    """As received now, whenever it happened."""
    data = event.data
    if isinstance(data, CaseStandingChanged):
        data = data.model_copy(update={"recorded_at": now})
    return event._replace(recorded_at=now, data=data)


@some.composite
def recent(draw: some.DrawFn) -> list[Event[Any]]:
    """What a customer did in the last weeks, one thing of a kind at most, and long before."""
    told = [visit("2025-06-10", "R0"), delivery("2025-05-10", "D0")]
    for begin in draw(some.lists(some.sampled_from(HAPPENED), max_size=4, unique=True)):
        told.append(begin(_ago(draw(some.integers(0, 120)))))
    return told


def _ago(days: int) -> str:
    return local(at(NOW) - timedelta(days=days, hours=1))


def _days_after(on: str, days: int) -> str:
    return local(at(on) + timedelta(days=days))


HAPPENED: tuple[Callable[[str], Event[Any]], ...] = (
    lambda on: delivery(on, "D1"),
    lambda on: visit(on, "R1", recommended=[advised("TYR")]),
    lambda on: survey(on, 3),
    lambda on: case(on, "K1", (on, None), resolved=on, call_back_due=_days_after(on, 3)),
    lambda on: referred(on, "F1"),
    lambda on: scored(1, grade="quality", risk="lost", risk_since=on),
    lambda on: scored(1, grade="potential", risk="at_risk", risk_since=on),
)


@always(recent())
def test_nothing_that_is_past_opens(told: list[Event[Any]]) -> None:
    customer = given(*(imported(event, at(NOW)) for event in told)).by(SHIPPED).when(NOW)
    assert [task.kind for task in customer.tasks if task.status == "overdue"] == []
    assert all(task.due_at > at(NOW) for task in customer.tasks if task.status == "open")


def test_three_years_of_a_customer_open_one_conversation() -> None:
    """Six visits and a delivery: of 30 tasks that there would have been, the one that is due."""
    history = [
        delivery("2023-11-20"),
        *(
            visit(day, f"R{number}")
            for number, day in enumerate(
                ("2024-02-10", "2024-08-05", "2025-02-11", "2025-08-09", "2026-02-10"), start=1
            )
        ),
        visit("2026-06-10", "R6"),
        consent("2023-11-20"),
        scored(1, grade="potential"),
    ]
    customer = given(*(imported(event, at(NOW)) for event in history)).by(SHIPPED).when(NOW)
    [task] = [task for task in customer.tasks if task.status in TO_DO]
    assert [purpose.kind for purpose in task.purposes] == ["next_service"]
