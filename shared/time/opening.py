"""When a calendar is open, as tables of instants: built once per year, then only looked up. Pure.

An instant is open if the wall clock shows a time inside a window then. So windows are laid out on
the wall clock and cut along the zone's stretches of constant offset: a window in a skipped hour
is never open, one in a repeated hour is open twice. All instants are milliseconds since 1970.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from shared.time.zones import (
    DAY_MS,
    MARGIN_DAYS,
    MINUTE_MS,
    Stretch,
    midnight_ms,
    moment_of,
    stretches_around,
    year_starts_ms,
)

LOOK_BACK_DAYS = 3
"""Every window ends less than this many days after the day it opens on, whatever the zone does."""

Interval = tuple[int, int]


class WallWindow(Protocol):
    """Minutes since midnight; `closes` is beyond 24 hours where a window ends the next day."""

    @property
    def opens(self) -> int: ...
    @property
    def closes(self) -> int: ...


class _Year(NamedTuple):
    """One year of UTC: disjoint intervals in order, and the closings of its business days."""

    starts: list[int]
    ends: list[int]
    opened: list[int]
    """Open milliseconds of the year up to the end of each interval."""
    closings: list[int]


class OpenTimes:
    """The open time of one calendar. Answers by bisection; a year is tabled when first asked."""

    def __init__(self, zone_name: str, windows_on: Callable[[date], Sequence[WallWindow]]) -> None:
        self._zone_name = zone_name
        self._windows_on = windows_on
        self._years: dict[int, _Year] = {}

    def local_date(self, at: int) -> date:
        """The date that the wall clock shows."""
        return moment_of(at).astimezone(ZoneInfo(self._zone_name)).date()

    def is_open(self, at: int) -> bool:
        table = self._year(_year_of(at))
        index = bisect_right(table.starts, at) - 1
        return index >= 0 and at < table.ends[index]

    def opened(self, start: int, end: int) -> int:
        """Open milliseconds from `start` up to `end`; 0 if it is not after `start`."""
        if end <= start:
            return 0
        first, last = _year_of(start), _year_of(end)
        whole = sum(_total(self._year(year)) for year in range(first, last))
        return (
            whole + _opened_before(self._year(last), end) - _opened_before(self._year(first), start)
        )

    def reach(self, start: int, amount: int, until: int) -> int | None:
        """The earliest instant, at most `until`, by which `amount` > 0 has been open."""
        year = _year_of(start)
        wanted = amount + _opened_before(self._year(year), start)
        while year_starts_ms(year) <= until:
            table = self._year(year)
            if wanted <= _total(table):
                index = bisect_left(table.opened, wanted)
                reached = table.ends[index] - (table.opened[index] - wanted)
                return reached if reached <= until else None
            wanted -= _total(table)
            year += 1
        return None

    def closings(self, start: int, end: int) -> int:
        """How many business days close after `start` and not after `end`."""
        if end <= start:
            return 0
        first, last = _year_of(start), _year_of(end)
        whole = sum(len(self._year(year).closings) for year in range(first, last))
        return (
            whole
            + bisect_right(self._year(last).closings, end)
            - bisect_right(self._year(first).closings, start)
        )

    def reach_closing(self, start: int, number: int, until: int) -> int | None:
        """The `number`th closing of a business day after `start`, if it is at most `until`."""
        year = _year_of(start)
        wanted = number + bisect_right(self._year(year).closings, start)
        while year_starts_ms(year) <= until:
            closings = self._year(year).closings
            if wanted <= len(closings):
                reached = closings[wanted - 1]
                return reached if reached <= until else None
            wanted -= len(closings)
            year += 1
        return None

    def last_closing(self, at: int) -> int:
        """The latest closing of the local day of `at` and of those before it, or `at` if later."""
        today = self.local_date(at)
        stretches = stretches_around(self._zone_name, today.year)
        days = range(today.toordinal() - LOOK_BACK_DAYS, today.toordinal() + 1)
        ends = [end for day in days for _, end in self._open_on(day, stretches)]
        return max([at, *ends])

    def _year(self, year: int) -> _Year:
        table = self._years.get(year)
        if table is None:
            table = self._years[year] = self._tabled(year)
        return table

    def _tabled(self, year: int) -> _Year:
        begins, ends = year_starts_ms(year), year_starts_ms(year + 1)
        stretches = stretches_around(self._zone_name, year)
        first = date(year, 1, 1).toordinal() - 2 * LOOK_BACK_DAYS
        last = date(year, 12, 31).toordinal() + 2
        closings: list[int] = []
        intervals: list[Interval] = []
        closed_at = begins - 2 * MARGIN_DAYS * DAY_MS
        for day in range(first, last + 1):
            open_today = self._open_on(day, stretches)
            intervals += open_today
            closes = max((end for _, end in open_today), default=closed_at)
            # A day that closes no later than the one before is part of that one.
            if closes > closed_at:
                closed_at = closes
                if begins <= closes < ends:
                    closings.append(closes)
        return _table(_united(_clipped(intervals, begins, ends)), closings)

    def _open_on(self, ordinal: int, stretches: Sequence[Stretch]) -> list[Interval]:
        """When the windows of one day are open; empty if the day was skipped, or is closed."""
        midnight = midnight_ms(ordinal)
        near = [
            stretch
            for stretch in stretches
            if stretch.ends_ms > midnight - 2 * DAY_MS and stretch.starts_ms < midnight + 4 * DAY_MS
        ]
        return [
            (start, end)
            for window in self._windows_on(date.fromordinal(ordinal))
            for stretch in near
            if (
                start := max(
                    stretch.starts_ms, midnight + window.opens * MINUTE_MS - stretch.offset_ms
                )
            )
            < (
                end := min(
                    stretch.ends_ms, midnight + window.closes * MINUTE_MS - stretch.offset_ms
                )
            )
        ]


def _year_of(at: int) -> int:
    return moment_of(at).year


def _total(table: _Year) -> int:
    return table.opened[-1] if table.opened else 0


def _opened_before(table: _Year, at: int) -> int:
    index = bisect_right(table.starts, at) - 1
    if index < 0:
        return 0
    return table.opened[index] - max(0, table.ends[index] - at)


def _clipped(intervals: Sequence[Interval], begins: int, ends: int) -> Iterator[Interval]:
    for start, end in intervals:
        if start < ends and end > begins:
            yield max(start, begins), min(end, ends)


def _united(intervals: Iterator[Interval]) -> list[Interval]:
    """In order; overlapping and touching ones are one."""
    united: list[Interval] = []
    for start, end in sorted(intervals):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((start, end))
    return united


def _table(intervals: Sequence[Interval], closings: list[int]) -> _Year:
    return _Year(
        starts=[start for start, _ in intervals],
        ends=[end for _, end in intervals],
        opened=list(accumulate(end - start for start, end in intervals)),
        closings=closings,
    )
