"""The days of a car that lie ahead: the end of its insurance, its next inspection.

A filler is left out and a doubtful day taken as it is said, both with a warning: neither is worth
the rest of the document.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TypedDict

from services.intake.domain.dates import is_out_of_range
from services.intake.domain.findings import Finding
from shared.contracts.feed_parts import AnyVehicle

FAR_OFF = timedelta(days=3_653)
"""No insurance and no inspection is known so long ahead, or worth telling so long after."""
_FILLER = "no day of insurances or inspections: left out"
_DOUBTFUL = "more than ten years from the document: taken as it is said"


class CarDays(TypedDict):
    """What is recorded of them, under the names of the record."""

    insured_until: date | None
    inspection_on: date | None


def recorded(vehicle: AnyVehicle | None) -> CarDays:
    """The days that are said of the car, without fillers."""
    if vehicle is None:
        return CarDays(insured_until=None, inspection_on=None)
    return CarDays(
        insured_until=_unless_filler(vehicle.insured_until),
        inspection_on=_unless_filler(vehicle.inspection_on),
    )


def doubtful(vehicle: AnyVehicle | None, of: date) -> Iterator[Finding]:
    """What is odd about the days of the car of a document that is `of` a day."""
    if vehicle is None:
        return
    days = {"insured_until": vehicle.insured_until, "inspection_on": vehicle.inspection_on}
    for name, day in days.items():
        if day is None:
            continue
        if is_out_of_range(day):
            yield Finding(f"/vehicle/{name}", _FILLER)
        elif abs(day - of) > FAR_OFF:
            yield Finding(f"/vehicle/{name}", _DOUBTFUL)


def _unless_filler(day: date | None) -> date | None:
    return None if day is None or is_out_of_range(day) else day
