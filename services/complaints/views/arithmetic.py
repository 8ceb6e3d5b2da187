"""How a deadline was counted, piece by piece: the open stretches, the days that counted. Pure.

The pieces sum to the target, to the millisecond. `MOST_PIECES` are listed; the others are one
piece together, so that the effort does not grow with the target.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from services.complaints.domain.clocks import Clock
from shared.contracts.http.complaints_deadline import NotCounted
from shared.time.calendar import DAY_MINUTES, BusinessCalendar
from shared.time.deadlines import SEARCH_MS, Hold, elapsed, joined
from shared.time.opening import OpenTimes
from shared.time.zones import MILLISECOND, milliseconds_of, moment_of

MOST_PIECES = 30
"""How many pieces of a count are listed one by one."""


@dataclass(frozen=True, slots=True)
class OpenStretch:
    """Open time that was used up, within one local day."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class BusinessDay:
    """A local day that counted, or did not."""

    day: date
    closes_at: datetime | None = None
    not_counted: NotCounted | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """All that was used up after the pieces that are listed."""

    until: datetime
    length: timedelta | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """What a clock used up until it was due, or until the hold that it is in."""

    pieces: tuple[OpenStretch | BusinessDay | Rest, ...]
    """In order; none for elapsed time, where start, target and holds say all."""
    holds: tuple[Hold, ...]
    """The holds that moved the deadline, from the start of the clock on."""
    left: timedelta | int
    """What was not used up yet when the hold began that has no end; else zero."""


def count(clock: Clock) -> Count:
    """How the deadline of a clock was counted."""
    holds = holds_that_count(clock)
    until = clock.due_at if clock.due_at is not None else holds[-1].start
    used = elapsed(clock.started_at, until, clock.span.unit, clock.calendar, clock.holds)
    calendar = clock.calendar
    pieces: tuple[OpenStretch | BusinessDay | Rest, ...] = ()
    if clock.rule.span is None and clock.origin != "raised":
        return Count((), (), timedelta(0))  # the case names the instant
    if calendar is not None and isinstance(used, timedelta) and clock.span.unit != "elapsed":
        pieces = _stretches(clock, calendar, until, used)
    elif calendar is not None and isinstance(used, int):
        pieces = _days(clock, calendar, until, used)
    return Count(pieces, holds, _left(clock, used))


def holds_that_count(clock: Clock) -> tuple[Hold, ...]:
    """The holds between the start of a clock and its deadline."""
    return tuple(
        Hold(max(hold.start, clock.started_at), hold.end)
        for hold in joined(clock.holds)
        if (hold.end is None or hold.end > clock.started_at)
        and (clock.due_at is None or hold.start < clock.due_at)
    )


def _left(clock: Clock, used: timedelta | int) -> timedelta | int:
    if isinstance(used, timedelta):
        return (clock.span.length or timedelta(0)) - used
    return (clock.span.days or 0) - used


def _stretches(
    clock: Clock, calendar: BusinessCalendar, until: datetime, used: timedelta
) -> tuple[OpenStretch | Rest, ...]:
    found = list(islice(_open_stretches(clock, calendar, until), MOST_PIECES + 1))
    if len(found) <= MOST_PIECES:
        return tuple(found)
    listed = found[:MOST_PIECES]
    rest = used - sum((stretch.length for stretch in listed), timedelta(0))
    return (*listed, Rest(until, length=rest))


def _open_stretches(
    clock: Clock, calendar: BusinessCalendar, until: datetime
) -> Iterator[OpenStretch]:
    """The open time between start and `until` outside the holds, cut at local midnights."""
    zone, times = ZoneInfo(calendar.timezone), calendar.open_times
    for start, end in _running(clock, until):
        position, last = milliseconds_of(start), milliseconds_of(end)
        while position < last:
            first_used = times.reach(position, 1, last)
            if first_used is None:
                break
            opens = first_used - 1
            midnight = milliseconds_of(_next_midnight(moment_of(opens), zone))
            position = _open_until(times, opens, min(last, midnight))
            yield OpenStretch(moment_of(opens), moment_of(position))


