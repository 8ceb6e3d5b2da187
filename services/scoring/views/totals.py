"""A dealer's totals, month by month, from the counters that are kept. Pure."""

from collections import Counter as Sums
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Self

from services.scoring.domain.counters import (
    BEFORE,
    Counter,
    Measure,
    Trait,
    counter_from,
    is_among,
)
from shared.policies.shadow import is_of_a_shadow
from shared.time.months import month_from

_LEVELS: frozenset[Measure] = frozenset({"customers", "value"})
"""What is counted as it changes: what it comes to is the sum of all months before."""
_EARLIEST = -1
"""Before every month."""


class TotalsOfMonth(NamedTuple):
    """What the totals come to in a month."""

    month: int
    counted: Mapping[Counter, int]
    """Of what has a level, what it is at the end of the month; of all else what happened in it."""


class CountedMonths(NamedTuple):
    """The months asked for."""

    months: Sequence[TotalsOfMonth]
    until: datetime | None
    """What was known then is counted; None: not all of it is yet."""

    @classmethod
    def of(
        cls,
        totals: Mapping[str, Mapping[str, int]],
        asked: Sequence[int],
        until: datetime | None,
        among: Trait | None,
    ) -> Self:
        """Of a dealer's totals: of all customers, and of groups of those who have that in
        common."""
        return cls(tuple(_months(_periods(totals, among), asked)), until)


def _months(periods: Mapping[int, Sums[Counter]], months: Sequence[int]) -> Iterator[TotalsOfMonth]:
    """The months asked for, in rising order and without a gap."""
    levels = Sums[Counter]()
    for month in sorted(periods):
        if month < months[0]:
            _add_levels(levels, periods[month])
    for month in months:
        counted = periods.get(month, Sums())
        _add_levels(levels, counted)
        happened = {each: count for each, count in counted.items() if each.measure not in _LEVELS}
        standing = {each: count for each, count in levels.items() if count}
        yield TotalsOfMonth(month, standing | happened)


def _add_levels(levels: Sums[Counter], counted: Sums[Counter]) -> None:
    for counter, amount in counted.items():
        if counter.measure in _LEVELS:
            levels[counter] += amount


def _periods(
    totals: Mapping[str, Mapping[str, int]], among: Trait | None
) -> Mapping[int, Sums[Counter]]:
    """Month -> what was counted in it, without counters that nobody asks for or knows."""
    found: dict[int, Sums[Counter]] = {}
    for period, counts in totals.items():
        if is_of_a_shadow(period):
            continue
        month = _EARLIEST if period == BEFORE else month_from(period)
        asked = ((name, count) for name, count in counts.items() if is_among(name, among))
        parted = ((counter_from(name), count) for name, count in asked)
        found[month] = Sums({each: count for each, count in parted if each is not None})
    return found
