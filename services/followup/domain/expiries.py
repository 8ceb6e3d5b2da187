"""Until which day something of a car holds, by what its documents say one after another. Pure.

The newest word counts. One that differs by less than two months corrects the one before; one that
is later still is a renewal, and one that is earlier is out of date.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.followup.domain.contacts import Contact
from services.followup.domain.documents import Delivery, RepairOrder
from services.followup.domain.history import TaskHistory
from services.followup.domain.occasion import Occasion, TaskClosing
from services.followup.domain.offsets import morning_of

CORRECTED_WITHIN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class _Term:
    """What holds until a day."""

    until: date
    first: Contact
    """The document that named it first: it gives the task its name."""
    newest: Contact
    told_by: Contact
    """The document since which it is known to end so early."""

    def corrected(self, until: date, by: Contact) -> "_Term":
        """As the newest word has it."""
        told_by = by if until < self.until else self.told_by
        return replace(self, until=until, newest=by, told_by=told_by)


def expiring(
    history: TaskHistory, until: Callable[[Delivery | RepairOrder], date | None], after: datetime
) -> Iterator[Occasion]:
    """One per car and term, counted from the morning of its last day; `renewal` closes it when a
    document of the car names a later one."""
    cars = [*history.cars.values()]
    cars += [(contact,) for contact in history.contacts if contact.known.vin is None]
    for car in cars:
        current: _Term | None = None
        for contact in _standing(car, until):
            day = until(contact.known)
            if day is None:
                continue
            if current is not None and _was_gone(current.newest, contact, history):
                yield from _occasion(current, after, renewed_at=None)
                current = None
            if current is None:
                current = _Term(day, contact, contact, contact)
            elif abs(day - current.until) <= CORRECTED_WITHIN:
                current = current.corrected(day, contact)
            elif day > current.until:
                yield from _occasion(current, after, renewed_at=_known_at(contact))
                current = _Term(day, contact, contact, contact)
        if current is not None:
            yield from _occasion(current, after, renewed_at=None)


def _standing(
    car: Sequence[Contact], until: Callable[[Delivery | RepairOrder], date | None]
) -> Sequence[Contact]:
    """Those that name a day; a sale that was undone only where it alone does."""
    naming = [contact for contact in car if until(contact.known) is not None]
    standing = [contact for contact in naming if not contact.is_undone]
    return standing or naming


def _was_gone(earlier: Contact, later: Contact, history: TaskHistory) -> bool:
    """Whether the car was another's in between: it came back with terms of its own."""
    parting = history.parting_of(later.known.vin, _known_at(earlier))
    return parting is not None and parting.at <= later.began_at


def _known_at(contact: Contact) -> datetime:
    return contact.at or contact.began_at


def _occasion(term: _Term, after: datetime, *, renewed_at: datetime | None) -> Iterator[Occasion]:
    at = morning_of(term.until, term.first.zone)
    if at < after:
        return
    renewal = () if renewed_at is None else (TaskClosing("renewal", renewed_at, "done", "renewal"),)
    occasion = term.first.occasion(at)
    yield occasion._replace(
        known_at=_known_at(term.told_by),
        late=term.told_by.occasion(at).late,
        endings=(*occasion.endings, *renewal),
        said={"until": term.until.isoformat()},
    )
