"""A dealer's statistics by week or month, from what each case counts for. Pure.

A case counts in the period in which it was received, on the dealer's local date, with all that
became of it since. So a period's figures change as its cases do.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from math import ceil
from statistics import median
from zoneinfo import ZoneInfo

from services.complaints.domain.listing import CaseTally, ClockTally
from services.complaints.domain.rulebook import CaseRulebook
from shared.contracts.http.complaints_statistics import (
    By,
    ClockStatistics,
    PeriodStatistics,
    Statistics,
)
from shared.decider.decision import Listing

MOST_DAYS = 3 * 366
"""How many days statistics reach over at most: three years."""
_EAST = timezone(timedelta(hours=14))
"""Where a day begins first."""
REPEAT_DAYS = 365
"""For how many days after a complaint another one of the same customer is a repeat."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days that are counted together, both ends included."""

    name: str
    first: date
    last: date


def periods(by: By, first: date, last: date) -> list[Period]:
    """The weeks or months from `first` to `last`, cut at both."""
    found: list[Period] = []
    day = first
    while day <= last:
        name, ends = _week_of(day) if by == "week" else _month_of(day)
        found.append(Period(name, day, min(ends, last)))
        day = ends + timedelta(days=1)
    return found


def _week_of(day: date) -> tuple[str, date]:
    year, week, weekday = day.isocalendar()
    return f"{year}-W{week:02d}", day + timedelta(days=7 - weekday)


def _month_of(day: date) -> tuple[str, date]:
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return f"{day:%Y-%m}", following - timedelta(days=1)


@dataclass(slots=True)
class _Sum:
    """What the cases of one period sum to."""

    received: int = 0
    merged: int = 0
    open: int = 0
    reopened: int = 0
    by_category: Counter[str] = field(default_factory=Counter)
    by_severity: Counter[str] = field(default_factory=Counter)
    by_channel: Counter[str] = field(default_factory=Counter)
    states: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, tally: CaseTally, *, is_open: bool) -> None:
        if tally.merged_away:
            self.merged += 1
            return
        self.received += 1
        self.open += is_open
        self.reopened += tally.reopened > 0
        self.by_category[tally.category] += 1
        self.by_severity[tally.severity] += 1
        self.by_channel[tally.channel] += 1
        for clock in tally.clocks:
            self._add(clock)

    def _add(self, clock: ClockTally) -> None:
        self.states[clock.clock, clock.state] += 1
        if clock.seconds is not None:
            self.seconds[clock.clock].append(clock.seconds)

    def add_all(self, other: "_Sum") -> None:
        self.received += other.received
        self.merged += other.merged
        self.open += other.open
        self.reopened += other.reopened
        self.by_category += other.by_category
        self.by_severity += other.by_severity
        self.by_channel += other.by_channel
        self.states += other.states
        for clock, seconds in other.seconds.items():
            self.seconds[clock].extend(seconds)

    def statistics(self, period: Period, repeat_complainers: int) -> PeriodStatistics:
        return PeriodStatistics(
            period=period.name,
            first=period.first,
            last=period.last,
            received=self.received,
            merged=self.merged,
            open=self.open,
            closed=self.received - self.open,
            reopened=self.reopened,
            repeat_complainers=repeat_complainers,
            by_category=dict(sorted(self.by_category.items())),
            by_severity=dict(sorted(self.by_severity.items())),
            by_channel=dict(sorted(self.by_channel.items())),
            clocks={
                clock: self._clock(clock) for clock in sorted({name for name, _ in self.states})
            },
        )

    def _clock(self, clock: str) -> ClockStatistics:
        seconds = sorted(self.seconds.get(clock, ()))
        return ClockStatistics(
            kept=self.states[clock, "kept"],
            broken=self.states[clock, "broken"],
            running=self.states[clock, "running"],
            ended=self.states[clock, "ended"],
            median_seconds=int(median(seconds)) if seconds else None,
            p90_seconds=seconds[ceil(len(seconds) * 9 / 10) - 1] if seconds else None,
        )


