"""Tasks counted from the closing of an order in which recommended work was declined."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from services.followup.domain.contacts import Contact
from services.followup.domain.documents import RepairOrder
from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import OF_A_CAR, Closer, Occasion, TaskClosing

COUNTED_FROM = "closing of the order"
FROM = ("contacts",)
CLOSED_BY: tuple[Closer, ...] = ("performed",)
CLOSERS: tuple[Closer, ...] = (*OF_A_CAR, "performed")
SAYS: Mapping[str, str] = {"work": "the codes of the work that was declined and not done since"}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per order with work that was recommended and not done; of the same work declined again
    the newest."""
    for contact in history.contacts:
        known = contact.known
        if isinstance(known, RepairOrder) and contact.at is not None and contact.at >= after:
            declined = [code for code in known.declined if code not in known.performed]
            if declined:
                yield _occasion(contact, contact.at, dict.fromkeys(declined), history)


def _occasion(
    contact: Contact, at: datetime, open_codes: dict[str, None], history: TaskHistory
) -> Occasion:
    """`performed` closes it with the order in which the last of the work is done, or is declined
    anew, which is then that order's."""
    endings: tuple[TaskClosing, ...] = ()
    named = open_codes
    for later in _later_orders(contact, history):
        done = [code for code in open_codes if code in later.performed]
        anew = [code for code in open_codes if code in later.declined and code not in done]
        open_codes = {code: None for code in open_codes if code not in done and code not in anew}
        if open_codes:
            named = open_codes
        elif later.closed_at is not None:
            endings = (_settled(later.closed_at.astimezone(UTC), declined_again=bool(anew)),)
            break
    return contact.occasion(at)._replace(endings=endings, said={"work": ", ".join(named)})


def _settled(at: datetime, *, declined_again: bool) -> TaskClosing:
    if declined_again:
        return TaskClosing("performed", at, "cancelled", "declined again")
    return TaskClosing("performed", at, "done", "performed")


def _later_orders(contact: Contact, history: TaskHistory) -> Sequence[RepairOrder]:
    """Those of its car that were closed after it, in order."""
    vin = contact.known.vin
    car = history.cars.get(vin, ()) if vin is not None else ()
    return [
        later.known
        for later in car
        if isinstance(later.known, RepairOrder)
        and later.at is not None
        and later.order > contact.order
    ]
