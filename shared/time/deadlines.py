"""Deadlines: when a length of elapsed time, open time, business or working days is used up. Pure.

Exact to the millisecond; all instants are timezone-aware, results are UTC. While a clock is
held no time passes for it, and so it is never due inside a hold.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from shared.contracts.values import to_milliseconds
from shared.time.calendar import BusinessCalendar
from shared.time.opening import OpenTimes
from shared.time.spans import Span, Unit
from shared.time.zones import DAY_MS, MILLISECOND, milliseconds_of, moment_of, year_starts_ms

__all__ = ["Hold", "Span", "Unit", "due", "elapsed", "joined", "part_of", "years_needed"]

SEARCH_MS = 3660 * DAY_MS
"""How far after the start, and after the last hold, a deadline is searched for."""
LAST_MS = year_starts_ms(9999)
COUNTED: frozenset[Unit] = frozenset({"business_days", "working_days"})
"""Units of which one counts whole ones."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A clock stands still from `start` up to `end`; None: it still does."""

    start: datetime
    end: datetime | None = None


def joined(holds: Iterable[Hold]) -> tuple[Hold, ...]:
    """In order and apart: overlapping and touching ones are one, empty ones gone. Milliseconds."""
    pairs = _joined(_pairs(holds))
    return tuple(
        Hold(moment_of(start), None if end is None else moment_of(end)) for start, end in pairs
    )


def due(
    start: datetime,
    span: Span,
    calendar: BusinessCalendar | None,
    holds: Sequence[Hold] = (),
) -> datetime | None:
    """The earliest instant at which the span is used up; None while an open hold prevents that.

    Elapsed and business time are due when so much has passed outside the holds: at closing
    rather than at the next opening, and when a hold starts rather than when it ends. Of business
    days the day of the start does not count, nor does one whose closing lies inside a hold; it
    is due when the last of them closes. So are working days, by a calendar of days that are
    open from midnight to midnight. Raises ValueError if business time lacks a calendar, or if
    the calendar does not open enough within ten years.
    """
    return _due(start, span.unit, _amount(span), calendar, holds)


def part_of(
    start: datetime,
    span: Span,
    fraction: float,
    calendar: BusinessCalendar | None,
    holds: Sequence[Hold] = (),
) -> datetime | None:
    """When that fraction of the span is used up; it may be above 1.

    Of elapsed and business time, `due` of that part of the length, cut to milliseconds. Of
    business days, below 1: when that part of the open time from `start` until they are due has
    passed, and so None as long as they are not; from 1 on: `due` of so many days, rounded up.
    Raises ValueError like `due`, and for a fraction below zero.
    """
    if not 0 <= fraction < math.inf:
        raise ValueError("a fraction is a number from zero on")
    if span.days is not None and fraction < 1:
        return _part_of_days(start, span, fraction, calendar, holds)
    whole = _share(_amount(span), fraction, up=span.days is not None)
    if whole == 0:
        return to_milliseconds(start)
    return _due(start, span.unit, whole, calendar, holds)


def elapsed(
    start: datetime,
    end: datetime,
    unit: Unit,
    calendar: BusinessCalendar | None,
    holds: Sequence[Hold] = (),
) -> timedelta | int:
    """What is used up between two instants: `due` reversed. Zero if `end` is not after `start`.

    An int for business and working days: how many closed after `start` and not after `end`, the
    day of the start excepted. Raises ValueError if business time lacks a calendar.
    """
    pairs = _joined(_pairs(holds))
    measure = _measure(unit, calendar, milliseconds_of(start), pairs)
    used = _used(measure, milliseconds_of(end), pairs)
    return used if unit in COUNTED else timedelta(milliseconds=used)


def years_needed(
    start: datetime, end: datetime, calendar: BusinessCalendar | None
) -> tuple[int, ...]:
    """The local years from `start` to `end` whose holidays the calendar does not know."""
    if calendar is None or calendar.covered_years is None:
        return ()
    zone = ZoneInfo(calendar.timezone)
    years = range(start.astimezone(zone).year, end.astimezone(zone).year + 1)
    return tuple(year for year in years if year not in calendar.covered_years)


Pair = tuple[int, int | None]
"""A hold in milliseconds since 1970."""


def _pairs(holds: Iterable[Hold]) -> list[Pair]:
    return [
        (milliseconds_of(hold.start), None if hold.end is None else milliseconds_of(hold.end))
        for hold in holds
    ]


def _joined(pairs: list[Pair]) -> list[Pair]:
    found: list[Pair] = []
    for start, end in sorted(pairs, key=lambda pair: pair[0]):
        if end is not None and end <= start:
            continue
        if not found:
            found.append((start, end))
            continue
        first, last = found[-1]
        if last is None:
            break
        if start <= last:
            found[-1] = (first, None if end is None else max(last, end))
        else:
            found.append((start, end))
    return found


