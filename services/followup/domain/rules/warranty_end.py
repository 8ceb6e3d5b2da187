"""Tasks counted from the end of a car's warranty."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from services.followup.domain.contacts import Contact
from services.followup.domain.documents import Delivery
from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import OF_A_CAR, Closer, Occasion
from services.followup.domain.offsets import months_after, morning_of
from services.followup.domain.readings import CarReadings, OdometerReading

COUNTED_FROM = "end of the warranty"
FROM = ("contacts",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = OF_A_CAR
SAYS: Mapping[str, str] = {"until": "the day on which the warranty ends"}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per car handed over: on the day that its sale names; else, of a new car, so many months
    later, or earlier when it will have been driven so far; else none."""
    for contact in history.contacts:
        if not isinstance(contact.known, Delivery):
            continue
        day, known_at = _by_date(contact, contact.known, measures), contact.began_at
        if day is None or morning_of(day, contact.zone) < after:
            continue
        if contact.known.warranty_until is None:
            day, known_at = _by_distance(contact, history.while_theirs(contact), day, measures)
        at, said = morning_of(day, contact.zone), {"until": day.isoformat()}
        yield contact.occasion(at)._replace(known_at=known_at, said=said)


def _by_date(delivery: Contact, sold: Delivery, measures: TaskMeasures) -> date | None:
    """The day on which the warranty ends at the latest; None: there is none."""
    if sold.warranty_until is not None or sold.used:
        return sold.warranty_until
    delivered_on = delivery.began_at.astimezone(delivery.zone).date()
    return months_after(delivered_on, measures.warranty.months)


def _by_distance(
    delivery: Contact, car: Iterable[Contact], latest: date, measures: TaskMeasures
) -> tuple[date, datetime]:
    """That day, or an earlier one that its odometer showed before either came; and since when it
    is known to be as early."""
    apart = timedelta(days=measures.service_interval.readings_apart_days)
    end, known_at = latest, delivery.began_at
    readings = CarReadings()
    for contact in car:
        if contact.known.km is None:
            continue
        readings.add(OdometerReading(contact.began_at, contact.known.km))
        if contact.began_at <= delivery.began_at:
            continue
        if contact.began_at.astimezone(delivery.zone).date() >= end:
            break
        by_km = readings.day_of_km(measures.warranty.km, apart=apart, zone=delivery.zone)
        predicted = latest if by_km is None else min(latest, by_km)
        if predicted < end:
            known_at = contact.began_at
        end = predicted
    return end, known_at
