"""What a customer counts for, month by month. Pure.

All that is counted follows from the way that the customer went, which is the same until something
happens or points fade: so the totals of a dealer need nobody to be looked at when a month is over.
"""

from bisect import bisect_right
from collections import Counter as Sums
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from operator import attrgetter
from typing import NamedTuple

from services.scoring.domain import counters
from services.scoring.domain.counters import Counter, Measured
from services.scoring.domain.course import GradeChange, Moment
from services.scoring.domain.documents import Visit
from services.scoring.domain.months import month_at, month_of_day, month_text
from shared.contracts.scoring import Grade, Risk

MONTHS_COUNTED = 37
"""How many months are counted by themselves: the one in which the customer's points changed last,
and those before."""

FIRST_GRADE: Grade = "general"
"""Of who has no points yet."""

ByMonth = defaultdict[int, Sums[Measured]]


class RiskChange(NamedTuple):
    """From one risk to another; nothing before the first."""

    at: datetime
    before: Risk | None
    after: Risk


def measured(
    since: datetime, moments: Sequence[Moment], visits: Iterable[Visit], zone: tzinfo
) -> ByMonth:
    """Month -> what changed in it: of a customer who is known since then, went through these
    moments and made these visits."""
    found: ByMonth = defaultdict(Sums)
    _count_levels(found, month_at(since, zone), moments, zone)
    _count_visits(found, moments, visits, zone)
    return found


def _count_levels(
    found: ByMonth, known_since: int, moments: Sequence[Moment], zone: tzinfo
) -> None:
    """Customers and their value: at the end of each month, less the end of the month before."""
    stood: dict[int, tuple[Grade, int]] = {known_since: (FIRST_GRADE, 0)}
    for moment in moments:
        stood[max(known_since, month_at(moment.at, zone))] = (moment.grade, moment.value)
    before: tuple[Grade, int] | None = None
    for month, stands in stood.items():
        if before is not None:
            _add(found, month, before, sign=-1)
        _add(found, month, stands, sign=1)
        before = stands


def _add(found: ByMonth, month: int, stands: tuple[Grade, int], *, sign: int) -> None:
    grade, value = stands
    found[month][Measured("customers", grade)] += sign
    found[month][Measured("value", grade)] += sign * value


def _count_visits(
    found: ByMonth, moments: Sequence[Moment], visits: Iterable[Visit], zone: tzinfo
) -> None:
    """Each by the grade that the customer had with it; two orders of a day are one visit, and
    money that was given back is none."""
    days = set()
    for visit in sorted(visits, key=attrgetter("at")):
        happened = month_at(visit.at, zone) if visit.day is None else month_of_day(visit.day)
        grade = _grade_at(moments, visit.at)
        if visit.day is not None and visit.day not in days:
            found[happened][Measured("visits", grade)] += 1
            days.add(visit.day)
        if visit.paid:
            found[happened][Measured("paid", grade, visit.currency)] += visit.paid


def _grade_at(moments: Sequence[Moment], at: datetime) -> Grade:
    passed = bisect_right(moments, at, key=attrgetter("at"))
    return moments[passed - 1].grade if passed else FIRST_GRADE


def moved(moments: Sequence[Moment], zone: tzinfo) -> Mapping[int, int]:
    """Month -> the points won, less those lost, where that is not nothing."""
    found: Sums[int] = Sums()
    before = 0
    for moment in moments:
        found[month_at(moment.at, zone)] += moment.score - before
        before = moment.score
    return {month: points for month, points in found.items() if points}


def counts(
    by_month: ByMonth,
    groups: Sequence[str],
    movements: Mapping[int, Mapping[str, int]],
    *,
    until: int,
) -> Mapping[str, Mapping[str, int]]:
    """Period -> counter -> what the customer counts for there, in every group that they are in.

    The months up to `until`, and any later, stand by themselves; what is older is counted together.
    """
    found: defaultdict[str, Sums[str]] = defaultdict(Sums)
    for month, measures in by_month.items():
        period = found[_period(month, until)]
        for measure, amount in measures.items():
            for group in groups:
                period[Counter(group, measure).text] += amount
    for month, happened in movements.items():
        found[_period(month, until)].update(happened)
    nonzero = {
        period: {name: amount for name, amount in sums.items() if amount}
        for period, sums in found.items()
    }
    return {period: sums for period, sums in nonzero.items() if sums}


def movements(
    since: datetime,
    grades: Iterable[GradeChange],
    risks: Iterable[RiskChange],
    zone: tzinfo,
) -> Mapping[int, Mapping[str, int]]:
    """Month -> counters of who became known, moved between grades, and at which risk they are."""
    found: defaultdict[int, Sums[str]] = defaultdict(Sums)
    found[month_at(since, zone)][counters.NEW] += 1
    for change in grades:
        found[month_at(change.at, zone)][counters.movement(change.before, change.after)] += 1
    for turn in risks:
        month = found[month_at(turn.at, zone)]
        month[counters.standing(turn.after)] += 1
        if turn.before is not None:
            month[counters.standing(turn.before)] -= 1
            month[counters.movement(turn.before, turn.after)] += 1
    return found


def _period(month: int, until: int) -> str:
    return month_text(month) if month > until - MONTHS_COUNTED else counters.BEFORE
