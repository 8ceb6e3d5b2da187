"""Days are those of the dealer's calendar: the same local time, whatever the clocks do."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.followup.domain.decide import decide
from services.followup.domain.facts import FollowUpFacts, join
from services.followup.domain.offsets import days_after
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.working_hours import WorkingHours
from shared.contracts.envelope import Event
from shared.contracts.followup import TaskChanged, task_id
from shared.contracts.identifiers import document_version
from shared.contracts.intake import SaleRecorded, TaskOutcomeRecorded
from shared.time.calendar import WEEKDAYS, Window
from tests.services.followup.given import CAR, CUSTOMER, DEALER, document_id

ZONES = ("Asia/Shanghai", "America/Chicago", "Pacific/Auckland", "Europe/Berlin")
ALWAYS_OPEN = FollowUpPolicy(
    hours=WorkingHours(week=dict.fromkeys(WEEKDAYS, (Window.parse("00:00-24:00"),)))
)
EARLY, LATE = "00:30", "23:30"
"""By the dealer's clock: in other zones, and an hour from there, it is another day."""


def delivered(local: str, zone: str) -> Event[Any]:
    """A car handed over, by the dealer's clock."""
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    data = SaleRecorded.model_validate(
        {
            "document_id": document_id("sale", "D1"),
            "version": document_version(int(at.timestamp() * 1000), "0" * 12),
            "customer_key": CUSTOMER,
            "dealer_id": DEALER,
            "timezone": zone,
            "status": "delivered",
            "role": "buyer",
            "deal_date": local[:10],
            "delivered_at": at,
            "sale_type": "retail",
            "condition": "new",
            "vin": CAR,
        }
    )
    return Event(id="1", key=CUSTOMER, dealer_id=DEALER, recorded_at=at, data=data)


def postponed(local: str, zone: str, to: str) -> Event[Any]:
    """The thanks could not be given, and were put off to a day."""
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    data = TaskOutcomeRecorded.model_validate(
        {
            "document_id": document_id("task-outcome", "T1"),
            "version": document_version(int(at.timestamp() * 1000), "0" * 12),
            "customer_key": CUSTOMER,
            "dealer_id": DEALER,
            "task_id": str(task_id(CUSTOMER, f"delivery_thanks/{document_id('sale', 'D1')}")),
            "outcome": "postponed",
            "at": at,
            "next_contact_on": to,
        }
    )
    return Event(id="2", key=CUSTOMER, dealer_id=DEALER, recorded_at=at, data=data)


def window(kind: str, zone: str, *events: Event[Any], on: str) -> tuple[str, str]:
    """From when until when a task is to be done, by the dealer's clock."""
    now = datetime.fromisoformat(on).replace(tzinfo=ZoneInfo(zone))
    tasks = [
        output.content
        for output in decide(join(FollowUpFacts(), events), {}, ALWAYS_OPEN, now).outputs
        if isinstance(output.content, TaskChanged) and output.content.kind == kind
    ]
    [task] = tasks
    opens, due = (each.astimezone(ZoneInfo(zone)) for each in (task.opens_at, task.due_at))
    return f"{opens:%Y-%m-%d %H:%M}", f"{due:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("clock", [EARLY, "12:00", LATE])
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("handed_over", "expected"),
    [
        ("2025-09-01", "2026-02-28"),
        ("2023-09-02", "2024-02-29"),
        ("2024-09-01", "2025-02-28"),
        ("2025-03-01", "2025-08-28"),
        ("2025-05-04", "2025-10-31"),
        ("2025-10-01", "2026-03-30"),
    ],
)
def test_the_next_service_is_so_many_local_days_after_the_delivery(
    handed_over: str, expected: str, zone: str, clock: str
) -> None:
    car = delivered(f"{handed_over} {clock}", zone)
    opens, due = window("next_service", zone, car, on=f"{expected} 09:00")
    assert due == f"{expected} 18:00"
    assert opens == f"{date.fromisoformat(expected) - timedelta(days=14)} 09:00"


@pytest.mark.parametrize(
    ("zone", "handed_over", "opens", "due"),
    [
        ("Europe/Berlin", "2025-10-24 00:30", "2025-10-27 00:30", "2025-10-31 00:30"),
        ("Europe/Berlin", "2025-03-28 23:30", "2025-03-31 23:30", "2025-04-04 23:30"),
        ("America/Chicago", "2025-10-31 00:30", "2025-11-03 00:30", "2025-11-07 00:30"),
        ("America/Chicago", "2025-03-07 23:30", "2025-03-10 23:30", "2025-03-14 23:30"),
        ("Pacific/Auckland", "2025-04-04 00:30", "2025-04-07 00:30", "2025-04-11 00:30"),
        ("Pacific/Auckland", "2025-09-26 23:30", "2025-09-29 23:30", "2025-10-03 23:30"),
        ("Asia/Shanghai", "2024-02-26 00:30", "2024-02-29 00:30", "2024-03-04 00:30"),
        ("Europe/Berlin", "2025-03-27 02:30", "2025-03-30 03:30", "2025-04-03 02:30"),
    ],
)
def test_days_keep_the_local_time_when_the_clocks_change(
    zone: str, handed_over: str, opens: str, due: str
) -> None:
    """But for a time that a day does not have: then it is an hour later."""
    car = delivered(handed_over, zone)
    assert window("delivery_satisfaction", zone, car, on=due) == (opens, due)


def test_hours_are_elapsed_ones() -> None:
    car = delivered("2025-10-25 12:00", "Europe/Berlin")
    found = window("delivery_thanks", "Europe/Berlin", car, on="2025-10-25 13:00")
    assert found == ("2025-10-25 12:00", "2025-10-26 11:00")


@pytest.mark.parametrize("clock", [EARLY, LATE])
@pytest.mark.parametrize("zone", ZONES)
def test_the_longest_postponement_is_counted_by_the_dealers_days(zone: str, clock: str) -> None:
    car = delivered("2025-08-31 12:00", zone)
    later = postponed(f"2025-09-01 {clock}", zone, "2026-06-01")
    found = window("delivery_thanks", zone, car, later, on="2025-09-02 09:00")
    assert found[1] == "2026-02-28 18:00"


@for_all(
    st.integers(0, 4_000_000_000),
    st.integers(-400, 400),
    st.sampled_from(ZONES),
)
def test_the_date_is_so_many_days_away(seconds: int, days: int, zone: str) -> None:
    place = ZoneInfo(zone)
    before = datetime.fromtimestamp(seconds, place)
    later = days_after(before, days, place).astimezone(place)
    assert (later.date() - before.date()).days == days


def test_a_policy_in_which_nothing_is_counted_in_days_is_as_before() -> None:
    moment = datetime(2025, 10, 26, 1, 30, tzinfo=ZoneInfo("UTC"))
    berlin = ZoneInfo("Europe/Berlin")
    assert days_after(moment, 0, berlin) == moment
    assert FollowUpPolicy().rules[0].opens.after(moment, berlin) == moment
