"""Time zones as stretches of constant offset: wall-clock arithmetic without surprises. Pure."""

import difflib
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
MILLISECOND = timedelta(milliseconds=1)
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
MARGIN_DAYS = 8
"""How far the stretches of a year reach beyond it, on both sides."""


class Stretch(NamedTuple):
    """From `starts_ms` up to `ends_ms` the wall clock shows UTC plus `offset_ms`."""

    starts_ms: int
    ends_ms: int
    offset_ms: int


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"Factory", "localtime"}  # those name no place


def known_zone(name: str) -> str:
    """The name itself; raises ValueError if it is not an IANA time zone."""
    if name not in _known_zones():
        near = difflib.get_close_matches(name, _known_zones(), n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"a time zone is an IANA name such as Asia/Shanghai{meant}")
    return name


def milliseconds_of(moment: datetime) -> int:
    """Since 1970 in UTC, cut to whole milliseconds; `moment` must be timezone-aware."""
    return (moment - EPOCH) // MILLISECOND


def moment_of(milliseconds: int) -> datetime:
    """The inverse of `milliseconds_of`, in UTC."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def year_starts_ms(year: int) -> int:
    """The first instant of a year in UTC."""
    return midnight_ms(date(year, 1, 1).toordinal())


def midnight_ms(ordinal: int) -> int:
    """The start of a day, `date.toordinal()`, as milliseconds on its wall clock."""
    return (ordinal - EPOCH_ORDINAL) * DAY_MS


@lru_cache(maxsize=2048)
def stretches_around(zone_name: str, year: int) -> tuple[Stretch, ...]:
    """The stretches of a year and of MARGIN_DAYS before and after it, in order, without a gap.

    A change of offset is found by looking once a day and then by bisection, to the millisecond.
    """
    zone = ZoneInfo(zone_name)
    starts = year_starts_ms(year) - MARGIN_DAYS * DAY_MS
    ends = year_starts_ms(year + 1) + MARGIN_DAYS * DAY_MS
    found: list[Stretch] = []
    offset = _offset_ms(zone, starts)
    for day in range(starts, ends, DAY_MS):
        after = _offset_ms(zone, day + DAY_MS)
        if after != offset:
            change = _change_within(zone, day, day + DAY_MS)
            found.append(Stretch(starts, change, offset))
            starts, offset = change, after
    return (*found, Stretch(starts, ends, offset))


def _change_within(zone: ZoneInfo, before: int, after: int) -> int:
    """The first millisecond of the new offset."""
    old = _offset_ms(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_ms(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset_ms(zone: ZoneInfo, milliseconds: int) -> int:
    offset = moment_of(milliseconds).astimezone(zone).utcoffset()
    assert offset is not None
    return offset // MILLISECOND
