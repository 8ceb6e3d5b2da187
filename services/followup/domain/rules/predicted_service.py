"""Tasks counted from the day on which a car is expected to need its next service."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from services.followup.domain.contacts import Contact
from services.followup.domain.documents import RepairOrder
from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import OF_A_CAR, Closer, Occasion
from services.followup.domain.offsets import days_after
from services.followup.domain.readings import CarReadings, OdometerReading
from services.followup.domain.service_interval import ServiceInterval

COUNTED_FROM = "predicted day"
FROM = ("contacts",)
CLOSED_BY: tuple[Closer, ...] = ("service",)
CLOSERS: tuple[Closer, ...] = OF_A_CAR
SAYS: Mapping[str, str] = {}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per delivery and closed order of a car, by what its odometer showed until then; not of
    an order that was no service, or by which the car was prepared for its delivery."""
    interval = measures.service_interval
    after -= timedelta(days=interval.longest_days)
    for car in history.cars.values():
        readings = CarReadings()
        for contact in car:
            if contact.known.km is not None:
                readings.add(OdometerReading(contact.began_at, contact.known.km))
            known = contact.known
            if isinstance(known, RepairOrder) and (not known.serviced or contact.is_preparation):
                continue
            if contact.at is not None and contact.at >= after:
                yield contact.occasion(_next_service(contact, contact.at, readings, interval))


def _next_service(
    contact: Contact, at: datetime, until_then: CarReadings, interval: ServiceInterval
) -> datetime:
    """When scoring expects it; else when the car will have done the interval's kilometres; else
    after the usual days."""
    if contact.expected_on is not None:
        days = (contact.expected_on - at.astimezone(contact.zone).date()).days
        return days_after(at, interval.within_limits(days), contact.zone)
    pace = until_then.km_per_day(timedelta(days=interval.readings_apart_days))
    if pace is None:
        return days_after(at, interval.days, contact.zone)
    days = round(interval.km / pace)
    return days_after(at, interval.within_limits(days), contact.zone)