class _Measure(Protocol):
    """A way to count what passes: milliseconds, open milliseconds, or closings of days."""

    @property
    def begins(self) -> int:
        """What passes up to here does not count."""

    @property
    def limit(self) -> int:
        """How far to search."""

    def between(self, start: int, end: int) -> int:
        """How much passes after `start` and until `end`, where `start` < `end`."""

    def reach(self, start: int, amount: int, until: int) -> int | None:
        """The first instant, at most `until`, by which so much has passed after `start`."""

    def resumed(self, hold_end: int) -> int:
        """After what it counts again when a hold ends."""


@dataclass(frozen=True, slots=True)
class _Elapsed:
    begins: int
    limit: int

    def between(self, start: int, end: int) -> int:
        return end - start

    def reach(self, start: int, amount: int, until: int) -> int | None:
        return start + amount if start + amount <= until else None

    def resumed(self, hold_end: int) -> int:
        return hold_end


@dataclass(frozen=True, slots=True)
class _OpenTime:
    begins: int
    limit: int
    times: OpenTimes

    def between(self, start: int, end: int) -> int:
        return self.times.opened(start, end)

    def reach(self, start: int, amount: int, until: int) -> int | None:
        return self.times.reach(start, amount, until)

    def resumed(self, hold_end: int) -> int:
        return hold_end


@dataclass(frozen=True, slots=True)
class _Closings:
    begins: int
    limit: int
    times: OpenTimes

    def between(self, start: int, end: int) -> int:
        return self.times.closings(start, end)

    def reach(self, start: int, amount: int, until: int) -> int | None:
        return self.times.reach_closing(start, amount, until)

    def resumed(self, hold_end: int) -> int:
        return hold_end - 1  # what closes just when the hold ends counts


def _measure(
    unit: Unit, calendar: BusinessCalendar | None, start: int, holds: Sequence[Pair]
) -> _Measure:
    if unit == "elapsed":
        return _Elapsed(start, LAST_MS)
    if calendar is None:
        raise ValueError("business time needs a calendar")
    times = calendar.open_times
    limit = max([start, *(end for _, end in holds if end is not None)]) + SEARCH_MS
    if unit == "business_time":
        return _OpenTime(start, limit, times)
    return _Closings(times.last_closing(start), limit, times)


def _amount(span: Span) -> int:
    if span.length is not None:
        return span.length // MILLISECOND
    assert span.days is not None
    return span.days


@lru_cache
def _share(amount: int, fraction: float, *, up: bool) -> int:
    """That part of an amount, by the decimal digits of the fraction, rounded up or down."""
    exact = Decimal(repr(float(fraction))) * amount
    return math.ceil(exact) if up else math.floor(exact)


def _due(
    start: datetime,
    unit: Unit,
    amount: int,
    calendar: BusinessCalendar | None,
    holds: Sequence[Hold],
) -> datetime | None:
    if unit == "elapsed" and not holds:  # most of all deadlines
        return to_milliseconds(start + amount * MILLISECOND)
    pairs = _joined(_pairs(holds))
    measure = _measure(unit, calendar, milliseconds_of(start), pairs)
    reached = _reached(measure, amount, pairs)
    return None if reached is None else moment_of(reached)


def _reached(measure: _Measure, amount: int, holds: Sequence[Pair]) -> int | None:
    """When `amount` > 0 has passed outside the holds."""
    position = measure.begins
    for start, end in holds:
        if start > position:
            reached = measure.reach(position, amount, min(start, measure.limit))
            if reached is not None:
                return reached
            amount -= measure.between(position, start)
        if end is None:
            return None
        position = max(position, measure.resumed(end))
    reached = measure.reach(position, amount, measure.limit)
    if reached is None:
        raise ValueError("not used up within the ten years that are searched")
    return reached


def _used(measure: _Measure, until: int, holds: Sequence[Pair]) -> int:
    """How much passes outside the holds, up to `until`."""
    position, used = measure.begins, 0
    for start, end in holds:
        if position < min(start, until):
            used += measure.between(position, min(start, until))
        if end is None or start >= until:
            return used
        position = max(position, measure.resumed(end))
    return used + measure.between(position, until) if position < until else used


def _part_of_days(
    start: datetime,
    span: Span,
    fraction: float,
    calendar: BusinessCalendar | None,
    holds: Sequence[Hold],
) -> datetime | None:
    ends = due(start, span, calendar, holds)
    if ends is None:
        return None
    opened = elapsed(start, ends, "business_time", calendar, holds)
    assert isinstance(opened, timedelta)
    amount = _share(opened // MILLISECOND, fraction, up=False)
    if amount == 0:
        return to_milliseconds(start) if opened else ends
    return _due(start, "business_time", amount, calendar, holds)
