"""Tasks counted from the day by which a car is to be inspected."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.expiries import expiring
from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import OF_A_CAR, Closer, Occasion

COUNTED_FROM = "day of the inspection"
FROM = ("contacts",)
CLOSED_BY: tuple[Closer, ...] = ("renewal",)
CLOSERS: tuple[Closer, ...] = (*OF_A_CAR, "renewal")
SAYS: Mapping[str, str] = {"until": "the day by which the car is to be inspected"}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per car and inspection, by the newest sale or order that names its day; days less than
    two months apart are of the same inspection."""
    yield from expiring(history, lambda known: known.inspection_on, after)
