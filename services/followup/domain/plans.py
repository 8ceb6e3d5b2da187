"""Which tasks follow from which documents: when each opens, is due, and what makes it pointless.

Pure, and in event time: a plan depends on the facts alone, never on the present.
"""

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from services.followup.domain.facts import Delivery, FollowUpFacts, Visit
from services.followup.domain.policy import FollowUpPolicy, ServiceInterval, TaskRule, days_after
from services.followup.domain.readings import Reading, km_per_day
from shared.contracts.subjects import TaskSubject


class Ending(NamedTuple):
    """What closes a task, if it is open then."""

    at: datetime
    status: Literal["done", "cancelled", "expired"]
    because: str


class Plan(NamedTuple):
    """A task to open, unless something ends it before."""

    rule: TaskRule
    document_id: str
    vin: str | None
    zone: ZoneInfo
    arrived_late_at: datetime | None
    """When its document was first received, where that was not promptly."""
    opens_at: datetime
    due_at: datetime
    endings: tuple[Ending, ...] = ()

    @property
    def about(self) -> str:
        """Names the task within the customer."""
        return str(TaskSubject(self.rule.kind, self.document_id))

    @property
    def could_open_at(self) -> datetime:
        """When it opens, or became known if that is later: what ended it before, prevents it."""
        if self.arrived_late_at is None:
            return self.opens_at
        return max(self.opens_at, self.arrived_late_at)


class Contact(NamedTuple):
    """A car handed over or brought in: what tasks are counted from."""

    document_id: str
    known: Delivery | Visit
    began_at: datetime
    """When the car came in, or was handed over."""
    at: datetime | None
    """When the order was closed, or the car was handed over; None while the order is open."""

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """Sorts contacts in time; an open order comes when the car came in."""
        return (self.at or self.began_at, self.began_at, self.document_id)


def plans(facts: FollowUpFacts, policy: FollowUpPolicy, since: datetime) -> Iterator[Plan]:
    """Every task that the documents give rise to, but for some that were due before `since`."""
    contacts = sorted(_contacts(facts), key=lambda contact: contact.order)
    for rule in policy.rules:
        after = since - rule.reach
        match rule.trigger:
            case "delivery":
                yield from _after_deliveries(rule, contacts, after)
            case "closing":
                yield from _after_closings(rule, contacts, after)
            case "predicted_service":
                yield from _before_services(rule, contacts, policy.service_interval, after)


def _contacts(facts: FollowUpFacts) -> Iterator[Contact]:
    for document_id, known in facts.documents.items():
        if isinstance(known, Visit):
            opened_at = known.opened_at.astimezone(UTC)
            closed_at = known.closed_at.astimezone(UTC) if known.closed_at else None
            yield Contact(document_id, known, opened_at, closed_at)
        elif isinstance(known, Delivery):
            at = known.at.astimezone(UTC)
            yield Contact(document_id, known, at, at)


def _plan(rule: TaskRule, contact: Contact, trigger: datetime, *endings: Ending) -> Plan:
    known = contact.known
    zone = ZoneInfo(known.timezone)
    if isinstance(known, Delivery) and known.undone_at is not None:
        endings += (Ending(known.undone_at.astimezone(UTC), "cancelled", "sale undone"),)
    return Plan(
        rule=rule,
        document_id=contact.document_id,
        vin=known.vin,
        zone=zone,
        arrived_late_at=known.late.astimezone(UTC) if known.late else None,
        opens_at=rule.opens.after(trigger, zone),
        due_at=rule.due.after(trigger, zone),
        endings=endings,
    )


def _after_deliveries(
    rule: TaskRule, contacts: Iterable[Contact], after: datetime
) -> Iterator[Plan]:
    for contact in contacts:
        if isinstance(contact.known, Delivery) and contact.began_at >= after:
            yield _plan(rule, contact, contact.began_at)


def _after_closings(rule: TaskRule, contacts: Iterable[Contact], after: datetime) -> Iterator[Plan]:
    """One per car and local day: orders closed together are one visit, followed up once."""
    last_of_day: dict[tuple[object, ...], tuple[Contact, datetime]] = {}
    for contact in contacts:
        known = contact.known
        if isinstance(known, Visit) and contact.at is not None and contact.at >= after:
            day = contact.at.astimezone(ZoneInfo(known.timezone)).date()
            last_of_day[known.vin or contact.document_id, day] = (contact, contact.at)
    for contact, closed_at in last_of_day.values():
        yield _plan(rule, contact, closed_at)


def _before_services(
    rule: TaskRule, contacts: Iterable[Contact], interval: ServiceInterval, after: datetime
) -> Iterator[Plan]:
    after -= timedelta(days=interval.longest_days)
    by_car: dict[str, list[Contact]] = {}
    for contact in contacts:
        if contact.known.vin is not None:
            by_car.setdefault(contact.known.vin, []).append(contact)
    for car in by_car.values():
        came_next = _came_next(car)
        readings: list[Reading] = []
        for contact, came in zip(car, came_next, strict=True):
            if contact.known.km is not None:
                insort(readings, Reading(contact.began_at, contact.known.km))
            if contact.at is not None and contact.at >= after:
                predicted = _next_service(contact, contact.at, readings, interval)
                endings = (Ending(came, "done", "visit"),) if came else ()
                yield _plan(rule, contact, predicted, *endings)


def _came_next(car: Sequence[Contact]) -> list[datetime | None]:
    """When the car came in again, or was handed over, after each: the invitation is pointless."""
    came: datetime | None = None
    backwards: list[datetime | None] = []
    for contact in reversed(car):
        backwards.append(came)
        came = min(came or contact.began_at, contact.began_at)
    return backwards[::-1]


def _next_service(
    contact: Contact, at: datetime, until_then: Sequence[Reading], interval: ServiceInterval
) -> datetime:
    """When the car will have done the interval's kilometres; else after the usual days."""
    zone = ZoneInfo(contact.known.timezone)
    pace = km_per_day(until_then, timedelta(days=interval.readings_apart_days))
    if pace is None:
        return days_after(at, interval.days, zone)
    km = interval.first_km if isinstance(contact.known, Delivery) else interval.km
    days = round(km / pace)
    return days_after(at, max(interval.shortest_days, min(interval.longest_days, days)), zone)
