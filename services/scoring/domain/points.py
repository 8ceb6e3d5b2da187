"""Which facts give which points, from when until when. Pure, and in event time."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import zip_longest
from typing import NamedTuple

from services.scoring.domain.facts import Case, Known, Referral, Sale, Survey, Visit
from services.scoring.domain.policy import Rule, ScoringPolicy


class Points(NamedTuple):
    """So many points of a rule count from one instant until another."""

    since: datetime
    until: datetime
    rule: str
    points: int


class _Tally:
    """Collects points, step by step as they fade."""

    def __init__(self, policy: ScoringPolicy) -> None:
        self.points: list[Points] = []
        self._by_name = policy.by_name

    def add(
        self,
        name: str,
        origin: datetime,
        points: int | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> None:
        """Points (the rule's own, where not told) that age from `origin`, within two limits."""
        rule: Rule = self._by_name[name]
        whole = rule.points if points is None else points
        for begins, ends, percent in rule.steps:
            first, last = origin + begins, origin + ends
            if since is not None and first < since:
                first = since
            if until is not None and last > until:
                last = until
            part = whole if percent == 100 else _share(whole, percent)
            if part and first < last:
                self.points.append(Points(first, last, name, part))


def points(documents: Mapping[str, Known], policy: ScoringPolicy) -> list[Points]:
    """All points that they ever give or gave, or will give if nothing more happens."""
    tally = _Tally(policy)
    sales: list[tuple[datetime, str, Sale]] = []
    visits: list[tuple[datetime, str, Visit]] = []
    referrals: list[tuple[datetime, str, Referral]] = []
    for key, known in documents.items():
        if isinstance(known, Visit):
            visits.append((_utc(known.at), key, known))
        elif isinstance(known, Sale):
            sales.append((_utc(known.at), key, known))
        elif isinstance(known, Case):
            _add_case(tally, known)
        elif isinstance(known, Survey):
            tally.add("survey_answers", _utc(known.at), policy.survey_points(known.overall))
        elif isinstance(known, Referral):
            referrals.append((_utc(known.at), key, known))
    _add_sales(tally, policy, sorted(sales))
    _add_visits(tally, policy, sorted(visits))
    _add_referrals(tally, sorted(referrals))
    return tally.points


def _add_sales(
    tally: _Tally, policy: ScoringPolicy, sales: Iterable[tuple[datetime, str, Sale]]
) -> None:
    """A car counts once, however often it is sold to him: as a buyer, at best, from the first time
    on that he was that. A lease that ends in a purchase is no second car."""
    by_car: dict[str, list[tuple[datetime, int]]] = {}
    bought_at: dict[str, datetime] = {}
    for at, key, sale in sales:
        percent = policy.role_percent.get(sale.role, 0)
        if not sale.bought or not percent:
            continue
        car = sale.vin or key
        known = by_car.setdefault(car, [])
        if not known or percent > known[-1][1]:
            known.append((at, percent))
        if sale.role != "buyer":
            continue
        bought_at.setdefault(car, at)
        for _ in range(sale.products):
            tally.add("products_bought", at)
    for shares in by_car.values():
        untils = [at for at, _ in shares[1:]]
        for (at, percent), until in zip_longest(shares, untils):
            bought = _share(policy.rules.vehicle_bought.points, percent)
            tally.add("vehicle_bought", at, bought, until=until)
    for at in sorted(bought_at.values())[1:]:
        tally.add("vehicle_replaced", at)


def _add_referrals(tally: _Tally, referrals: Iterable[tuple[datetime, str, Referral]]) -> None:
    """Whoever is referred counts once, from the first time on, under however many numbers."""
    known = set()
    for at, key, referral in referrals:
        whom = referral.whom or key
        if whom not in known:
            known.add(whom)
            tally.add("referrals", at)


def _add_visits(
    tally: _Tally, policy: ScoringPolicy, visits: Iterable[tuple[datetime, str, Visit]]
) -> None:
    closed = [(at, visit) for at, _, visit in visits if visit.day is not None]
    days = set()
    for position, (at, visit) in enumerate(closed):
        following = closed[position + 1][0] if position + 1 < len(closed) else None
        tally.add("recent_visit", at, until=following)
        if visit.day not in days:
            days.add(visit.day)
            tally.add("regular_visits", at)
        if visit.paid:
            tally.add("service_paid", at, policy.money_points(visit.paid, visit.currency))


def _add_case(tally: _Tally, case: Case) -> None:
    """A complaint weighs from its receipt, but while it is withdrawn or part of another."""
    received = _utc(case.at)
    turns = case.turns
    for since, until in _while_true((turn.at, turn.weighs) for turn in turns):
        tally.add("complaints", received, since=since, until=until)
    for since, until in _while_true((turn.at, turn.weighs and turn.major) for turn in turns):
        tally.add("major_complaints", received, since=since, until=until)
    for since, until in _while_true((turn.at, turn.stands == "satisfied") for turn in turns):
        tally.add("complaints_made_good", received, since=since, until=until)


def _while_true(
    marks: Iterable[tuple[datetime, bool]],
) -> list[tuple[datetime, datetime | None]]:
    """The intervals in which the last mark was True."""
    spans: list[tuple[datetime, datetime | None]] = []
    since: datetime | None = None
    for at, on in marks:
        if on and since is None:
            since = _utc(at)
        elif not on and since is not None:
            spans.append((since, _utc(at)))
            since = None
    if since is not None:
        spans.append((since, None))
    return spans


def _share(points: int, percent: int) -> int:
    """That part of the points, rounded towards nothing."""
    part = abs(points) * percent // 100
    return part if points >= 0 else -part


def _utc(moment: datetime) -> datetime:
    """The same instant with the one zone object that compares fast."""
    return moment.astimezone(UTC)
