"""Tasks counted from the closing of a repair order."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.contacts import visits_of
from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import OF_A_CAR, Closer, Occasion

COUNTED_FROM = "closing of the order"
FROM = ("contacts",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = (*OF_A_CAR, "survey")
SAYS: Mapping[str, str] = {}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per car and local day: orders closed together are one visit, followed up once, for the
    last; an answered CSI survey of any of them is its `survey`. Not of
    those by which a car was prepared for its delivery."""
    closed = [each for each in history.contacts if each.at is not None and each.at >= after]
    for orders in visits_of(closed):
        last = orders[-1]
        occasion = last.occasion(last.at or last.began_at)
        answered = history.answered("csi", occasion, *(order.document_id for order in orders))
        yield occasion._replace(endings=answered)
