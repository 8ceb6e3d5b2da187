"""Tasks counted from when a lead was put off, or could not decide: 准战败."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.course import lead_courses
from services.followup.domain.leads.occasions import LOSS_SAYS, bought, lead_occasion, otherwise
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion

COUNTED_FROM = "lead put off"
FROM = ("leads",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = ()
SAYS: Mapping[str, str] = LOSS_SAYS


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One each time that a lead becomes quasi-lost; a purchase closes it, or another status."""
    for course in lead_courses(history, measures):
        for stand in course.given_up("quasi_lost"):
            if stand.since >= after:
                ends = (*bought(course, stand.since), *otherwise(stand))
                yield lead_occasion(
                    course,
                    course.named("quasi_lost", stand.since),
                    at=stand.since,
                    known_at=stand.since,
                    endings=ends,
                    stand=stand,
                )
