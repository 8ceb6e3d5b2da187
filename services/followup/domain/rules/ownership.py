"""Tasks counted from the day on which a car has been the customer's for some years."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.contacts import Contact
from services.followup.domain.documents import Delivery
from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import OF_A_CAR, Closer, Occasion, TaskClosing
from services.followup.domain.offsets import months_after, morning_of

COUNTED_FROM = "anniversary of the delivery"
FROM = ("contacts",)
CLOSED_BY: tuple[Closer, ...] = ("purchase",)
CLOSERS: tuple[Closer, ...] = (*OF_A_CAR, "purchase")
SAYS: Mapping[str, str] = {"months": "how many months the customer has had the car"}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per car handed over, so many months later; another car handed over, then or shortly
    before, closes it."""
    months = measures.replacement.months
    for contact in history.contacts:
        if isinstance(contact.known, Delivery):
            at = _months_later(contact, months)
            if at >= after:
                quiet = measures.replacement.not_after_purchase_months
                purchase = _next_purchase(contact, _months_later(contact, months - quiet), history)
                said = {"months": str(months)}
                occasion = contact.occasion(at)
                endings = (*occasion.endings, *purchase)
                yield occasion._replace(endings=endings, said=said)


def _months_later(delivery: Contact, months: int) -> datetime:
    day = delivery.began_at.astimezone(delivery.zone).date()
    return morning_of(months_after(day, months), delivery.zone)


def _next_purchase(
    delivery: Contact, since: datetime, history: TaskHistory
) -> Iterator[TaskClosing]:
    """Of another car, after this one, at the earliest `since`."""
    for contact in history.contacts:
        known = contact.known
        if (
            isinstance(known, Delivery)
            and known.undone_at is None
            and contact.order > delivery.order
            and contact.began_at >= since
            and (known.vin is None or known.vin != delivery.known.vin)
        ):
            yield TaskClosing("purchase", contact.began_at, "done", "purchase")
            return
