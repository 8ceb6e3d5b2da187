"""First service: 14 days before the earlier of 90 days or predicted 5,000 km, due that day."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as always
from hypothesis import strategies as some

from tests.services.followup.domain.rules.known import (
    OTHER_CAR,
    Document,
    found,
    gone,
    in_the_workshop,
    on,
    order,
    said,
    sold,
    tasks,
)

DAY_90 = "D1 opens 2025-03-27 09:00, due 2025-04-10 18:00"
NOT_A_SERVICE: Mapping[str, Any] = {"serviced": False}


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param((sold("2025-01-10"),), [DAY_90], id="90 days after the delivery"),
        pytest.param((sold("2025-01-10", used=True),), [], id="not of a used car"),
        pytest.param(
            (sold("2025-01-10"), sold("2025-01-11", "D2", vin=OTHER_CAR)),
            [DAY_90, "D2 opens 2025-03-28 09:00, due 2025-04-11 18:00"],
            id="each car for itself",
        ),
        pytest.param((sold("2025-01-10", vin=None),), [DAY_90], id="a car without a number"),
        pytest.param(
            (sold("2025-01-10"), order("2025-04-02")),
            [f"{DAY_90}; 2025-04-02 14:00 done: visit"],
            id="any order that is not all internal closes it",
        ),
        pytest.param(
            (sold("2025-01-10"), order("2025-01-10 19:00", opened="2025-01-10 08:00")),
            [DAY_90],
            id="one by which it was prepared does not, though it was closed after the delivery",
        ),
        pytest.param(
            (sold("2025-01-10"), order("2025-01-12", opened="2025-01-05")),
            [DAY_90],
            id="however long that took",
        ),
        pytest.param(
            (sold("2025-01-10"), order("2025-01-10 12:00", opened="2025-01-10 08:00")),
            [DAY_90],
            id="or closed before",
        ),
        pytest.param(
            (sold("2025-01-10 09:00"), order("2025-01-10 11:00", opened="2025-01-10 09:30")),
            [DAY_90],
            id="nor one of the day that alone is known of the delivery",
        ),
        pytest.param(
            (sold("2025-01-10 09:00"), in_the_workshop("2025-01-10 09:30")),
            [DAY_90],
            id="nor one of that day that was never closed",
        ),
        pytest.param(
            (sold("2025-01-10"), order("2025-01-11 11:00", opened="2025-01-11 09:30")),
            [f"{DAY_90}; 2025-01-11 09:30 done: visit"],
            id="one of the next day does",
        ),
        pytest.param(
            (
                sold("2025-01-10"),
                order("2025-01-10 19:00", opened="2025-01-10 08:00"),
                order("2025-04-02", "R2"),
            ),
            [f"{DAY_90}; 2025-04-02 14:00 done: visit"],
            id="and so does the next order after such a one",
        ),
        pytest.param(
            (
                sold("2025-01-10", km=10),
                gone("2025-02-01"),
                sold("2025-02-19", "D2", used=True, km=4_010),
            ),
            [f"{DAY_90}; 2025-02-01 17:00 cancelled: car sold on"],
            id="what it was driven by others says nothing when it is bought back",
        ),
        pytest.param(
            (sold("2025-01-10"), in_the_workshop("2025-04-02")),
            [f"{DAY_90}; 2025-04-02 17:00 done: visit"],
            id="the car standing in the workshop is enough",
        ),
        pytest.param(
            (sold("2025-01-10"), order("2025-04-02", serviced=False)),
            [DAY_90],
            id="one that nobody paid for does not",
        ),
        pytest.param(
            (sold("2025-01-10"), order("2025-04-02", vin=OTHER_CAR)),
            [DAY_90],
            id="nor one of another car",
        ),
        pytest.param(
            (sold("2025-01-10"), gone("2025-04-01")),
            [f"{DAY_90}; 2025-04-01 17:00 cancelled: car sold on"],
            id="a car sold on ends it",
        ),
        pytest.param(
            (sold("2025-01-10"), gone("2025-04-01", traded_in=True)),
            [f"{DAY_90}; 2025-04-01 17:00 cancelled: car traded in"],
            id="and one traded in",
        ),
        pytest.param(
            (sold("2025-01-10", km=10), order("2025-02-19", km=4_010, **NOT_A_SERVICE)),
            ["D1 opens 2025-02-19 14:00, due 2025-03-01 18:00"],
            id="100 km a day: 5,000 km on day 50, told from the reading on",
        ),
        pytest.param(
            (sold("2025-01-10", km=10), order("2025-02-19", km=410, **NOT_A_SERVICE)),
            [DAY_90],
            id="10 km a day: the 90 days come first",
        ),
        pytest.param(
            (sold("2025-01-10", km=10), order("2025-01-20", km=4_010, **NOT_A_SERVICE)),
            [DAY_90],
            id="readings within a month of each other say nothing",
        ),
    ],
)
def test_first_service(given: tuple[Document, ...], then: list[str]) -> None:
    assert tasks("first_service", *given) == then


def test_it_says_since_when_and_after_how_many_kilometres() -> None:
    fast = order("2025-02-19", km=4_010, serviced=False)
    for story in ((sold("2025-01-10 23:30"),), (sold("2025-01-10", km=10), fast)):
        assert said("first_service", *story) == {"delivered": "2025-01-10", "km": "5000"}


@always(some.integers(31, 89), some.integers(0, 900), some.integers(0, 100))
def test_who_drives_further_is_never_invited_later(day: int, pace: int, more: int) -> None:
    """The same visit on the same day, with the same or a higher reading."""
    seen = (on("2025-01-10") + timedelta(days=day)).isoformat()

    def due(km_a_day: int) -> datetime:
        reading = order(seen, km=10 + day * km_a_day, serviced=False)
        [only] = found("first_service", sold("2025-01-10", km=10), reading)
        return only.due_at

    assert due(pace + more) <= due(pace)
