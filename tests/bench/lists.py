"""How long pages of lists take, of one dealer with very many customers."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from shared.decider.summary import MOST_RANK, Place, Summary
from shared.platform.mongo import Mongo
from shared.runtime.mongo_summaries import MongoSummaries
from shared.runtime.summaries import Summarized, SummaryStep
from shared.settings import ServiceSettings
from tests.bench.events import DEALER
from tests.bench.servers import Fresh

CUSTOMERS = 100_000
WRITTEN_AT_ONCE = 1000
LISTS = ("points", "next_visit", "risk", "of_few", "equal", "crowd")
"""Those that are read."""
MONTHS = tuple(f"month_{number}" for number in range(12))
"""Others, so that there are as many as with scoring; a customer stands in a third of them."""
PAGES = 40
LINES = 100
ALL = range(MOST_RANK + 1)


@dataclass(frozen=True, slots=True)
class Pages:
    """What pages of one kind took, in seconds, in order."""

    list: str
    descending: bool
    seconds: Sequence[float]


def lists(fresh: Fresh, customers: int = CUSTOMERS) -> Iterator[Pages]:
    """Pages of every list in both directions: one behind the other from a place of chance, and
    between bounds of chance. The first page of all, for which a sample is read, is left out."""
    with fresh() as servers:
        yield from asyncio.run(_measured(servers.settings, customers))


async def _measured(settings: ServiceSettings, customers: int) -> list[Pages]:
    mongo = Mongo(settings.mongo, "lists")
    store = MongoSummaries(mongo.database, (*LISTS, *MONTHS))
    await store.prepare()
    random = Random(3)
    for first in range(0, customers, WRITTEN_AT_ONCE):
        numbers = range(first, min(first + WRITTEN_AT_ONCE, customers))
        written = tuple(_of_customer(number, random) for number in numbers)
        await store.carry_out(SummaryStep(partition=0, number=1, summaries=written))
    found = []
    await store.listed(DEALER, LISTS[0], ranks=ALL, descending=False, after=None, limit=LINES)
    for name in LISTS:
        for descending in (False, True):
            seconds = [each async for each in _pages(store, name, random, descending=descending)]
            found.append(Pages(name, descending, sorted(seconds)))
    await mongo.close()
    return found


async def _pages(
    store: MongoSummaries, name: str, random: Random, *, descending: bool
) -> AsyncIterator[float]:
    ranks, after = ALL, None
    for number in range(PAGES):
        if number % 4 == 0:
            one = _of_customer(random.randrange(CUSTOMERS), random)
            rank = one.summary.ranks.get(name, 0) if one.summary is not None else 0
            after, ranks = Place.of(rank, one.id), ALL
            if number % 8 == 0:
                ranks, after = range(max(rank - 5, 0), rank + 5), None
        began = time.monotonic()
        page = await store.listed(
            DEALER, name, ranks=ranks, descending=descending, after=after, limit=LINES
        )
        yield time.monotonic() - began
        after = page[-1][0] if page else None


def _of_customer(number: int, random: Random) -> Summarized:
    """Ranks in a few hundred steps, in a wide one, for one in twenty alone, the same for all, and
    the same for a third."""
    id_ = f"{DEALER}/dms/{number:06}"
    crowded = random.random() < 0.3
    ranks = {
        "points": random.randint(0, 300),
        "next_visit": 20_000 + int(random.gauss(0, 120)),
        "risk": int(random.random() ** 4 * MOST_RANK),
        "equal": 7,
        "crowd": 5000 if crowded else random.randint(0, 100_000),
        **{name: random.randint(0, 300) for name in random.sample(MONTHS, 4)},
    }
    if random.random() < 0.05:
        ranks["of_few"] = random.randint(0, 30)
    line = {"name": "A. Customer", "score": str(ranks["points"]), "grade": "quality"}
    months = {f"2026-{month:02}": {"customers": 1, "visits": 1} for month in range(1, 13)}
    return Summarized(
        id=id_,
        dealer_id=DEALER,
        partition=0,
        version=1,
        summary=Summary(ranks=ranks, line={**line}, counts=months),
    )
