"""Odometer readings that cannot be true by what their own document says.

They are set aside with the reason: not published, while all else in the document is taken. What
only the readings of other documents contradict is found by who knows those.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from services.intake.domain.findings import Finding
from shared.contracts.feed_parts import AnyVehicle
from shared.contracts.values import Odometer

MOST_KM = 2_000_000
MOST_KM_PER_DAY = 1_000
LONGEST_TEST_DRIVE_KM = 1_000
"""The most that a car is driven between coming to the workshop and leaving it."""
FAR_APART = 2
"""Of two readings this many times apart, neither is to be believed."""


def impossible_alone(reading: Odometer, vehicle: AnyVehicle | None, day: date) -> str | None:
    """Why a reading cannot be true of any car, or not of one of this model year."""
    if reading.km > MOST_KM:
        return f"more than {MOST_KM} km"
    if vehicle is None or vehicle.model_year is None:
        return None
    # a model year begins in the calendar year before
    age = day - date(vehicle.model_year - 1, 1, 1)
    too_much = age > timedelta(0) and reading.km > MOST_KM_PER_DAY * age.days
    return "more than a car of this model year can have been driven" if too_much else None


def impossible_together(*, came: int, left: int) -> Iterator[Finding]:
    """Which of the readings, in km, of a car that `came` and `left` are not to be believed."""
    if came <= left <= came + LONGEST_TEST_DRIVE_KM:
        return
    if left > came:
        yield Finding("/odometer_out", "much more than odometer_in")
        return
    yield Finding("/odometer_out", "less than odometer_in")
    if came >= FAR_APART * left:
        yield Finding("/odometer_in", "far more than odometer_out")
