"""Tasks counted from the last day of a car's insurance."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.expiries import expiring
from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import OF_A_CAR, Closer, Occasion

COUNTED_FROM = "expiry of the insurance"
FROM = ("contacts",)
CLOSED_BY: tuple[Closer, ...] = ("renewal",)
CLOSERS: tuple[Closer, ...] = (*OF_A_CAR, "renewal")
SAYS: Mapping[str, str] = {"until": "the last day of the insurance"}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per car and insurance, by the newest sale or order that names its last day; days less
    than two months apart are of the same insurance."""
    yield from expiring(history, lambda known: known.insured_until, after)
