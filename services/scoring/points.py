"""Which facts give which points, from when until when. Pure, and in event time."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from services.scoring.facts import (
    Case,
    Known,
    Referral,
    Sale,
    Survey,
    Visit,
)
from services.scoring.policy import Rule, ScoringPolicy


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
            tally.add("referrals", _utc(known.at))
    _add_sales(tally, policy, sorted(sales))
    _add_visits(tally, policy, sorted(visits))
    return tally.points


def _add_sales(
    tally: _Tally, policy: ScoringPolicy, sales: Iterable[tuple[datetime, str, Sale]]
) -> None:
    cars = 0
    for at, _, sale in sales:
        percent = policy.role_percent.get(sale.role, 0)
        if not sale.bought or not percent:
            continue
        tally.add("vehicle_bought", at, _share(policy.rules.vehicle_bought.points, percent))
        if sale.role != "buyer":
            continue
        cars += 1
        if cars > 1:
            tally.add("vehicle_replaced", at)
        for _ in range(sale.products):
            tally.add("products_bought", at)


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
