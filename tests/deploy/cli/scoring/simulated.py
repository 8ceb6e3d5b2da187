"""Customers whose visits are drawn with chances that are known."""

import random
from datetime import date, timedelta

from deploy.cli.scoring.bgnbd import BgNbd, Visits
from deploy.cli.scoring.histories import History

BEGAN = date(2020, 1, 1)
END = date(2025, 1, 1)


def by_bgnbd(model: BgNbd, customers: int, *, seed: int = 1) -> list[Visits]:
    """Customers as the model supposes them, each known for one to five years."""
    rng = random.Random(seed)
    drawn = []
    for _ in range(customers):
        observed = rng.uniform(365, 1825)
        rate = rng.gammavariate(model.r, 1 / model.alpha)
        stops = rng.betavariate(model.a, model.b)
        again, last, at = 0, 0.0, rng.expovariate(rate)
        while at <= observed:
            again, last = again + 1, at
            if rng.random() < stops:
                break
            at += rng.expovariate(rate)
        drawn.append(Visits(again, last, observed))
    return drawn


def every(
    days: int, *, give_or_take: int, customers: int, first: int, seed: int = 2
) -> list[History]:
    """Customers who came `first` days after a delivery, and then every so many."""
    rng = random.Random(seed)
    found = []
    for _ in range(customers):
        begin = BEGAN + timedelta(rng.randrange(1000))
        came = [begin + timedelta(first + rng.randint(-give_or_take, give_or_take))]
        while came[-1] < END:
            came.append(came[-1] + timedelta(days + rng.randint(-give_or_take, give_or_take)))
        found.append(History(begin, tuple(day for day in came if day < END)))
    return found
