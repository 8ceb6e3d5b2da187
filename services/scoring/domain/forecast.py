"""When a customer is expected at the workshop next, and why then. Pure; it knows no present.

By the median of the last gaps between the customer's own visits, drawn towards what is usual
there; without enough of them, by what is usual. What it was compared with, and on what, is in
docs/scoring/forecasts.md.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from services.scoring.domain.forecast_rule import ForecastRule
from services.scoring.domain.wording import day_en, day_zh
from shared.contracts.made import made
from shared.contracts.scoring import OWN_RHYTHM, NextVisit
from shared.contracts.values import LAST_YEAR, Bilingual

DEFAULT: Final = "default"
"""The basis of a next visit that rests on what is usual."""
_LAST_DAY = date(LAST_YEAR, 12, 31).toordinal()


class Reading(NamedTuple):
    """What a car's odometer showed on a day."""

    day: date
    vin: str
    km: int


class Rhythm(NamedTuple):
    """What the next visit is told from."""

    days: Sequence[date]
    """The local days with a visit of the cars that the customer still has: each once, in order."""
    readings: Sequence[Reading]
    """Of those cars, in the order of their days."""
    first_day: date
    """The delivery of the first of those cars; where none is known, the first visit."""
    cars: int
    """How many cars they still have."""


class Interval(NamedTuple):
    """From one visit to the next."""

    days: int
    gaps: int
    """How many of the customer's own gaps between visits it rests on; 0: on what is usual."""

    @property
    def basis(self) -> str:
        return OWN_RHYTHM if self.gaps else DEFAULT


class Forecast(NamedTuple):
    """The day on which the customer is expected, and the days between which eight of ten come."""

    interval_days: int
    """From one visit to the next."""
    expected_on: date
    earliest_on: date
    latest_on: date
    basis: str
    vin: str | None
    """The car that is expected, where they have but one and its VIN is known."""
    since: date
    """The last visit, or the delivery of who never came, from which it is counted."""
    gaps: int
    """How many of the customer's own gaps between visits it rests on."""


def forecast(rhythm: Rhythm, measures: ForecastRule) -> Forecast:
    """When they come next, counted from their last visit, be it past or to come."""
    readings = rhythm.readings
    return expected(
        interval(rhythm.days, measures),
        measures,
        since=rhythm.days[-1] if rhythm.days else rhythm.first_day,
        vin=readings[-1].vin if rhythm.cars == 1 and readings else None,
    )


def expected(found: Interval, measures: ForecastRule, *, since: date, vin: str | None) -> Forecast:
    """The next visit after the one of `since`."""
    days, begin = found.days, since.toordinal()
    spread = measures.own_spread if found.gaps else measures.usual_spread
    return Forecast(
        interval_days=days,
        expected_on=_on(begin + days),
        earliest_on=_on(begin + days * spread.earliest_percent // 100),
        latest_on=_on(begin - (-days * spread.latest_percent // 100)),
        basis=found.basis,
        vin=vin,
        since=since,
        gaps=found.gaps,
    )


def interval(days: Sequence[date], measures: ForecastRule) -> Interval:
    """How often they come, by the local days with a visit: each once, in order."""
    if not days:
        return Interval(measures.first_days, gaps=0)
    gaps = own_gaps(days, measures)
    number = len(gaps)
    if number < measures.gaps_needed:
        return Interval(measures.usual_days, gaps=0)
    weight = measures.usual_counts_as
    whole = weight * measures.usual_days + number * _median(gaps)
    usual = round(whole / (weight + number))
    return Interval(max(measures.shortest_days, min(measures.longest_days, usual)), gaps=number)


def own_gaps(days: Sequence[date], measures: ForecastRule) -> list[int]:
    """The last gaps between visits, in days, sorted; visits close together are one."""
    gaps: list[int] = []
    if not days:
        return gaps
    later, apart, most = days[-1].toordinal(), measures.same_occasion_days, measures.gaps_looked_at
    for position in range(len(days) - 2, -1, -1):
        day = days[position].toordinal()
        if later - day >= apart:
            gaps.append(later - day)
            if len(gaps) == most:
                break
            later = day
    gaps.sort()
    return gaps


def next_visit(found: Forecast) -> NextVisit:
    """What is published of it."""
    return made(
        NextVisit,
        since=found.since,
        expected_on=found.expected_on,
        earliest_on=found.earliest_on,
        latest_on=found.latest_on,
        basis=found.basis,
        vin=found.vin,
        words=words(found),
    )


def words(found: Forecast) -> Bilingual:
    """Why that day, for staff."""
    on, since = found.expected_on, found.since
    return made(
        Bilingual,
        en=f"{_why_en(found)}: expected about {day_en(on)}, after {day_en(since)}; "
        "of those who come, eight of ten do between "
        f"{day_en(found.earliest_on)} and {day_en(found.latest_on)}",
        zh=f"{_why_zh(found)}：自{day_zh(since)}起，预计{day_zh(on)}前后到店，"
        f"再来的客户中约八成在{day_zh(found.earliest_on)}至{day_zh(found.latest_on)}之间",
    )


def _on(day: int) -> date:
    return date.fromordinal(min(day, _LAST_DAY))


def _median(ordered: Sequence[int]) -> float:
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def _why_en(found: Forecast) -> str:
    if found.gaps:
        visits = f"their last {found.gaps + 1} visits"
        return f"About every {found.interval_days} days, by {visits} and what is usual"
    return f"Too few visits for a rhythm of their own, so the usual {found.interval_days} days"


def _why_zh(found: Forecast) -> str:
    if found.gaps:
        return f"按最近{found.gaps + 1}次到店及通常间隔，约每{found.interval_days}天一次"
    return f"到店次数尚不足以看出规律，按通常{found.interval_days}天推算"
