"""Tasks counted from the first opening on a day after somebody walked in."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.course import LeadCourse, lead_courses
from services.followup.domain.leads.occasions import (
    LEAD_SAYS,
    contacted,
    lead_occasion,
    no_longer_followed,
)
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion
from shared.contracts.values import day_begins

COUNTED_FROM = "opening on the next day"
FROM = ("leads",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = ()
SAYS: Mapping[str, str] = LEAD_SAYS


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per lead that came by itself; a talk after that day closes it, and a purchase or a
    loss."""
    for course in lead_courses(history, measures):
        if course.lead.channel != "walk_in":
            continue
        next_day = _next_day(course)
        at = measures.hours.next_open(next_day, course.zone.key)
        if at >= after:
            ends = (
                *contacted(course, next_day, at_once=True),
                *no_longer_followed(course, course.at),
            )
            yield lead_occasion(course, course.document_id, at=at, known_at=course.at, endings=ends)


def _next_day(course: LeadCourse) -> datetime:
    """When it begins: what was said to them while they were there is no call of thanks."""
    day = course.at.astimezone(course.zone).date() + timedelta(days=1)
    return day_begins(day, course.zone.key)