class WrongDays(Exception):
    """A day that statistics cannot be asked for with."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.message = message


def today_at(rulebook: CaseRulebook, dealer_id: str, now: datetime) -> date:
    """The date in the zone of the dealer's calendar; without one, where a day begins first."""
    calendar = rulebook.current(dealer_id).calendar
    zone = ZoneInfo(calendar.timezone) if calendar is not None else _EAST
    return now.astimezone(zone).date()


def _weeks_before(last: date) -> date:
    return last - timedelta(days=last.weekday() + 11 * 7)


def _months_before(last: date) -> date:
    months = last.year * 12 + last.month - 1 - 11
    return date(months // 12, months % 12 + 1, 1)


def asked_days(by: By, first: date | None, last: date | None, *, today: date) -> tuple[date, date]:
    """The days from one to another, both included; without them those of the last 12 weeks or
    months. Raises `WrongDays`."""
    last = last or today
    if first is None:
        first = _weeks_before(last) if by == "week" else _months_before(last)
    if last < first:
        raise WrongDays("to", "it is before the first day")
    if (last - first).days >= MOST_DAYS:
        raise WrongDays("from", f"at most {MOST_DAYS} days at once, which is three years")
    return first, last


class Tables:
    """Takes in cases one by one, in any order, and keeps no more of them than it must."""

    def __init__(self, by: By, first: date, last: date) -> None:
        self._by: By = by
        self._periods = periods(by, first, last)
        self._whole = Period("total", first, last)
        self._starts = [period.first for period in self._periods]
        self._sums = [_Sum() for _ in self._periods]
        self._received: defaultdict[str, list[date]] = defaultdict(list)

    @property
    def received_within(self) -> tuple[datetime, datetime]:
        """Between which instants a case that says something was received: in whatever zone, so
        with a day more on either side."""
        midnight = time.min.replace(tzinfo=UTC)
        since = datetime.combine(self.earliest, midnight) - timedelta(days=1)
        return since, datetime.combine(self._whole.last, midnight) + timedelta(days=2)

    @property
    def earliest(self) -> date:
        """The first day of which a case says something: it may make a later one a repeat."""
        return self._whole.first - timedelta(days=REPEAT_DAYS)

    def add(self, tally: CaseTally, *, is_open: bool) -> None:
        """Count a case; one received outside the time asked for only as an earlier complaint."""
        day = date.fromisoformat(tally.received_on)
        if not self.earliest <= day <= self._whole.last:
            return
        if not tally.merged_away:
            self._received[tally.customer_key].append(day)
        if day >= self._whole.first:
            self._sums[self._index(day)].add(tally, is_open=is_open)

    def add_listed(self, listings: Iterable[Listing]) -> None:
        """Count cases as they are stored."""
        for listing in listings:
            tally = CaseTally.model_validate(listing.tally)
            self.add(tally, is_open=listing.deadline is not None)

    def statistics(self, dealer_id: str) -> Statistics:
        """What all that was added comes to."""
        repeats = [set[str]() for _ in self._periods]
        for customer, day in self._repeats():
            repeats[self._index(day)].add(customer)
        whole = _Sum()
        for each in self._sums:
            whole.add_all(each)
        return Statistics(
            dealer_id=dealer_id,
            by=self._by,
            periods=tuple(
                each.statistics(period, len(customers))
                for period, each, customers in zip(self._periods, self._sums, repeats, strict=True)
            ),
            total=whole.statistics(self._whole, len(set[str]().union(*repeats))),
        )

    def _repeats(self) -> Iterator[tuple[str, date]]:
        """Customer and day of each complaint that followed another soon; of one day the first
        does not follow the second."""
        for customer, days in self._received.items():
            days.sort()
            for before, day in pairwise(days):
                if day >= self._whole.first and day - before <= timedelta(days=REPEAT_DAYS):
                    yield customer, day

    def _index(self, day: date) -> int:
        return bisect_left(self._starts, day + timedelta(days=1)) - 1


def statistics_of(
    cases: Iterable[tuple[CaseTally, bool]], *, dealer_id: str, by: By, first: date, last: date
) -> Statistics:
    """The statistics of these cases, each with whether it is open; in any order."""
    tables = Tables(by, first, last)
    for tally, is_open in cases:
        tables.add(tally, is_open=is_open)
    return tables.statistics(dealer_id)
