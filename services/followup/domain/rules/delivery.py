"""Tasks counted from the delivery of a car."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.documents import Delivery
from services.followup.domain.history import History
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion

COUNTED_FROM = "delivery"
FROM = ("contacts",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = ()
SAYS: Mapping[str, str] = {}


def occasions(history: History, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per car handed over."""
    for contact in history.contacts:
        if isinstance(contact.known, Delivery) and contact.began_at >= after:
            yield contact.occasion(contact.began_at)
