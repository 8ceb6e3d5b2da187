"""Which odometer readings of a car are believed, and how far it is driven a day. Pure.

Of readings that contradict each other the largest set that agrees is believed, whatever the order
they became known in; of two as large the one that needs less driving. So a slipped digit or a
forgotten one says nothing, and of two readings alone that disagree neither does.
"""

from bisect import bisect_right, insort
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


class CarReadings:
    """The readings of one car, as far as they are known."""

    def __init__(self) -> None:
        self._readings: list[OdometerReading] = []
        self._agreeing = 0
        """How many of the last ones can each follow the one before."""

    def add(self, reading: OdometerReading) -> None:
        """Takes readings in any order; those in the order of time are soon compared."""
        insort(self._readings, reading)
        if self._readings[-1] is not reading:
            self._agreeing = _agreeing(self._readings[-LOOKED_AT:])
        elif self._agreeing and _can_follow(self._readings[-2], reading):
            self._agreeing += 1
        else:
            self._agreeing = 1

    def believes(self, reading: OdometerReading) -> bool:
        """Whether it counts, by what is known so far."""
        return reading in self._believed()

    def km_per_day(self, apart: timedelta) -> float | None:
        """From the last believed reading and the last one that is `apart` before; None where that
        says nothing."""
        driven = self._driven(apart)
        return driven[1] if driven is not None else None

    def day_of_km(self, km: int, *, apart: timedelta, zone: ZoneInfo) -> date | None:
        """On which local day it will show so much: at the earliest on the day after the last
        reading that is believed. None where they do not say how far the car is driven a day."""
        driven = self._driven(apart)
        if driven is None:
            return None
        last, pace = driven
        days = max(1, round((km - last.km) / pace))
        return last.at.astimezone(zone).date() + timedelta(days=min(days, _A_CENTURY_DAYS))

    def _driven(self, apart: timedelta) -> tuple[OdometerReading, float] | None:
        """The last believed reading, and the kilometres a day up to it."""
        trusted = self._believed()
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

    def _believed(self) -> Sequence[OdometerReading]:
        looked_at = self._readings[-LOOKED_AT:]
        return looked_at if self._agreeing >= len(looked_at) else believed(looked_at)


def _agreeing(readings: Sequence[OdometerReading]) -> int:
    count = 1
    for later, earlier in pairwise(reversed(readings)):
        if not _can_follow(earlier, later):
            break
        count += 1
    return count


def believed(readings: Sequence[OdometerReading]) -> Sequence[OdometerReading]:
    """The largest part of the sorted `readings` in which each can follow the one before."""
    chains: list[_Chain] = []
    longest_first: list[tuple[int, int, int]] = []
    for position, reading in enumerate(readings):
        best = next((at for *_, at in longest_first if _can_follow(readings[at], reading)), None)
        if best is None:
            chain = _Chain(1, reading.km, None)
        else:
            chain = _Chain(chains[best].length + 1, chains[best].first_km, best)
        chains.append(chain)
        insort(longest_first, (-chain.length, -chain.first_km, position))
    return _along(readings, chains) if chains else []


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
