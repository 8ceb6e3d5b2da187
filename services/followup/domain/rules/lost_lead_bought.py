"""Tasks counted from the purchase by a lead that was taken for lost."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.contacts import SALE_UNDONE
from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.course import lead_courses
from services.followup.domain.leads.occasions import LOSS_SAYS, lead_occasion
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion, TaskClosing

COUNTED_FROM = "purchase by a lost lead"
FROM = ("leads",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = ()
SAYS: Mapping[str, str] = LOSS_SAYS


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per lead that was lost when it bought; an undone sale closes it."""
    for course in lead_courses(history, measures):
        for purchase in course.fruits:
            lost = course.lost_until(purchase.at)
            if lost is not None and purchase.at >= after:
                undone_at = purchase.undone_at
                ends = (
                    (TaskClosing(None, undone_at, "cancelled", SALE_UNDONE),) if undone_at else ()
                )
                yield lead_occasion(
                    course,
                    course.named("bought", purchase.at),
                    at=purchase.at,
                    known_at=purchase.at,
                    endings=ends,
                    stand=lost,
                )
