"""Tasks counted from the purchase by somebody who was a lead."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.followup.domain.contacts import SALE_UNDONE
from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.course import LeadCourse, LeadPurchase, lead_courses
from services.followup.domain.leads.occasions import LEAD_SAYS, lead_occasion
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion, TaskClosing

COUNTED_FROM = "purchase by a lead"
FROM = ("leads",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = ()
SAYS: Mapping[str, str] = LEAD_SAYS


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per purchase, of the newest lead that it came of; an undone sale closes it."""
    newest: dict[datetime, tuple[LeadCourse, LeadPurchase]] = {}
    for course in lead_courses(history, measures):
        for purchase in course.fruits:
            newest[purchase.at] = course, purchase
    for at, (course, purchase) in newest.items():
        if at >= after:
            undone_at = purchase.undone_at
            ends = (TaskClosing(None, undone_at, "cancelled", SALE_UNDONE),) if undone_at else ()
            name = course.named("bought", at)
            yield lead_occasion(course, name, at=at, known_at=at, endings=ends)
