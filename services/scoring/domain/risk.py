"""How near a customer is to being lost, against their own rhythm. Pure, and in event time.

A visit, or a car bought, makes active; time alone makes due, then at risk, then lost: so one event
follows of each change. What counts are the cars that the customer still has.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, Protocol, TypeAlias

from services.scoring.domain.forecast import Forecast, Reading, Rhythm, forecast
from services.scoring.domain.forecast_rule import ForecastRule
from services.scoring.domain.history import ClosedVisit, CustomerHistory, Purchase
from services.scoring.domain.risk_rule import RiskRule, Steps
from shared.contracts.scoring import Risk


class RiskMeasures(Protocol):
    """A policy, as risk sees it."""

    @property
    def forecast(self) -> ForecastRule: ...

    @property
    def risk(self) -> RiskRule: ...


class Ground(NamedTuple):
    """What risk is told from, from one instant until another."""

    at: datetime
    """Since when it is told from that."""
    seen_at: datetime
    """When the customer was last here with a car that they still have, or got one."""
    seen_on: date
    """By the dealer's local date."""
    forecast: Forecast


class RiskChange(NamedTuple):
    """From one risk to another; the first one is not a change."""

    at: datetime
    before: Risk
    after: Risk
    ground: Ground


class RiskThen(NamedTuple):
    """How they stand from this instant on."""

    at: datetime
    risk: Risk
    ground: Ground


@dataclass(slots=True)
class RiskCourse:
    """How a customer's risk went, up to an instant."""

    stands: RiskThen | None = None
    """None: they have no car here, as far as is known."""
    following: RiskThen | None = None
    """What they become if they do not come; None: nothing worse."""
    changes: list[RiskChange] = field(default_factory=list)
    next_change_at: datetime | None = None


def risk_course(
    known: CustomerHistory,
    measures: RiskMeasures,
    until: datetime,
    *,
    since: datetime | None = None,
) -> RiskCourse:
    """Up to `until`, that instant included; changes up to `since` may be left out."""
    way = RiskCourse()
    occasions = _occasions(known)
    past = [occasion for occasion in occasions if occasion[0] <= until]
    first = _last_contact(past, since)
    always = None if known.ends else _seen(known.visits, known.purchases)
    for position in range(first, len(past)):
        at = past[position][0]
        ends = past[position + 1][0] if position + 1 < len(past) else None
        if ends == at:
            continue
        ground = _ground(always or _by_then(known, at), measures, at)
        if ground is None:
            way.stands = way.following = None
            continue
        steps = measures.risk.steps(ground.forecast.interval_days)
        _go_on(way, ground, steps, ends, until)
    upcoming = [at for at, _ in occasions[len(past) :][:1]]
    if way.following is not None:
        upcoming.append(way.following.at)
    way.next_change_at = min(upcoming, default=None)
    return way


_Occasion: TypeAlias = tuple[datetime, bool]
"""When, and whether it was a visit or a purchase; else a car was parted with."""


def _occasions(known: CustomerHistory) -> list[_Occasion]:
    """What risk can change by, but for time, in order."""
    found = [(visit.at, True) for visit in known.visits]
    found += [(purchase.at, True) for purchase in known.purchases]
    for ends in known.ends.values():
        found += [(end.at, False) for end in ends]
    found.sort()
    return found


def _last_contact(past: Sequence[_Occasion], since: datetime | None) -> int:
    """The position of the last one up to `since`: whatever was before it makes no difference."""
    if since is not None:
        for position in range(len(past) - 1, -1, -1):
            at, is_contact = past[position]
            if is_contact and at <= since:
                return position
    return 0


class _Seen(NamedTuple):
    """When the customer was here, by the cars that are theirs still."""

    visits: Sequence[ClosedVisit]
    visited_at: Sequence[datetime]
    days: Sequence[date]
    """Each once, in order."""
    days_by: Sequence[int]
    """How many of the days are those of the first visits, by their number."""
    purchases: Sequence[Purchase]


def _seen(visits: Sequence[ClosedVisit], purchases: Sequence[Purchase]) -> _Seen:
    days: list[date] = []
    days_by = [0]
    for visit in visits:
        day = _day(visit)
        if not days or day > days[-1]:
            days.append(day)
        days_by.append(len(days))
    return _Seen(visits, [visit.at for visit in visits], days, days_by, purchases)


def _by_then(known: CustomerHistory, at: datetime) -> _Seen:
    """By the cars that are theirs at that instant."""
    return _seen(
        [visit for visit in known.visits if visit.end is None or visit.end.at > at],
        [purchase for purchase in known.purchases if purchase.end is None or purchase.end.at > at],
    )


def _ground(seen: _Seen, measures: RiskMeasures, at: datetime) -> Ground | None:
    """From what was known by then; None: they have no car here."""
    number = bisect_right(seen.visited_at, at)
    purchases = [purchase for purchase in seen.purchases if purchase.at <= at]
    if not (number or purchases):
        return None
    days = seen.days[: seen.days_by[number]]
    last_ones = seen.visits[max(0, number - MOST_READ) : number]
    cars = {purchase.car for purchase in purchases} | {each.order.vin for each in last_ones}
    rhythm = Rhythm(
        days=days,
        readings=_readings(last_ones),
        first_day=_delivered(purchases[0]) if purchases else days[0],
        cars=max(1, len(cars - {""})),
    )
    found = forecast(rhythm, measures.forecast)
    last = seen.visits[number - 1] if number else None
    if purchases and (last is None or purchases[-1].at > last.at):
        return Ground(at, purchases[-1].at, _delivered(purchases[-1]), found)
    assert last is not None
    return Ground(at, last.at, _day(last), found)


MOST_READ = 10
"""Of how many of the last visits cars and readings are looked at."""


def _readings(visits: Sequence[ClosedVisit]) -> list[Reading]:
    return [
        Reading(_day(visit), visit.order.vin, visit.order.km)
        for visit in visits
        if visit.order.km is not None and visit.order.vin
    ]


def _day(visit: ClosedVisit) -> date:
    return visit.order.day or visit.at.date()


def _delivered(purchase: Purchase) -> date:
    return purchase.sale.day or purchase.at.date()


def _go_on(
    way: RiskCourse, ground: Ground, steps: Steps, ends: datetime | None, until: datetime
) -> None:
    """From their ground's instant on until another ground comes at `ends`."""
    risk: Risk = "active"
    since, begins, seen_at = ground.seen_at, ground.at, ground.seen_at
    standing = False
    way.following = None
    for following, after in steps:
        at = seen_at + after
        if at > begins:
            if not standing:
                _stand(way, RiskThen(max(since, begins), risk, ground))
                standing = True
            if at > until or (ends is not None and at >= ends):
                way.following = RiskThen(at, following, ground)
                return
            _stand(way, RiskThen(at, following, ground))
        risk, since = following, at
    if not standing:
        _stand(way, RiskThen(max(since, begins), risk, ground))


def _stand(way: RiskCourse, then: RiskThen) -> None:
    before = way.stands
    if before is None or before.risk != then.risk:
        if before is not None:
            way.changes.append(RiskChange(then.at, before.risk, then.risk, then.ground))
        way.stands = then
    else:
        since = then.at if then.at == then.ground.seen_at else before.at
        way.stands = RiskThen(since, then.risk, then.ground)
