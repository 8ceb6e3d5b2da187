"""When a customer's cars were handed over or brought in: what tasks are counted from. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.followup.domain.documents import Delivery, RepairOrder, Scored
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.occasion import Occasion, TaskClosing

SALE_UNDONE = "sale undone"


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
    is_preparation: bool = False
    """Whether it is an order that was open on the local day on which the car was handed over, and
    begun by then: nobody has driven it yet."""

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """Sorts contacts in time; an open order comes when the car came in."""
        return (self.at or self.began_at, self.began_at, self.document_id)

    def occasion(self, at: datetime) -> Occasion:
        """What is counted from that instant, and follows up this."""
        return Occasion(
            document_id=self.document_id,
            at=at,
            known_at=self.at or self.began_at,
            zone=self.zone,
            vin=self.known.vin,
            late=self.known.late.astimezone(UTC) if self.known.late else None,
            endings=self._undone,
        )

    @property
    def is_undone(self) -> bool:
        """Whether it is a sale that was cancelled or unwound."""
        return isinstance(self.known, Delivery) and self.known.undone_at is not None

    @property
    def _undone(self) -> tuple[TaskClosing, ...]:
        if isinstance(self.known, RepairOrder) or self.known.undone_at is None:
            return ()
        return (TaskClosing(None, self.known.undone_at.astimezone(UTC), "cancelled", SALE_UNDONE),)

    @property
    def zone(self) -> ZoneInfo:
        """The dealer's."""
        return ZoneInfo(self.known.timezone)


def contacts_of(facts: FollowUpFacts) -> list[Contact]:
    """Every contact, in the order of time."""
    contacts = sorted(_contacts(facts), key=lambda contact: contact.order)
    _mark_preparations(contacts)
    for known in facts.documents.values():
        if isinstance(known, Scored):
            _expect(contacts, known)
    return contacts


def _mark_preparations(contacts: list[Contact]) -> None:
    delivered: dict[str, list[date]] = {}
    for contact in contacts:
        if isinstance(contact.known, Delivery) and contact.known.vin is not None:
            delivered.setdefault(contact.known.vin, []).append(_day(contact.began_at, contact))
    for position, contact in enumerate(contacts):
        vin = contact.known.vin
        if vin in delivered and isinstance(contact.known, RepairOrder):
            began = _day(contact.began_at, contact)
            ended = date.max if contact.at is None else _day(contact.at, contact)
            if any(began <= day <= ended for day in delivered[vin]):
                contacts[position] = contact._replace(is_preparation=True)


def _day(moment: datetime, contact: Contact) -> date:
    return moment.astimezone(contact.zone).date()


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
        if contact.at is None or contact.known.vin != vin or contact.is_preparation:
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


def came_next(contacts: Sequence[Contact], *, for_service: bool = False) -> Mapping[str, datetime]:
    """Document id -> when its car came in again, or was handed over, after that.

    `for_service`: only orders with work that somebody but the dealer paid for count.
    """
    came: dict[str, datetime] = {}
    first: dict[str, datetime] = {}
    for contact in reversed(contacts):
        known = contact.known
        if known.vin is None or contact.is_preparation:
            continue
        later = first.get(known.vin)
        if later is not None:
            came[contact.document_id] = later
        if for_service and isinstance(known, RepairOrder) and not known.serviced:
            continue
        began = contact.began_at
        first[known.vin] = began if later is None else min(later, began)
    return came


def visits_of(contacts: Sequence[Contact]) -> Iterable[Sequence[Contact]]:
    """The closed orders that are one visit, as they are of one car and local day; each in their
    order. Those that name no car are each their own; preparations for a delivery are none."""
    visits: dict[tuple[str, date], list[Contact]] = {}
    for contact in contacts:
        is_order = isinstance(contact.known, RepairOrder) and not contact.is_preparation
        if is_order and contact.at is not None:
            day = _day(contact.at, contact)
            visits.setdefault((contact.known.vin or contact.document_id, day), []).append(contact)
    return visits.values()
