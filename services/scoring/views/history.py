"""How a customer's points went, as a series. Pure."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from operator import attrgetter
from typing import Literal

from services.scoring.domain.course import ScoreMoment
from shared.contracts.http.scoring import HistoryMoment
from shared.time.months import month_of_day, month_text

HistoryBy = Literal["change", "day", "month"]

MOST_DAYS = 3 * 366
"""How many days a history by day reaches over at most: three years."""
_DAY = timedelta(days=1)


def series(
    moments: Sequence[ScoreMoment],
    by: HistoryBy,
    first: date,
    last: date,
    *,
    zone: tzinfo,
    now: datetime,
) -> tuple[HistoryMoment, ...]:
    """Every change within these days; or how the customer stood at the end of each day or month
    of theirs, of the present one now. None of before the first change, nor of what is to come."""
    if by == "change":
        since = _before(moments, _begins(first, zone))
        until = _before(moments, _begins(last + _DAY, zone))
        return tuple(_shown(each, each.at, None) for each in moments[since:until])
    found = []
    for name, begins, ends in _days(first, last) if by == "day" else _months(first, last):
        end = min(_begins(ends + _DAY, zone), now)
        passed = _before(moments, end) if end < now else len(moments)
        if passed and _begins(begins, zone) <= now:
            found.append(_shown(moments[passed - 1], end, name))
    return tuple(found)


def _days(first: date, last: date) -> Iterator[tuple[str, date, date]]:
    """Each day from one to another, both included."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        yield day.isoformat(), day, day


def _months(first: date, last: date) -> Iterator[tuple[str, date, date]]:
    """The months from that of one day to that of another, each with its first and last day."""
    for month in range(month_of_day(first), month_of_day(last) + 1):
        yield month_text(month), _first_day(month), _first_day(month + 1) - _DAY


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The date there at that instant."""
    return moment.astimezone(zone).date()


def _begins(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _before(moments: Sequence[ScoreMoment], instant: datetime) -> int:
    """How many of them are before that."""
    return bisect_left(moments, instant, key=attrgetter("at"))


def _shown(moment: ScoreMoment, at: datetime, period: str | None) -> HistoryMoment:
    return HistoryMoment(
        at=at,
        period=period,
        score=moment.score,
        value=moment.value,
        loyalty=moment.loyalty,
        grade=moment.grade,
    )
