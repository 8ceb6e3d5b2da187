"""Tasks counted from the end of a car's warranty."""

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from services.followup.domain.contacts import Contact
from services.followup.domain.documents import Delivery
from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import OF_A_CAR, Closer, Occasion
from services.followup.domain.offsets import months_after, morning_of
from services.followup.domain.readings import OdometerReading, day_of_km

COUNTED_FROM = "end of the warranty"
FROM = ("contacts",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = OF_A_CAR
SAYS: Mapping[str, str] = {"until": "the day on which the warranty ends"}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per car handed over: on the day that its sale names; else, of a new car, so many months
    later, or earlier when it will have been driven so far; else none."""
    for contact in history.contacts:
        if isinstance(contact.known, Delivery):
            end = _end(contact, contact.known, history, measures)
            if end is not None and end[0] >= after:
                at, known_at = end
                said = {"until": at.astimezone(contact.zone).date().isoformat()}
                yield contact.occasion(at)._replace(known_at=known_at, said=said)


def _end(
    delivery: Contact, sold: Delivery, history: TaskHistory, measures: TaskMeasures
) -> tuple[datetime, datetime] | None:
    """When the warranty ends, and since when that is known."""
    if sold.warranty_until is not None:
        return morning_of(sold.warranty_until, delivery.zone), delivery.began_at
    if sold.used:
        return None
    day = delivery.began_at.astimezone(delivery.zone).date()
    end = morning_of(months_after(day, measures.warranty.months), delivery.zone)
    car = history.cars.get(sold.vin, ()) if sold.vin is not None else ()
    return _by_distance(delivery, car, end, measures)


def _by_distance(
    delivery: Contact, car: Sequence[Contact], end: datetime, measures: TaskMeasures
) -> tuple[datetime, datetime]:
    """That end, or an earlier one that its odometer showed before either came."""
    apart = timedelta(days=measures.service_interval.readings_apart_days)
    latest, known_at = end, delivery.began_at
    readings: list[OdometerReading] = []
    for contact in car:
        if contact.known.km is None:
            continue
        insort(readings, OdometerReading(contact.began_at, contact.known.km))
        if not delivery.began_at < contact.began_at < end:
            continue
        by_km = day_of_km(readings, measures.warranty.km, apart=apart, zone=delivery.zone)
        predicted = latest if by_km is None else min(latest, morning_of(by_km, delivery.zone))
        if predicted < end:
            known_at = contact.began_at
        end = predicted
    return end, known_at
