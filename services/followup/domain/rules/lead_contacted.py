"""Tasks counted from the last talk with a lead, or from when it was taken up again."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.course import lead_courses
from services.followup.domain.leads.occasions import (
    LEAD_SAYS,
    contacted,
    lead_occasion,
    no_longer_followed,
)
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion

COUNTED_FROM = "talk with the lead"
FROM = ("leads",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = ()
SAYS: Mapping[str, str] = LEAD_SAYS


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per talk with a lead that is followed; the next talk closes it, and whatever ends the
    following: a purchase, a putting off, an approved loss."""
    for course in lead_courses(history, measures):
        for at in course.starts():
            if at >= after:
                ends = (*contacted(course, at), *no_longer_followed(course, at))
                name = course.named("after", at)
                yield lead_occasion(course, name, at=at, known_at=at, endings=ends)
