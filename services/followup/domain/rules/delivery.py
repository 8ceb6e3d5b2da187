"""Tasks counted from the delivery of a car."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.followup.domain.contacts import Closer, Contact, Occasion
from services.followup.domain.documents import Delivery
from services.followup.domain.measures import TaskMeasures

COUNTED_FROM = "delivery"
CLOSED_BY: tuple[Closer, ...] = ()


def occasions(
    contacts: Sequence[Contact], measures: TaskMeasures, after: datetime
) -> Iterator[Occasion]:
    """One per car handed over."""
    for contact in contacts:
        if isinstance(contact.known, Delivery) and contact.began_at >= after:
            yield Occasion(contact, contact.began_at)
