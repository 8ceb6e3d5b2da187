"""How long followup takes to answer with a dealer's work list, of very many customers."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from httpx import ASGITransport, AsyncClient

from services.followup.api import routes
from services.followup.app import service
from services.followup.domain import ranks
from services.followup.domain.summary import summary_of
from services.followup.settings import FollowUpSettings
from shared.contracts.followup import TaskChanged, TaskPurpose
from shared.contracts.scoring import Grade
from shared.contracts.values import Bilingual
from shared.decider.summary import Summary
from shared.platform.http import make_app
from shared.platform.mongo import Mongo
from shared.runtime.mongo_store import MongoStore
from shared.runtime.mongo_summaries import MongoSummaries
from shared.runtime.snapshots import StoreReader
from shared.runtime.summaries import SummaryStep, Total
from shared.runtime.summary_slots import next_versions
from shared.settings import ServiceSettings
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.summaries import totals_of
from tests.bench.events import DEALER
from tests.bench.servers import Fresh
from tests.dealers import DEALERS

CUSTOMERS = 100_000
"""Each has a task to do, and one in ten two."""
WRITTEN_AT_ONCE = 500
PARTITIONS = 12
PAGES = 40
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
ROLES = ("service_advisor", "service_advisor", "customer_relations", "sales_consultant")
KINDS = ("next_service", "service_satisfaction", "insurance_renewal", "silence", "low_answer")
PEOPLE = 60
GRADES: Sequence[Grade | None] = ("quality", "potential", "general", "general", None)
ASKED = {
    "all": "?",
    "of a role": "?role=service_advisor",
    "of a person": "?person=u-{one}",
    "of a kind": "?kind=insurance_renewal",
    "of a grade": "?grade=quality",
    "overdue ones of a role": "?role=sales_consultant&overdue=true",
    "of nobody with a role": "?person=nobody&role=customer_relations",
    "of a kind, a role and a grade": "?kind=silence&role=service_advisor&grade=quality",
    "a role's day": "/day?role=service_advisor&people=4",
    "a person's day": "/day?person=u-{one}&date=2026-12-02",
    "counts": "/counts",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What answers of one kind took, in seconds, in order."""

    asked: str
    seconds: Sequence[float]


def work_lists(fresh: Fresh, customers: int = CUSTOMERS, pages: int = PAGES) -> Iterator[Answers]:
    """Pages behind one another, the days and the counts, from the request to the whole answer. The
    first answer of all, for which a sample is read, is left out."""
    with fresh() as servers:
        yield from asyncio.run(_measured(servers.settings, customers, pages))


async def _measured(settings: ServiceSettings, customers: int, pages: int) -> list[Answers]:
    mongo = Mongo(settings.mongo, "work_lists")
    store = MongoSummaries(mongo.database, ranks.LISTS)
    await store.prepare()
    await _filled(store, customers)
    followup, clock = service(FollowUpSettings()), ManualClock(NOW)
    reader = StoreReader(followup, MongoStore(mongo.database), clock, DEALERS, summaries=store)
    app = make_app(title="followup", doorman=KnowsEverybody())
    app.include_router(routes(reader, clock, dealers=DEALERS))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://followup") as http:
        await _timed(http, "?", "")
        found = [
            Answers(asked, sorted(await _answers(http, query, pages)))
            for asked, query in ASKED.items()
        ]
    await mongo.close()
    return found


async def _filled(store: MongoSummaries, customers: int) -> None:
    random = Random(3)
    for first in range(0, customers, WRITTEN_AT_ONCE):
        numbers = range(first, min(first + WRITTEN_AT_ONCE, customers))
        written = tuple(
            document
            for key, summary in (_of_customer(number, random) for number in numbers)
            for document in next_versions(key, DEALER, 0, summary, {})
        )
        await store.carry_out(SummaryStep(partition=0, number=1, summaries=written))
    some = (_of_customer(number, random) for number in range(customers // PARTITIONS))
    summed = totals_of(summary for _, summary in some)
    totals = tuple(
        Total(dealer_id=DEALER, partition=part, period=period, version=1, counts=found)
        for part in range(PARTITIONS)
        for period, found in summed.items()
    )
    await store.carry_out(SummaryStep(partition=0, number=1, totals=totals))


async def _answers(http: AsyncClient, query: str, pages: int) -> list[float]:
    seconds, after = list[float](), ""
    for number in range(pages):
        took, after = await _timed(http, query.format(one=number % PEOPLE), after)
        seconds.append(took)
    return seconds


async def _timed(http: AsyncClient, query: str, after: str) -> tuple[float, str]:
    """How long an answer took, and the `after` of the next page of the same list."""
    is_page = query.startswith("?") and "person=u-" not in query
    behind = f"&after={after}" if is_page and after else ""
    began = time.monotonic()
    answer = await http.get(f"/v1/dealers/{DEALER}/tasks{query}{behind}")
    took = time.monotonic() - began
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert "tasks" not in found or found["tasks"] or behind or not is_page
    return took, found.get("after") or ""


def _of_customer(number: int, random: Random) -> tuple[str, Summary]:
    key = f"{DEALER}/dms/{number:06}"
    tasks = {f"a/{each}": _task(key, random) for each in range(2 if number % 10 == 0 else 1)}
    return key, summary_of(key, tasks, DEALERS.zone_of(DEALER))


def _task(key: str, random: Random) -> TaskChanged:
    due_at = NOW + timedelta(minutes=random.randint(-20_000, 60_000))
    why = Bilingual(
        en="By its mileage the car needs its next service about 2026-12-08",
        zh="按里程推算,车辆约 2026-12-08 需要保养",
    )
    purposes = [
        TaskPurpose(
            kind=kind,
            document_id=f"{DEALER}/dms/visit/{random.randrange(10**6)}",
            due_at=due_at,
            title=Bilingual(en="Invite to the next service", zh="定期保养邀约"),
            why=why,
        )
        for kind in random.sample(KINDS, 2 if random.random() < 0.1 else 1)
    ]
    return TaskChanged(
        customer_key=key,
        dealer_id=DEALER,
        kind=purposes[0].kind,
        status="overdue" if due_at <= NOW else "open",
        document_id=purposes[0].document_id,
        opens_at=due_at - timedelta(days=14),
        due_at=due_at,
        owner_role=random.choice(ROLES),
        channel="phone",
        title_en=purposes[0].title.en,
        title_zh=purposes[0].title.zh,
        purposes=tuple(purposes),
        person=f"u-{random.randrange(PEOPLE)}" if random.random() < 0.2 else None,
        urgent=random.random() < 0.002,
        priority=random.randint(2, 7),
        grade=random.choice(GRADES),
        next_attempt_at=NOW + timedelta(days=2) if random.random() < 0.002 else None,
        why_now=(why,),
    )
