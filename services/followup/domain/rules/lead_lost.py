"""Tasks counted from the report that a lead is lost, of one that was followed: 战败."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.course import lead_courses, loss_of
from services.followup.domain.leads.occasions import LOSS_SAYS, bought, lead_occasion, otherwise
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion, TaskClosing

COUNTED_FROM = "report of a loss"
FROM = ("leads",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = ()
SAYS: Mapping[str, str] = LOSS_SAYS


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per loss; that a manager agrees closes it, a purchase, or another status."""
    for course in lead_courses(history, measures):
        opening = measures.hours.next_open(course.at, course.zone.key)
        for stand in course.given_up("lost"):
            if stand.since < after or course.hardly_followed(stand, opening):
                continue
            ends = [*bought(course, stand.since), *otherwise(stand)]
            if stand.approved_at is not None:
                ends.append(TaskClosing(None, stand.approved_at, "done", "approved as lost"))
            yield lead_occasion(
                course,
                loss_of(course.document_id, stand),
                at=stand.since,
                known_at=stand.since,
                endings=tuple(ends),
                stand=stand,
            )
