"""When a car has been repaired so often, or so long, that it may have to be taken back. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from services.followup.domain.contacts import Contact
from services.followup.domain.documents import RepairOrder
from services.followup.domain.terms import ReturnRight
from shared.contracts.identifiers import number_in

_DAY = timedelta(days=1)


class Repair(NamedTuple):
    """An order in which a fault of the car was repaired, or is."""

    contact: Contact
    order: RepairOrder
    is_early: bool = False
    """Whether the car came in so soon after its delivery that one severe fault is enough."""

    @property
    def number(self) -> str:
        """What its source calls it."""
        return number_in(self.contact.document_id)


class ReturnGround(NamedTuple):
    """Why the car may have to be taken back, from an instant on."""

    at: datetime
    repair: Repair
    """The order by which it arose."""
    said: str
    """The placeholder that it stands for."""
    value: str
    orders: Sequence[str]
    """The numbers of all orders that add up to it, in their order."""


def grounds(repairs: Sequence[Repair], terms: ReturnRight) -> Iterator[ReturnGround]:
    """Each once, when it arises; `repairs` are one car's in the order of time."""
    closed = sorted(
        (repair for repair in repairs if repair.contact.at is not None),
        key=lambda repair: repair.contact.order,
    )
    yield from _early(closed)
    yield from _repeated(closed, terms.severe_repairs, "severe", severe=True)
    yield from _repeated(closed, terms.more_than_repairs + 1, "repeated", severe=False)
    yield from _too_long(sorted(repairs, key=_began), terms.more_than_days)


def _began(repair: Repair) -> tuple[datetime, str]:
    return repair.contact.began_at, repair.contact.document_id


def _early(closed: Sequence[Repair]) -> Iterator[ReturnGround]:
    """Severe faults soon after the delivery, each once."""
    known: set[str] = set()
    for repair in closed:
        found = [fault for fault in repair.order.severe_faults if fault not in known]
        if repair.is_early and found and repair.contact.at is not None:
            known.update(found)
            yield ReturnGround(
                repair.contact.at, repair, "early", ", ".join(found), [repair.number]
            )


def _repeated(
    closed: Sequence[Repair], times: int, said: str, *, severe: bool
) -> Iterator[ReturnGround]:
    """Faults that were repaired so many times; orders of one local day are one repair."""
    repaired_on: dict[str, set[date]] = {}
    for position, repair in enumerate(closed):
        if repair.contact.at is None:
            continue
        day = repair.contact.at.astimezone(repair.contact.zone).date()
        faults = repair.order.severe_faults if severe else repair.order.faults
        for fault in dict.fromkeys(faults):
            days = repaired_on.setdefault(fault, set())
            if day in days:
                continue
            days.add(day)
            if len(days) == times:
                orders = [
                    earlier.number
                    for earlier in closed[: position + 1]
                    if fault in (earlier.order.severe_faults if severe else earlier.order.faults)
                ]
                yield ReturnGround(repair.contact.at, repair, said, f"{fault} ×{times}", orders)


def _too_long(repairs: Sequence[Repair], more_than_days: int) -> Iterator[ReturnGround]:
    """The instant at which one day more than those begins, in repair; days in which two orders
    were open count once, and each begun stay in the workshop is whole days."""
    used, orders = 0, list[str]()
    until: datetime | None = None
    for repair in repairs:
        began, ended = repair.contact.began_at, repair.contact.at
        begins = began if until is None else max(began, until)
        orders.append(repair.number)
        left = timedelta(days=more_than_days - used)
        if ended is None or ended - begins > left:
            yield ReturnGround(
                begins + left, repair, "days", f"{more_than_days + 1}", tuple(orders)
            )
            return
        if ended > begins:
            used += max(1, -((begins - ended) // _DAY))
            until = ended
