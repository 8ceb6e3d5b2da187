"""Tasks counted from the closing of a repair order."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.followup.domain.documents import RepairOrder
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
    last; an answered CSI survey is its `survey`."""
    last_of_day: dict[tuple[str, date], Occasion] = {}
    for contact in history.contacts:
        known = contact.known
        if isinstance(known, RepairOrder) and contact.at is not None and contact.at >= after:
            day = contact.at.astimezone(ZoneInfo(known.timezone)).date()
            occasion = contact.occasion(contact.at)
            answered = history.answered("csi", occasion)
            last_of_day[known.vin or contact.document_id, day] = occasion._replace(endings=answered)
    yield from last_of_day.values()
