"""When a customer's cars were handed over or brought in: what tasks are counted from. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from services.followup.domain.documents import Delivery, RepairOrder, Scored
from services.followup.domain.facts import FollowUpFacts

Closer = Literal["visit"]
"""What closes a task besides its outcome: the car comes in again, or is handed over."""


class Contact(NamedTuple):
    """A car handed over or brought in."""

    document_id: str
    known: Delivery | RepairOrder
    began_at: datetime
    """When the car came in, or was handed over."""
    at: datetime | None
    """When the order was closed, or the car was handed over; None while the order is open."""
    expected_on: date | None = None
    """When scoring expects the car after that; None: it does not say."""

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """Sorts contacts in time; an open order comes when the car came in."""
        return (self.at or self.began_at, self.began_at, self.document_id)


class Occasion(NamedTuple):
    """An instant that a task is counted from, and the contact that it follows up."""

    contact: Contact
    at: datetime


def contacts_of(facts: FollowUpFacts) -> list[Contact]:
    """Every contact, in the order of time."""
    contacts = sorted(_contacts(facts), key=lambda contact: contact.order)
    for known in facts.documents.values():
        if isinstance(known, Scored):
            _expect(contacts, known)
    return contacts


def _expect(contacts: list[Contact], visit: Scored) -> None:
    """Say it of the car's last contact, if that is the visit from which it is counted.

    Where it names no car it is said of none but the only one that the customer ever had.
    """
    cars = by_car(contacts)
    if visit.vin is None and len(cars) != 1:
        return
    vin = visit.vin or next(iter(cars))
    for position in range(len(contacts) - 1, -1, -1):
        contact = contacts[position]
        if contact.at is None or contact.known.vin != vin:
            continue
        if contact.at.astimezone(ZoneInfo(contact.known.timezone)).date() == visit.since:
            contacts[position] = contact._replace(expected_on=visit.expected_on)
        return


def _contacts(facts: FollowUpFacts) -> Iterator[Contact]:
    for document_id, known in facts.documents.items():
        if isinstance(known, RepairOrder):
            opened_at = known.opened_at.astimezone(UTC)
            closed_at = known.closed_at.astimezone(UTC) if known.closed_at else None
            yield Contact(document_id, known, opened_at, closed_at)
        elif isinstance(known, Delivery):
            at = known.at.astimezone(UTC)
            yield Contact(document_id, known, at, at)


def by_car(contacts: Sequence[Contact]) -> Mapping[str, Sequence[Contact]]:
    """VIN -> the contacts with that car, in their order; those without a VIN are left out."""
    cars: dict[str, list[Contact]] = {}
    for contact in contacts:
        if contact.known.vin is not None:
            cars.setdefault(contact.known.vin, []).append(contact)
    return cars


def came_next(contacts: Sequence[Contact]) -> Mapping[str, datetime]:
    """Document id -> when its car came in again, or was handed over, after that."""
    came: dict[str, datetime] = {}
    first: dict[str, datetime] = {}
    for contact in reversed(contacts):
        vin = contact.known.vin
        if vin is None:
            continue
        later = first.get(vin)
        if later is not None:
            came[contact.document_id] = later
        first[vin] = contact.began_at if later is None else min(later, contact.began_at)
    return came
