"""Warranty ending: 60 days before 36 months or predicted 100,000 km, due 14 days before."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given as always
from hypothesis import strategies as some

from tests.services.followup.domain.rules.known import (
    OTHER_CAR,
    Document,
    found,
    gone,
    on,
    order,
    said,
    sold,
    tasks,
)

IN_36_MONTHS = "D1 opens 2027-11-11 09:00, due 2027-12-27 18:00"


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param((sold("2025-01-10"),), [IN_36_MONTHS], id="36 months after the delivery"),
        pytest.param(
            (sold("2024-02-29"),),
            ["D1 opens 2026-12-30 09:00, due 2027-02-14 18:00"],
            id="36 months after the 29th of February are the 28th",
        ),
        pytest.param(
            (sold("2025-08-31"),),
            ["D1 opens 2028-07-02 09:00, due 2028-08-17 18:00"],
            id="from one end of a month to another",
        ),
        pytest.param(
            (sold("2025-01-10 23:30"),),
            [IN_36_MONTHS],
            id="the day is the dealer's",
        ),
        pytest.param((sold("2025-01-10", used=True),), [], id="none of a used car"),
        pytest.param(
            (sold("2025-01-10", used=True, warranty_until=on("2026-01-09")),),
            ["D1 opens 2025-11-10 09:00, due 2025-12-26 18:00"],
            id="but what its sale names",
        ),
        pytest.param(
            (sold("2025-01-10", warranty_until=on("2030-01-09")),),
            ["D1 opens 2029-11-10 09:00, due 2029-12-26 18:00"],
            id="a longer one that was sold with it",
        ),
        pytest.param(
            (sold("2025-01-10", km=0), order("2025-07-29", km=40_000)),
            ["D1 opens 2026-03-26 09:00, due 2026-05-11 18:00"],
            id="200 km a day: 100,000 km after 500 days",
        ),
        pytest.param(
            (sold("2025-01-10", km=0), order("2025-07-29", km=4_000)),
            [IN_36_MONTHS],
            id="20 km a day: the months come first",
        ),
        pytest.param(
            (
                sold("2025-01-10", km=0),
                order("2025-07-29", km=40_000),
                order("2026-02-14", "R2", km=44_000),
            ),
            [IN_36_MONTHS],
            id="who drives less from then on has longer",
        ),
        pytest.param(
            (sold("2025-01-10", km=0), order("2025-07-29", vin=OTHER_CAR, km=40_000)),
            [IN_36_MONTHS],
            id="another car's kilometres say nothing",
        ),
        pytest.param(
            (sold("2025-01-10"), gone("2026-01-10")),
            [f"{IN_36_MONTHS}; 2026-01-10 17:00 cancelled: car sold on"],
            id="a car sold on ends it",
        ),
        pytest.param(
            (
                sold("2025-01-10", km=0),
                gone("2025-06-01"),
                sold("2025-07-29", "D2", used=True, km=40_000),
            ),
            [f"{IN_36_MONTHS}; 2025-06-01 17:00 cancelled: car sold on"],
            id="also when it is bought back: no warranty of a used car",
        ),
        pytest.param(
            (sold("2025-01-10", km=0), order("2025-07-29", km=120_000)),
            ["D1 opens 2025-07-29 14:00, due 2025-07-16 18:00"],
            id="what has ended by its kilometres was due before anybody knew",
        ),
        pytest.param(
            (
                sold("2025-01-10", km=0),
                order("2025-07-29", km=40_000),
                order("2025-09-17", "R2", km=31_000),
                order("2025-10-07", "R3", km=54_000),
            ),
            ["D1 opens 2026-03-26 09:00, due 2026-05-11 18:00"],
            id="a reading in miles says nothing",
        ),
        pytest.param(
            (
                sold("2025-01-10", km=0),
                order("2025-07-29", km=40_000),
                order("2025-09-17", "R2", km=50_000),
                order("2025-12-26", "R3", km=15),
            ),
            ["D1 opens 2026-03-26 09:00, due 2026-05-11 18:00"],
            id="nor does an odometer that was replaced",
        ),
    ],
)
def test_warranty_ending(given: tuple[Document, ...], then: list[str]) -> None:
    assert tasks("warranty_ending", *given) == then


def test_it_says_until_when() -> None:
    assert said("warranty_ending", sold("2024-02-29")) == {"until": "2027-02-28"}


@always(some.integers(31, 1000), some.integers(0, 900), some.integers(0, 100))
def test_who_drives_further_is_never_told_later(day: int, pace: int, more: int) -> None:
    seen = (on("2025-01-10") + timedelta(days=day)).isoformat()

    def due(km_a_day: int) -> datetime:
        reading = order(seen, km=10 + day * km_a_day)
        [only] = found("warranty_ending", sold("2025-01-10", km=10), reading)
        return only.due_at

    assert due(pace + more) <= due(pace)