def _running(clock: Clock, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    position = clock.started_at
    for hold in joined(clock.holds):
        if hold.start >= until:
            break
        if hold.start > position:
            yield position, hold.start
        if hold.end is None:
            return
        position = max(position, hold.end)
    if position < until:
        yield position, until


def _next_midnight(at: datetime, zone: ZoneInfo) -> datetime:
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(0), zone)


def _open_until(times: OpenTimes, opens: int, latest: int) -> int:
    """The last instant, at most `latest`, up to which it stays open from `opens` on."""
    if times.opened(opens, latest) == latest - opens:
        return latest
    is_open, is_not = opens + 1, latest
    while is_not - is_open > 1:
        middle = (is_open + is_not) // 2
        if times.opened(opens, middle) == middle - opens:
            is_open = middle
        else:
            is_not = middle
    return is_open


def _days(
    clock: Clock, calendar: BusinessCalendar, until: datetime, used: int
) -> tuple[BusinessDay | Rest, ...]:
    found = list(islice(_business_days(clock, calendar, until), MOST_PIECES + 1))
    if len(found) <= MOST_PIECES:
        return tuple(found)
    listed = found[:MOST_PIECES]
    rest = used - sum(1 for day in listed if day.not_counted is None)
    return (*listed, Rest(until, days=rest))


def _business_days(
    clock: Clock, calendar: BusinessCalendar, until: datetime
) -> Iterator[BusinessDay]:
    """Each local day from that of the start to that of the last closing, once."""
    times, last_ms = calendar.open_times, milliseconds_of(until)
    position = times.last_closing(milliseconds_of(clock.started_at))
    day = times.local_date(milliseconds_of(clock.started_at))
    yield BusinessDay(day, not_counted="day_of_start")
    while (closes := times.reach_closing(position, 1, position + SEARCH_MS)) is not None:
        if closes > last_ms:
            break
        closing_day = _day_that_closes(calendar, closes)
        while (between := day + timedelta(days=1)) < closing_day:
            yield BusinessDay(between, not_counted=_why_closed(calendar, between))
            day = between
        closes_at = moment_of(closes)
        held = _is_held(clock.holds, closes_at)
        yield BusinessDay(closing_day, closes_at, "held" if held else None)
        day, position = max(day, closing_day), closes


def _day_that_closes(calendar: BusinessCalendar, closes: int) -> date:
    """The day that a closing ends: of an overnight window the day on which it opened."""
    day = calendar.open_times.local_date(closes - 1)
    eve = day - timedelta(days=1)
    latest = max((window.closes for window in calendar.windows_on(eve)), default=0)
    overnight = datetime.combine(eve, time(0)) + timedelta(minutes=latest)
    shown = moment_of(closes).astimezone(ZoneInfo(calendar.timezone)).replace(tzinfo=None)
    return eve if latest > DAY_MINUTES and overnight == shown else day


def _why_closed(calendar: BusinessCalendar, day: date) -> NotCounted:
    if calendar.windows_on(day):
        return "part_of_another_day"
    return "holiday" if day in calendar.special or day in calendar.closed else "closed"


def _is_held(holds: Sequence[Hold], closes_at: datetime) -> bool:
    """What closes just as a hold begins or ends counts."""
    return any(
        hold.start < closes_at and (hold.end is None or closes_at < hold.end)
        for hold in joined(holds)
    )


def total(pieces: Sequence[OpenStretch | BusinessDay | Rest]) -> timedelta | int:
    """What the pieces sum to: open time, or business days."""
    days = [piece for piece in pieces if isinstance(piece, BusinessDay)]
    if days:
        counted = sum(1 for day in days if day.not_counted is None)
        return counted + sum(piece.days or 0 for piece in pieces if isinstance(piece, Rest))
    return sum(
        (piece.length or timedelta(0) for piece in pieces if not isinstance(piece, BusinessDay)),
        timedelta(0),
    )


def in_seconds(length: timedelta) -> float:
    """To the millisecond."""
    return round(length / MILLISECOND) / 1000
