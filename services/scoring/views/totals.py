"""A dealer's totals, month by month, from the counters that are kept. Pure."""

from collections import Counter as Sums
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Self

from services.scoring.domain.counters import BEFORE, Counter, Measured, counter_from
from services.scoring.domain.months import month_from

_LEVELS = frozenset({"customers", "value"})
"""What is counted as it changes: what it comes to is the sum of all months before."""
SHADOW = "shadow "
"""How periods begin that are no months: what is tried beside a dealer's rules."""
_EARLIEST = -1
"""Before every month."""


class TotalsOfMonth(NamedTuple):
    """What the totals come to in a month."""

    month: int
    counted: Mapping[Counter, int]
    """By group and measure; of a level what it is at the end of the month."""
    levels: Mapping[str, int]
    """Of the other counters, what they sum to up to the end of the month."""
    happened: Mapping[str, int]
    """Of the other counters, what they were in the month."""


class CountedMonths(NamedTuple):
    """The months asked for."""

    months: Sequence[TotalsOfMonth]
    present: TotalsOfMonth
    until: datetime | None
    """What was known then is counted; None: not all of it is yet."""

    @classmethod
    def of(
        cls,
        totals: Mapping[str, Mapping[str, int]],
        asked: Sequence[int],
        present: int,
        until: datetime | None,
    ) -> Self:
        """Of a dealer's totals."""
        [now] = months_of(totals, [present])
        return cls(tuple(months_of(totals, asked)), now, until)


class _Period(NamedTuple):
    measured: Mapping[Counter, int]
    others: Mapping[str, int]


def months_of(
    totals: Mapping[str, Mapping[str, int]], months: Sequence[int]
) -> Iterator[TotalsOfMonth]:
    """The months asked for, in rising order and without a gap."""
    periods = {
        _month(period): _parted(counts)
        for period, counts in totals.items()
        if not period.startswith(SHADOW)
    }
    levels, others = Sums[Counter](), Sums[str]()
    for month in sorted(periods):
        if month < months[0]:
            _add_levels(levels, others, periods[month])
    for month in months:
        period = periods.get(month, _Period({}, {}))
        _add_levels(levels, others, period)
        counted = {name: amount for name, amount in levels.items() if amount}
        counted |= {
            counter: amount
            for counter, amount in period.measured.items()
            if not _is_level(counter.measured)
        }
        yield TotalsOfMonth(month, counted, dict(others), period.others)


def _add_levels(levels: Sums[Counter], others: Sums[str], period: _Period) -> None:
    for counter, amount in period.measured.items():
        if _is_level(counter.measured):
            levels[counter] += amount
    others.update(period.others)


def _is_level(measured: Measured) -> bool:
    return measured.measure in _LEVELS


def _month(period: str) -> int:
    return _EARLIEST if period == BEFORE else month_from(period)


def _parted(counts: Mapping[str, int]) -> _Period:
    measured: defaultdict[Counter, int] = defaultdict(int)
    others: dict[str, int] = {}
    for text, amount in counts.items():
        counter = counter_from(text)
        if counter is None:
            others[text] = amount
        else:
            measured[counter] += amount
    return _Period(measured, others)
