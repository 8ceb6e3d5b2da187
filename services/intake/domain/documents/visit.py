"""A repair order: the customer's, else the car's, else its own."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from services.intake.domain.documents import car_days, one_customer_or_car
from services.intake.domain.documents.kind import all_but_personal, no_parent
from services.intake.domain.documents.naming import (
    RecordFields,
    document_id,
    key_of_document,
    record_fields,
)
from services.intake.domain.documents.odometers import impossible_alone, impossible_together
from services.intake.domain.findings import Finding
from shared.contracts.feed_parts import RepairLine
from shared.contracts.feeds import VisitReported
from shared.contracts.intake import (
    Recorded,
    RecordedLine,
    RecordedRecommendation,
    VisitMoved,
    VisitRecorded,
)
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = VisitRecorded
EXPLAINS = False
FREE_WORDS: tuple[str, ...] = ()
LARGEST_LINE = 10**10
"""Labour and parts of one line stay below this, so that their sum is an amount."""

parent = no_parent
content = all_but_personal
named_by_id = one_customer_or_car.named_by_id
known_customers = one_customer_or_car.named_by_id
described = one_customer_or_car.described


def numbers(report: VisitReported) -> dict[str, str]:
    return {"ro_no": report.ro_no}


def contradictions(report: VisitReported) -> Iterator[Finding]:
    for position, line in enumerate(report.lines):
        if abs(_amount(line)) >= LARGEST_LINE:
            yield Finding(f"/lines/{position}", "labour and parts are too large")
    if report.comeback_of == report.ro_no:
        yield Finding("/comeback_of", "an order is no comeback of itself: name the earlier one")


def doubtful(report: VisitReported) -> Iterator[Finding]:
    """A job may be credited; of an order that is all credit, its void was meant, perhaps. What is
    severe counts by its fault's code."""
    back = "more is given back than charged: to take an order back, report it as voided"
    if sum(_amount(line) for line in report.lines) < 0:
        yield Finding("/lines", back)
    if report.total is not None and report.total.amount < 0:
        yield Finding("/total/amount", back)
    for position, line in enumerate(report.lines):
        if line.severe and line.fault is None:
            detail = "severe says nothing without fault, the code of what was repaired"
            yield Finding(f"/lines/{position}/severe", detail)
    yield from car_days.doubtful(report.vehicle, report.opened_at.date())


def happened(report: VisitReported) -> Iterator[tuple[str, date | None]]:
    yield "opened_at", report.opened_at
    yield "closed_at", report.closed_at
    yield "voided_at", report.voided_at


def impossible_readings(report: VisitReported, dealer: Dealer) -> Iterator[Finding]:
    readings = {"odometer_in": report.odometer_in, "odometer_out": report.odometer_out}
    day = (report.closed_at or report.opened_at).astimezone(dealer.zone).date()
    believed: dict[str, int] = {}
    for name, reading in readings.items():
        if reading is None:
            continue
        reason = impossible_alone(reading, report.vehicle, day)
        if reason is None and reading.value == 0:
            reason = "a car that comes in has been driven"
        if reason is not None:
            yield Finding(f"/{name}", reason)
        else:
            believed[name] = reading.km
    if len(believed) == len(readings):
        yield from impossible_together(came=believed["odometer_in"], left=believed["odometer_out"])


def messages(report: VisitReported, dealer: Dealer) -> dict[str, Recorded]:
    """The dealership's own work reaches nobody, unless it is a customer's."""
    key = key_of_document(report, report.ro_no)
    if key is None or (report.customer is None and is_all_internal(report)):
        return {}
    odometer = report.odometer_out or report.odometer_in
    visit = VisitRecorded(
        **record_fields(report, numbers(report), customer_key=key),
        status=report.status,
        opened_at=report.opened_at,
        closed_at=report.closed_at,
        voided_at=report.voided_at,
        promised_at=report.promised_at,
        department=report.department,
        timezone=dealer.timezone,
        vin=report.vehicle.vin if report.vehicle else None,
        odometer_km=odometer.km if odometer else None,
        comeback_of=_comeback_of(report),
        currency=report.total.currency if report.total else dealer.currency,
        lines=tuple(
            RecordedLine(
                line_no=line.line_no,
                op_code=line.op_code,
                category=line.category,
                pay_type=line.pay_type,
                amount=_amount(line),
                fault=line.fault,
                severe=line.severe and line.fault is not None,
            )
            for line in report.lines
        ),
        recommended=tuple(
            RecordedRecommendation(code=work.code, performed=work.performed)
            for work in report.recommended
        ),
        **car_days.recorded(report.vehicle),
    )
    return {"customer": visit}


def is_all_internal(report: VisitReported) -> bool:
    """Whether the dealership itself pays for all of it."""
    return bool(report.lines) and all(line.pay_type == "internal" for line in report.lines)


def _comeback_of(report: VisitReported) -> str | None:
    """The document id of the order whose work had to be done again: one of the same source."""
    if report.comeback_of is None:
        return None
    return document_id(report, {"comeback_of": report.comeback_of})


def _amount(line: RepairLine) -> Decimal:
    return (line.labour_amount or Decimal(0)) + (line.parts_amount or Decimal(0))


def moved(fields: RecordFields, _: str | None) -> VisitMoved:
    return VisitMoved(**fields)
