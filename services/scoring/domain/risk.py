"""How near a customer is to being lost, against their own rhythm. Pure, and in event time.

A visit, or a car bought, makes active; time alone makes due, then at risk, then lost: so one event
follows of each change. What counts are the cars that the customer still has.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol, TypeAlias

from services.scoring.domain.forecast import Forecast, Interval, expected, interval
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


class _Seen(NamedTuple):
    """When the customer was here, by the cars that are theirs still."""

    visits: Sequence[ClosedVisit]
    visited_at: Sequence[datetime]
    days: Sequence[date]
    """Each once, in order."""
    days_by: Sequence[int]
    """How many of the days are those of the first visits, by their number."""
    purchases: Sequence[Purchase]


class Ground(NamedTuple):
    """What risk is told from, from one instant until another."""

    at: datetime
    """Since when it is told from that."""
    seen_at: datetime
    """When the customer was last here with a car that they still have, or got one."""
    seen_on: date
    """By the dealer's local date."""
    interval: Interval
    """How often they come."""
    seen: _Seen


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


class RiskMoment(NamedTuple):
    """At which risk they are from this instant on; None: they have no car here any more."""

    at: datetime
    risk: Risk | None


@dataclass(slots=True)
class RiskCourse:
    """How a customer's risk went, up to an instant."""

    stands: RiskThen | None = None
    """None: they have no car here, as far as is known."""
    following: RiskThen | None = None
    """What they become if they do not come; None: nothing worse."""
    changes: list[RiskChange] = field(default_factory=list)
    next_change_at: datetime | None = None
    moments: list[RiskMoment] = field(default_factory=list)
    """Each change and besides since when they have a car here, and have none."""


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
    soonest = timedelta(measures.risk.due.at_least_days)
    for position in range(first, len(past)):
        at = past[position][0]
        ends = past[position + 1][0] if position + 1 < len(past) else None
        if ends == at:
            continue
        if ends is not None and ends - at <= soonest and always is not None and _is_active(way):
            continue  # they come again before anybody can be due
        ground = _ground(always or _by_then(known, at), measures, at)
        if ground is None:
            if way.stands is not None:
                way.moments.append(RiskMoment(at, None))
            way.stands = way.following = None
            continue
        steps = measures.risk.steps(ground.interval.days)
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
    bought = _last_bought(seen, at)
    if not number and bought is None:
        return None
    found = interval(seen.days[: seen.days_by[number]], measures.forecast)
    if bought is not None and not (number and bought.at <= seen.visited_at[number - 1]):
        return Ground(at, bought.at, _delivered(bought), found, seen)
    last = seen.visits[number - 1]
    return Ground(at, last.at, _day(last), found, seen)


def _last_bought(seen: _Seen, at: datetime) -> Purchase | None:
    return next((each for each in reversed(seen.purchases) if each.at <= at), None)


MOST_LOOKED_AT = 10
"""Of how many of the last visits the cars are looked at."""


def next_visit_from(ground: Ground, measures: RiskMeasures) -> Forecast:
    """When they are expected, by what was known at the ground's instant."""
    seen = ground.seen
    number = bisect_right(seen.visited_at, ground.at)
    purchases = [purchase for purchase in seen.purchases if purchase.at <= ground.at]
    since = _day(seen.visits[number - 1]) if number else _delivered(purchases[0])
    orders = [visit.order for visit in seen.visits[max(0, number - MOST_LOOKED_AT) : number]]
    cars = {purchase.car for purchase in purchases} | {order.vin for order in orders}
    vin = None
    if len(cars - {""}) <= 1:
        read = (order.vin for order in reversed(orders) if order.km is not None and order.vin)
        vin = next(read, None)
    return expected(ground.interval, measures.forecast, since=since, vin=vin)


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


def _is_active(way: RiskCourse) -> bool:
    return way.stands is not None and way.stands.risk == "active"


def _stand(way: RiskCourse, then: RiskThen) -> None:
    before = way.stands
    if before is None or before.risk != then.risk:
        if before is not None:
            way.changes.append(RiskChange(then.at, before.risk, then.risk, then.ground))
        way.moments.append(RiskMoment(then.at, then.risk))
        way.stands = then
    else:
        since = then.at if then.at == then.ground.seen_at else before.at
        way.stands = RiskThen(since, then.risk, then.ground)
