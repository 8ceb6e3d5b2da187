"""Tasks counted from a manager's agreement that a lead is lost: lost ones are called in turn."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.course import lead_courses
from services.followup.domain.leads.occasions import LOSS_SAYS, bought, lead_occasion, otherwise
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion

COUNTED_FROM = "approved loss"
FROM = ("leads",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = ()
SAYS: Mapping[str, str] = LOSS_SAYS


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per loss that a manager agreed to, here or in the source; a purchase closes it, or
    another status."""
    for course in lead_courses(history, measures):
        for stand in course.given_up("lost"):
            at = stand.approved_at
            if at is not None and at >= after:
                ends = (*bought(course, at), *otherwise(stand))
                name = course.named("given_up", at)
                yield lead_occasion(course, name, at=at, known_at=at, endings=ends, stand=stand)
