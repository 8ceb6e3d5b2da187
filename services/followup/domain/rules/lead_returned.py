"""Tasks counted from a manager's word that a lead is not lost."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.course import lead_courses
from services.followup.domain.leads.occasions import (
    LOSS_SAYS,
    contacted,
    lead_occasion,
    no_longer_followed,
)
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion

COUNTED_FROM = "return by a manager"
FROM = ("leads",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = ()
SAYS: Mapping[str, str] = LOSS_SAYS


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per loss that was not agreed to; the next talk closes it, and whatever ends the
    following."""
    for course in lead_courses(history, measures):
        for stand in course.given_up("lost"):
            at = stand.returned_at
            if at is not None and at >= after:
                ends = (*contacted(course, at), *no_longer_followed(course, at))
                name = course.named("returned", at)
                yield lead_occasion(course, name, at=at, known_at=at, endings=ends, stand=stand)
