"""Odometer readings that cannot be true by what their own document says.

They are set aside with the reason: not published, while all else in the document is taken. What
only the readings of other documents contradict is found by who knows those.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from services.intake.domain.findings import Finding, Findings
from shared.contracts.feed_parts import Vehicle
from shared.contracts.feeds import AnyReport, SaleReported, VisitReported
from shared.contracts.values import Odometer
from shared.dealers.dealer import Dealer

MOST_KM = 2_000_000
MOST_KM_PER_DAY = 1_000
LONGEST_TEST_DRIVE_KM = 1_000
"""A car leaves the workshop with at most so much more than it came with."""
FAR_APART = 2
"""Of two readings this many times apart, neither is to be believed."""


def with_plausible_odometers(report: AnyReport, dealer: Dealer, warnings: Findings) -> AnyReport:
    """The report without the readings that cannot be true."""
    match report:
        case VisitReported():
            found = dict(_of_visit(report, dealer))
        case SaleReported():
            found = dict(_of_sale(report))
        case _:
            return report
    for name, reason in found.items():
        warnings.add(f"/data/{name}", f"{reason}: set aside")
    return report.model_copy(update=dict.fromkeys(found)) if found else report


def _of_visit(visit: VisitReported, dealer: Dealer) -> Iterator[Finding]:
    readings = {"odometer_in": visit.odometer_in, "odometer_out": visit.odometer_out}
    day = (visit.closed_at or visit.opened_at).astimezone(dealer.zone).date()
    believed: dict[str, int] = {}
    for name, reading in readings.items():
        reason = None if reading is None else _alone(reading, visit.vehicle, day)
        if reason is not None:
            yield Finding(name, reason)
        elif reading is not None and reading.value == 0:
            yield Finding(name, "a car that comes in has been driven")
        elif reading is not None:
            believed[name] = reading.km
    if len(believed) == len(readings):
        yield from _together(came=believed["odometer_in"], left=believed["odometer_out"])


def _together(*, came: int, left: int) -> Iterator[Finding]:
    if came <= left <= came + LONGEST_TEST_DRIVE_KM:
        return
    if left > came:
        yield Finding("odometer_out", "much more than odometer_in")
        return
    yield Finding("odometer_out", "less than odometer_in")
    if came >= FAR_APART * left:
        yield Finding("odometer_in", "far more than odometer_out")


def _of_sale(sale: SaleReported) -> Iterator[Finding]:
    if sale.odometer is None:
        return
    reason = _alone(sale.odometer, sale.vehicle, sale.delivered_on or sale.deal_date)
    if reason is None and sale.odometer.value == 0 and sale.condition != "new":
        reason = "a car that is not new has been driven"
    if reason is not None:
        yield Finding("odometer", reason)


def _alone(reading: Odometer, vehicle: Vehicle | None, day: date) -> str | None:
    """Why a reading cannot be true of any car, or not of one of this model year."""
    if reading.km > MOST_KM:
        return f"more than {MOST_KM} km"
    if vehicle is None or vehicle.model_year is None:
        return None
    # a model year begins in the calendar year before
    age = day - date(vehicle.model_year - 1, 1, 1)
    too_much = age > timedelta(0) and reading.km > MOST_KM_PER_DAY * age.days
    return "more than a car of this model year can have been driven" if too_much else None
