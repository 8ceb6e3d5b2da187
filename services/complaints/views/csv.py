"""Statistics as a table for a spreadsheet. Pure."""

from collections.abc import Callable, Iterator, Sequence

from shared.contracts.http.complaints_statistics import (
    ClockStatistics,
    PeriodStatistics,
    Statistics,
)
from shared.contracts.http.table import csv_text

MOST_CATEGORIES = 100
"""The most frequent categories have a column each, the others one together."""

Column = tuple[str, Callable[[PeriodStatistics], str | int | None]]
_NONE = ClockStatistics(kept=0, broken=0, running=0, ended=0, median_seconds=None, p90_seconds=None)
_PLAIN: tuple[Column, ...] = (
    ("period 期间", lambda found: found.period),
    ("from 起", lambda found: found.first.isoformat()),
    ("to 止", lambda found: found.last.isoformat()),
    ("received 受理", lambda found: found.received),
    ("merged 并入", lambda found: found.merged),
    ("open 未结", lambda found: found.open),
    ("closed 已结", lambda found: found.closed),
    ("reopened 重新打开", lambda found: found.reopened),
    ("repeat complainers 重复投诉客户", lambda found: found.repeat_complainers),
)
_OF_A_CLOCK: tuple[tuple[str, Callable[[ClockStatistics], int | None]], ...] = (
    ("kept 按时", lambda clock: clock.kept),
    ("broken 超时", lambda clock: clock.broken),
    ("running 计时中", lambda clock: clock.running),
    ("ended 终止", lambda clock: clock.ended),
    ("median s 中位秒数", lambda clock: clock.median_seconds),
    ("p90 s 九成秒数", lambda clock: clock.p90_seconds),
)


def to_csv(statistics: Statistics) -> str:
    """A row per period and one for the total, under one row of headings in both languages."""
    columns = list(_columns(statistics.total))
    periods = (*statistics.periods, statistics.total)
    return csv_text(
        [heading for heading, _ in columns],
        ([of(period) for _, of in columns] for period in periods),
    )


def _columns(total: PeriodStatistics) -> Iterator[Column]:
    yield from _PLAIN
    for severity in total.by_severity:
        yield f"severity 严重程度: {severity}", _at("by_severity", severity)
    for channel in total.by_channel:
        yield f"channel 渠道: {channel}", _at("by_channel", channel)
    most = sorted(total.by_category, key=lambda name: (-total.by_category[name], name))
    for category in most[:MOST_CATEGORIES]:
        yield f"category 类别: {category}", _at("by_category", category)
    if len(most) > MOST_CATEGORIES:
        yield "other categories 其他类别", _others(most[:MOST_CATEGORIES])
    for clock in total.clocks:
        for heading, of in _OF_A_CLOCK:
            yield f"{clock}: {heading}", _of_clock(clock, of)


def _at(measure: str, name: str) -> Callable[[PeriodStatistics], int]:
    def value(period: PeriodStatistics) -> int:
        counts: dict[str, int] = getattr(period, measure)
        return counts.get(name, 0)

    return value


def _others(listed: Sequence[str]) -> Callable[[PeriodStatistics], int]:
    known = frozenset(listed)
    return lambda period: sum(
        count for name, count in period.by_category.items() if name not in known
    )


def _of_clock(
    clock: str, of: Callable[[ClockStatistics], int | None]
) -> Callable[[PeriodStatistics], int | None]:
    return lambda period: of(period.clocks.get(clock, _NONE))
