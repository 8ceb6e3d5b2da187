"""What a customer counts for, month by month. Pure.

All that is counted follows from the way that the customer went, which is the same until something
happens, points fade or the risk grows: so the totals of a dealer need nobody to be looked at when a
month is over.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from services.scoring.domain.counters import BEFORE, counter_name, move
from services.scoring.domain.course import GradeChange, ScoreMoment
from services.scoring.domain.documents import Visit
from services.scoring.domain.risk import RiskMoment
from shared.contracts.scoring import Grade, Risk
from shared.time.months import month_at, month_of_day, month_text

MONTHS_COUNTED = 37
"""How many months are counted by themselves: the one in which the customer's points changed last,
and those before."""

FIRST_GRADE: Grade = "general"
"""Of who has no points yet."""

ByMonth = defaultdict[int, defaultdict[str, int]]
"""Month -> counter -> how much."""


class Standing(NamedTuple):
    """How a customer stands at an instant."""

    grade: Grade
    risk: Risk | None
    """None: they have no car here, as far as is known."""
    value: int


class Way(NamedTuple):
    """What is counted of a customer's way: since when they are known, each in order of time."""

    known_since: datetime
    moments: Sequence[ScoreMoment]
    grade_changes: Sequence[GradeChange]
    risks: Sequence[RiskMoment]
    visits: Iterable[Visit]
    zone: tzinfo
    """Where the months are."""

    def month_at(self, moment: datetime) -> int:
        return month_at(moment, self.zone)

    def grade_at(self, moment: datetime) -> Grade:
        passed = bisect_right(self.moments, moment, key=attrgetter("at"))
        return self.moments[passed - 1].grade if passed else FIRST_GRADE


def counts(way: Way, *, until: int) -> Mapping[str, Mapping[str, int]]:
    """Period -> counter -> what the customer counts for there.

    The months up to `until`, and any later, stand by themselves; what is older is counted together.
    """
    by_month: ByMonth = defaultdict(lambda: defaultdict(int))
    _count_levels(by_month, way)
    _count_visits(by_month, way)
    _count_moves(by_month, way)
    found: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for month, counted in by_month.items():
        period = found[month_text(month) if month > until - MONTHS_COUNTED else BEFORE]
        for name, amount in counted.items():
            period[name] += amount
    nonzero = {
        period: {name: amount for name, amount in counted.items() if amount}
        for period, counted in found.items()
    }
    return {period: counted for period, counted in nonzero.items() if counted}


def moved(moments: Sequence[ScoreMoment], zone: tzinfo) -> Mapping[int, int]:
    """Month -> the points won, less those lost, where that is not nothing."""
    found: defaultdict[int, int] = defaultdict(int)
    before = 0
    for moment in moments:
        found[month_at(moment.at, zone)] += moment.score - before
        before = moment.score
    return {month: points for month, points in found.items() if points}


def standings(way: Way) -> Mapping[int, Standing]:
    """Month -> how the customer stood at its end, in order; of those in which that changed."""
    first = way.month_at(way.known_since)
    stands = Standing(FIRST_GRADE, None, 0)
    found = {first: stands}
    changes: list[ScoreMoment | RiskMoment] = [*way.moments, *way.risks]
    changes.sort(key=attrgetter("at"))
    for change in changes:
        if isinstance(change, ScoreMoment):
            stands = Standing(change.grade, stands.risk, change.value)
        else:
            stands = stands._replace(risk=change.risk)
        found[max(first, way.month_at(change.at))] = stands
    return found


def _count_levels(by_month: ByMonth, way: Way) -> None:
    """Customers and their value: at the end of each month, less the end of the month before."""
    before: Standing | None = None
    for month, stands in standings(way).items():
        counted = by_month[month]
        if before is None:
            counted[counter_name("new", stands.grade)] += 1
        else:
            counted[counter_name("customers", before.grade, before.risk or "")] -= 1
            counted[counter_name("value", before.grade)] -= before.value
        counted[counter_name("customers", stands.grade, stands.risk or "")] += 1
        counted[counter_name("value", stands.grade)] += stands.value
        before = stands


def _count_visits(by_month: ByMonth, way: Way) -> None:
    """Each by the grade that the customer had with it; two orders of a day are one visit, and
    money that was given back is none."""
    days = set()
    for visit in sorted(way.visits, key=attrgetter("at")):
        month = way.month_at(visit.at) if visit.day is None else month_of_day(visit.day)
        grade = way.grade_at(visit.at)
        if visit.day is not None and visit.day not in days:
            by_month[month][counter_name("visits", grade)] += 1
            days.add(visit.day)
        if visit.paid:
            by_month[month][counter_name("paid", grade, visit.currency)] += visit.paid


def risk_moves(way: Way) -> Iterator[tuple[datetime, Risk, Risk]]:
    """When they moved from which risk to which."""
    for before, after in pairwise(way.risks):
        if before.risk is not None and after.risk is not None:
            yield after.at, before.risk, after.risk


def _count_moves(by_month: ByMonth, way: Way) -> None:
    for change in way.grade_changes:
        name = counter_name("grade_moves", change.before, change.after)
        by_month[way.month_at(change.at)][name] += 1
    for at, before, after in risk_moves(way):
        name = counter_name("risk_moves", way.grade_at(at), move(before, after))
        by_month[way.month_at(at)][name] += 1
