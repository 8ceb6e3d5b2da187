"""Which odometer readings of a car are believed, and what they say of how far it is driven."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.followup.domain.readings import LOOKED_AT, CarReadings, OdometerReading, believed

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
APART = timedelta(days=30)
Told = list[tuple[float, int]]
"""Days since the beginning, and kilometres."""


def car(*told: tuple[float, int]) -> list[OdometerReading]:
    return sorted(OdometerReading(BEGIN + timedelta(days=day), km) for day, km in told)


def shown(readings: Iterable[OdometerReading]) -> CarReadings:
    odometer = CarReadings()
    for reading in readings:
        odometer.add(reading)
    return odometer


@pytest.mark.parametrize(
    ("told", "disbelieved"),
    [
        ([], []),
        ([(0, 20_000)], []),
        ([(0, 20_000), (90, 25_000), (180, 30_000)], []),
        ([(0, 20_000), (0, 20_010), (1, 20_900)], []),  # brought back at once, then a long tour
        ([(0, 12), (365, 30_000)], []),  # a new car
        ([(0, 20_000), (100, 90_000)], []),  # a taxi
        ([(0, 20_000), (90, 0), (180, 30_000)], [0]),
        ([(0, 20_000), (90, 2_500), (180, 30_000)], [2_500]),
        ([(0, 20_000), (90, 250_000), (180, 30_000)], [250_000]),
        ([(0, 2_000_000), (90, 25_000), (180, 30_000)], [2_000_000]),
        ([(0, 0), (90, 25_000), (180, 30_000)], []),
        ([(0, 20_000), (90, 25_000), (180, 300_000)], [300_000]),
        ([(0, 20_000), (90, 25_000), (180, 3_000)], [3_000]),
        ([(0, 12_000), (180, 131_000)], [12_000]),  # 660 km a day, and ten times as much
        ([(0, 12_000), (180, 131_000), (270, 14_000)], [131_000]),
        ([(0, 20_000), (365, 180_000), (400, 26_000)], [180_000]),  # two agree twice
        ([(0, 90_000), (90, 95_000), (180, 200), (270, 5_000), (360, 9_000)], [90_000, 95_000]),
        ([(0, 20_000), (90, 19_000)], [20_000]),  # nothing follows from one alone
    ],
)
def test_what_contradicts_the_others_does_not_count(told: Told, disbelieved: list[int]) -> None:
    readings = car(*told)
    doubted = [reading.km for reading in readings if reading not in believed(readings)]
    assert doubted == disbelieved


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([(0, 20_000), (100, 30_000)], 100),
        ([(0, 20_000), (100, 30_000), (150, 0)], 100),
        ([(0, 20_000), (100, 300_000)], None),
        ([(0, 20_000), (50, 250_000), (100, 30_000)], 100),
        ([(0, 20_000), (100, 19_000)], None),
        ([(0, 20_000), (29, 25_000)], None),
        ([(0, 20_000), (100, 20_000)], None),
        ([], None),
    ],
)
def test_the_pace_is_that_of_believed_readings(told: Told, expected: float | None) -> None:
    assert shown(car(*told)).km_per_day(APART) == expected


drives = some.lists(
    some.tuples(some.integers(1, 200), some.integers(0, 300)), min_size=3, max_size=12
)
"""Days to the next reading, and the kilometres of each of these days."""


def driven(drive: list[tuple[int, int]]) -> list[OdometerReading]:
    day, km, told = 0, 20_000, []
    for days, pace in drive:
        day, km = day + days, km + days * pace
        told.append((day, km))
    return car(*told)


@given(drives)
def test_a_car_that_is_driven_as_cars_are_is_believed(drive: list[tuple[int, int]]) -> None:
    assert believed(driven(drive)) == driven(drive)


@given(drives, some.data(), some.sampled_from([0, 199, 2_400_000, 4_000_000]))
def test_one_wrong_reading_among_true_ones_is_found(
    drive: list[tuple[int, int]], data: some.DataObject, wrong: int
) -> None:
    true = driven(drive)
    position = data.draw(some.integers(1, len(true) - 1))
    before, after = true[position - 1].at, true[position].at
    false = OdometerReading(before + (after - before) / 2, wrong)
    assert believed(sorted([*true, false])) == true


@given(some.lists(some.tuples(some.integers(0, 900), some.integers(0, 400_000)), max_size=12))
def test_what_is_believed_agrees_and_is_as_much_as_can_be(told: Told) -> None:
    readings = car(*told)
    found = list(believed(readings))
    assert believed(found) == found
    assert [reading for reading in readings if reading in found] == sorted(found)
    for left_out in readings:
        wider = sorted([*found, left_out])
        assert left_out in found or len(believed(wider)) <= len(found)


def test_of_very_many_the_last_are_looked_at() -> None:
    """The cost grows with the square of their number."""
    old = [(day, 500_000 + 300 * day) for day in range(2 * LOOKED_AT)]
    new = [(200 + 10 * at, 20_000 + 500 * at) for at in range(LOOKED_AT)]
    assert shown(car(*old, *new)).km_per_day(APART) == 50


@given(some.lists(some.tuples(some.integers(0, 900), some.integers(0, 400_000)), max_size=12))
def test_what_is_believed_is_the_same_in_whatever_order_it_became_known(told: Told) -> None:
    odometer = shown(OdometerReading(BEGIN + timedelta(days=day), km) for day, km in told)
    trusted = believed(car(*told))
    assert [each for each in car(*told) if odometer.believes(each)] == [
        each for each in car(*told) if each in trusted
    ]
    assert odometer.km_per_day(APART) == shown(car(*told)).km_per_day(APART)
