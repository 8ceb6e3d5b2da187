"""Tasks counted from an enquiry by the web or a call, or from when the dealer opens after it."""

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

COUNTED_FROM = "enquiry, or the next opening"
FROM = ("leads",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = ()
SAYS: Mapping[str, str] = LEAD_SAYS


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per lead that wrote or called; the first talk closes it, and a purchase or a loss."""
    for course in lead_courses(history, measures):
        at = measures.hours.next_open(course.at, course.zone.key)
        if course.lead.channel != "walk_in" and at >= after:
            ends = (
                *contacted(course, course.at, at_once=True),
                *no_longer_followed(course, course.at),
            )
            yield lead_occasion(course, course.document_id, at=at, known_at=course.at, endings=ends)
