"""Which odometer readings of a car are believed, and how far it is driven a day. Pure.

Of readings that contradict each other the largest set that agrees is believed, whatever the order
they became known in; of two as large the one that needs less driving. So a slipped digit or a
forgotten one says nothing, and of two readings alone that disagree neither does.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

MOST_KM_PER_DAY = 1_000
TENFOLD = 10
TENFOLD_FROM_KM = 1_000
"""Below that, ten times as much may be the first weeks of a new car."""
TENFOLD_KM_PER_DAY = 200
"""A reading ten times the one before needs a usual pace, or a digit slipped in."""
LOOKED_AT = 50
"""How many readings of a car are compared, the last ones."""

_DAY = timedelta(days=1)
_A_CENTURY_DAYS = 36_525


class OdometerReading(NamedTuple):
    """What the odometer showed when the car came in."""

    at: datetime
    km: int


class _Chain(NamedTuple):
    """Readings that agree, up to one of them."""

    length: int
    first_km: int
    before: int | None
    """The position of the reading before it."""


def km_per_day(readings: Sequence[OdometerReading], apart: timedelta) -> float | None:
    """From the last believed reading and the last one that is `apart` before; `readings` sorted.

    None where that says nothing.
    """
    driven = _driven(readings, apart)
    return driven[1] if driven is not None else None


def _driven(
    readings: Sequence[OdometerReading], apart: timedelta
) -> tuple[OdometerReading, float] | None:
    """The last believed reading, and the kilometres a day up to it."""
    trusted = believed(readings[-LOOKED_AT:])
    if not trusted:
        return None
    last = trusted[-1]
    before = bisect_right(trusted, last.at - apart, key=attrgetter("at"))
    if before == 0:
        return None
    first = trusted[before - 1]
    if last.km <= first.km:
        return None
    return last, (last.km - first.km) / ((last.at - first.at) / _DAY)


def believed(readings: Sequence[OdometerReading]) -> Sequence[OdometerReading]:
    """The largest part of the sorted `readings` in which each can follow the one before."""
    if all(_can_follow(earlier, later) for earlier, later in pairwise(readings)):
        return readings
    chains: list[_Chain] = []
    for position, reading in enumerate(readings):
        befores = [at for at in range(position) if _can_follow(readings[at], reading)]
        best = max(befores, key=lambda at: (chains[at].length, chains[at].first_km), default=None)
        if best is None:
            chains.append(_Chain(1, reading.km, None))
        else:
            chains.append(_Chain(chains[best].length + 1, chains[best].first_km, best))
    return _along(readings, chains)


def _along(readings: Sequence[OdometerReading], chains: Sequence[_Chain]) -> list[OdometerReading]:
    def worth(position: int) -> tuple[int, int, int]:
        chain = chains[position]
        return chain.length, chain.first_km - readings[position].km, position

    found: list[OdometerReading] = []
    position: int | None = max(range(len(chains)), key=worth)
    while position is not None:
        found.append(readings[position])
        position = chains[position].before
    return found[::-1]


def _can_follow(earlier: OdometerReading, later: OdometerReading) -> bool:
    driven, days = later.km - earlier.km, (later.at - earlier.at) / _DAY
    if not 0 <= driven <= MOST_KM_PER_DAY * (days + 1):
        return False
    is_tenfold = earlier.km >= TENFOLD_FROM_KM and later.km >= TENFOLD * earlier.km
    return not is_tenfold or driven <= TENFOLD_KM_PER_DAY * days


def day_of_km(
    readings: Sequence[OdometerReading], km: int, *, apart: timedelta, zone: ZoneInfo
) -> date | None:
    """On which local day the odometer will show so much, by the sorted `readings`: at the earliest
    on the day after the last of them that is believed. None where they do not say how far the car
    is driven a day."""
    driven = _driven(readings, apart)
    if driven is None:
        return None
    last, pace = driven
    days = max(1, round((km - last.km) / pace))
    return last.at.astimezone(zone).date() + timedelta(days=min(days, _A_CENTURY_DAYS))
