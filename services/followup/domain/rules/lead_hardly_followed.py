"""Tasks counted from the report of a loss, of a lead that nobody really followed: falsely lost."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.course import lead_courses, loss_of
from services.followup.domain.leads.occasions import LOSS_SAYS, bought, lead_occasion, otherwise
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion

COUNTED_FROM = "report of a loss, hardly followed"
FROM = ("leads",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = ()
SAYS: Mapping[str, str] = LOSS_SAYS


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per loss after too few attempts, or none in time; a purchase closes it, or another
    status. That somebody agreed in the source does not: nobody told them."""
    for course in lead_courses(history, measures):
        opening = measures.hours.next_open(course.at, course.zone.key)
        for stand in course.given_up("lost"):
            if stand.since >= after and course.hardly_followed(stand, opening):
                ends = (*bought(course, stand.since), *otherwise(stand))
                yield lead_occasion(
                    course,
                    loss_of(course.document_id, stand),
                    at=stand.since,
                    known_at=stand.since,
                    endings=ends,
                    stand=stand,
                )
