"""Tasks counted from the day on which a new car is expected to need its first service."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from services.followup.domain.contacts import Contact
from services.followup.domain.documents import Delivery
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
SAYS: Mapping[str, str] = {
    "delivered": "the local day of the delivery",
    "km": "the kilometres from it to the first service",
}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per new car handed over: so many days later, or earlier when it will have been driven so
    far, by what its odometer showed until then."""
    interval = measures.service_interval
    after -= timedelta(days=interval.first_days)
    for contact in history.contacts:
        known = contact.known
        if not isinstance(known, Delivery) or known.used or contact.began_at < after:
            continue
        at, known_at = _first_service(contact, history.while_theirs(contact), interval)
        delivered_on = contact.began_at.astimezone(contact.zone).date()
        said = {"delivered": delivered_on.isoformat(), "km": str(interval.first_km)}
        yield contact.occasion(at)._replace(known_at=known_at, said=said)


def _first_service(
    delivery: Contact, car: Iterable[Contact], interval: ServiceInterval
) -> tuple[datetime, datetime]:
    """When it is expected, and since when that is known."""
    days, known_at = interval.first_days, delivery.began_at
    delivered_on = delivery.began_at.astimezone(delivery.zone).date()
    first_km = (delivery.known.km or 0) + interval.first_km
    readings = CarReadings()
    for contact in car:
        if contact.known.km is None:
            continue
        readings.add(OdometerReading(contact.began_at, contact.known.km))
        if not timedelta() < contact.began_at - delivery.began_at < timedelta(days=days):
            continue
        apart = timedelta(days=interval.readings_apart_days)
        on = readings.day_of_km(first_km, apart=apart, zone=delivery.zone)
        if on is not None and (on - delivered_on).days < days:
            days, known_at = (on - delivered_on).days, contact.began_at
    return days_after(delivery.began_at, days, delivery.zone), known_at
