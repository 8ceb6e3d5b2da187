"""Tasks counted from the delivery of a car."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.documents import Delivery
from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import OF_A_CAR, Closer, Occasion

COUNTED_FROM = "delivery"
FROM = ("contacts",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = (*OF_A_CAR, "survey")
SAYS: Mapping[str, str] = {}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per car handed over; an answered SSI survey is its `survey`."""
    for contact in history.contacts:
        if isinstance(contact.known, Delivery) and contact.began_at >= after:
            occasion = contact.occasion(contact.began_at)
            answered = history.answered("ssi", occasion)
            yield occasion._replace(endings=(*occasion.endings, *answered))
