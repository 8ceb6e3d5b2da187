"""What a customer's leads count for in their dealer's totals: by the month in which each came, how
it came and its grade. Pure; the same until a document or the policy changes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Literal, NamedTuple, get_args

from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.course import LeadCourse, lead_courses
from services.followup.domain.measures import TaskMeasures
from shared.contracts.leads import LeadChannel, LeadReason
from shared.contracts.scoring import Grade

Counted = Literal["leads", "contacted", "quasi_lost", "lost", "approved", "bought", "falsely_lost"]
"""`lost` and `quasi_lost` as they stand now; `approved`: of those lost. `falsely_lost`: it bought
when it was taken for lost, or is lost though hardly followed."""
COUNTED: tuple[Counted, ...] = get_args(Counted)
_PERIOD = "leads-"


class LeadCounter(NamedTuple):
    """What is counted under the period of a month: of leads that came so, and have that grade."""

    what: str
    """One of `COUNTED`, or what `because` says of a reason."""
    channel: LeadChannel
    grade: Grade

    def __str__(self) -> str:
        return " ".join(self)

    @classmethod
    def read(cls, text: str) -> "LeadCounter":
        """The inverse of `str`."""
        what, channel, grade = text.split(" ")
        return cls(what, channel, grade)  # type: ignore[arg-type] # as it was written


def because(reason: LeadReason) -> str:
    """What is counted of losses for that reason."""
    return f"because_{reason}"


def month_of_leads(month: str) -> str:
    """The period of leads that came in a month such as `2026-11`."""
    return f"{_PERIOD}{month}"


def lead_counts(
    history: TaskHistory, measures: TaskMeasures, zone: tzinfo
) -> Mapping[str, Mapping[str, int]]:
    """Period -> counter -> how much of it is this customer's; nothing without a lead. Months are
    those of `zone`."""
    found: dict[str, Counter[str]] = {}
    for course in lead_courses(history, measures):
        period = month_of_leads(f"{course.at.astimezone(zone):%Y-%m}")
        counts = found.setdefault(period, Counter())
        for what in counted_of(course, measures):
            counts[str(LeadCounter(what, course.lead.channel, course.grade))] += 1
    return found


def counted_of(course: LeadCourse, measures: TaskMeasures) -> Iterator[str]:
    """All that a lead counts for: each a `LeadCounter.what`."""
    yield "leads"
    if course.talks:
        yield "contacted"
    if course.bought is not None:
        yield "bought"
        if course.lost_until(course.bought.at) is not None:
            yield "falsely_lost"
        return
    stand = course.stands[-1]
    if stand.status == "quasi_lost":
        yield "quasi_lost"
    is_returned = stand.returned_at is not None and stand.approved_at is None
    if stand.status != "lost" or is_returned:
        return
    yield "lost"
    yield because(stand.reason or "other")
    if stand.approved_at is not None:
        yield "approved"
    if course.hardly_followed(stand, measures.hours.next_open(course.at, course.zone.key)):
        yield "falsely_lost"
