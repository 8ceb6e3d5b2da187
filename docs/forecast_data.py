"""The data that forecasts are compared on. Nothing of it is kept in this repository."""

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from deploy.cli.scoring.histories import History
from deploy.sandbox.feed import FeedLine, history
from services.scoring.domain.forecast import Reading
from services.scoring.domain.forecast_rule import ForecastRule
from shared.contracts.feeds import SaleReported, VisitReported
from shared.settings import ServiceSettings

UNTIL = datetime(2026, 11, 20, tzinfo=UTC)
SEEDS = (7, 8, 9)
EVENTS = 4500
_BEGIN = date(2022, 1, 1)
_YEARS = 4
_KM_PER_MILE = 1.609344
_OF_SHOPS = ForecastRule(shortest_days=1, same_occasion_days=1)
"""Who buys twice in a week was there twice."""


class DataSet(NamedTuple):
    """Customers, and the day up to which is learnt; after it is judged."""

    name: str
    histories: list[History]
    split: date
    end: date
    judged_days: int
    """How long each wait after `split` is followed."""
    rule: ForecastRule = ForecastRule()
    """Of which the days and spreads are fitted."""


def sample_feed(seeds: Iterable[int] = SEEDS) -> DataSet:
    """What the demo sends of the past: customers by habit, some of them lost."""
    dealers = ServiceSettings().dealers().all()
    histories = [
        one
        for seed in seeds
        for one in _told(history(seed=seed, dealers=dealers, until=UNTIL, events=EVENTS))
    ]
    end = UNTIL.date()
    return DataSet("sample feed", histories, end - timedelta(300), end, 240)


def _told(lines: Iterable[FeedLine]) -> Iterator[History]:
    """What the newest version of each document says, customer by customer."""
    newest: dict[tuple[str, str], VisitReported | SaleReported] = {}
    for line in lines:
        if line.expected != "accepted":
            continue
        event = json.loads(line.line)
        if event["type"] == VisitReported.TYPE:
            visit = VisitReported.model_validate(event["data"])
            newest[line.dealer_id, visit.ro_no] = visit
        elif event["type"] == SaleReported.TYPE:
            sale = SaleReported.model_validate(event["data"])
            newest[line.dealer_id, sale.deal_no] = sale
    deliveries: dict[tuple[str, str], list[date]] = defaultdict(list)
    visits: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for (dealer, _), report in newest.items():
        number = report.customer.source_customer_id if report.customer is not None else None
        if number is None:
            continue
        key = (dealer, number)
        if isinstance(report, SaleReported):
            if report.status == "delivered" and report.delivered_on is not None:
                deliveries[key].append(report.delivered_on)
        elif report.status == "closed" and report.closed_at is not None:
            visits[key].append(_reading(report, report.closed_at.date()))
    for key in sorted(deliveries.keys() | visits.keys()):
        yield _history(min(deliveries[key], default=None), visits[key])


def _reading(visit: VisitReported, day: date) -> Reading:
    shown, vehicle = visit.odometer_in, visit.vehicle
    if shown is None or vehicle is None or vehicle.vin is None:
        return Reading(day, "", -1)
    return Reading(day, vehicle.vin, int(shown.value * (_KM_PER_MILE if shown.unit == "mi" else 1)))


def _history(delivered_on: date | None, visits: Iterable[Reading]) -> History:
    ordered = sorted(visits)
    days = sorted({reading.day for reading in ordered})
    first = days[0] if days and (delivered_on is None or days[0] < delivered_on) else delivered_on
    assert first is not None, "somebody of whom nothing is known"
    read = tuple(reading for reading in ordered if reading.km >= 0)
    return History(first, tuple(days), read)


def by_kilometres(customers: int = 3000) -> DataSet:
    """Made up: each car comes when its kilometres are done, or after a year, and may be lost."""
    rng = random.Random("by kilometres")
    end = _BEGIN + timedelta(_YEARS * 365)
    histories = []
    for number in range(customers):
        day = first = _BEGIN + timedelta(rng.randrange(730))
        pace, wanted, km = rng.lognormvariate(3.6, 0.45), 5_000, 10.0
        readings = [Reading(day, f"{number}", int(km))]
        while rng.random() > 0.08:
            days = min(wanted / pace, 365) * max(0.3, rng.gauss(1, 0.2))
            day, km, wanted = day + timedelta(round(days)), km + pace * days, 10_000
            if day > end:
                break
            readings.append(Reading(day, f"{number}", int(km)))
        came = tuple(sorted({reading.day for reading in readings} - {first}))
        histories.append(History(first, came, tuple(readings)))
    return DataSet("made up: by kilometres", histories, end - timedelta(730), end, 540)


def by_chance(customers: int = 3000) -> DataSet:
    """Made up: visits at random, at each customer's own rate, as BG/NBD supposes."""
    rng = random.Random("by chance")
    end = _BEGIN + timedelta(_YEARS * 365)
    histories = []
    for _ in range(customers):
        first = _BEGIN + timedelta(rng.randrange(730))
        rate, stops = rng.gammavariate(0.9, 1 / 150), rng.betavariate(0.8, 3.2)
        at, days = 0.0, []
        while True:
            at += rng.expovariate(rate)
            if at > (end - first).days:
                break
            days.append(first + timedelta(int(at) + 1))
            if rng.random() < stops:
                break
        histories.append(History(first, tuple(sorted({day for day in days if day <= end}))))
    return DataSet("made up: by chance", histories, end - timedelta(730), end, 540)


def cdnow() -> DataSet | None:
    """23,570 customers of a music shop, as the package `lifetimes` ships them; None without it."""
    package = find_spec("lifetimes")
    if package is None or package.origin is None:
        return None
    path = Path(package.origin).parent / "datasets" / "CDNOW_master.txt"
    rows = (line.split()[:2] for line in path.read_text(encoding="utf-8").splitlines())
    bought = ((row[0], date.fromisoformat(row[1])) for row in rows if row and row[0].isdigit())
    split, end = date(1997, 9, 30), date(1998, 6, 30)
    return DataSet("CDNOW", of_purchases(bought), split, end, 180, _OF_SHOPS)


def of_file(path: Path) -> DataSet:
    """A CSV file with a customer and a day in each row; the last half of its time is judged."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        histories = of_purchases((row[0], date.fromisoformat(row[1][:10])) for row in rows)
    first = min(history.first_day for history in histories)
    end = max(day for history in histories for day in (history.first_day, *history.days))
    half = (end - first).days // 2
    return DataSet(path.stem, histories, end - timedelta(half), end, half // 2, _OF_SHOPS)


def of_purchases(bought: Iterable[tuple[str, date]]) -> list[History]:
    """Customers who are known from their first purchase on."""
    days: dict[str, set[date]] = defaultdict(set)
    for customer, day in bought:
        days[customer].add(day)
    return [History(min(came), tuple(sorted(came))) for _, came in sorted(days.items())]
