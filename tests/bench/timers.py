"""Deadlines: how late they are, and what a sweep costs, beside few and beside many others.

The cases are put into the database as the service would have left them a minute before.
"""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.complaints import app as complaints
from services.complaints.settings import ComplaintSettings
from shared.contracts.complaints import DeadlineBreached
from shared.contracts.envelope import Event, from_headers
from shared.contracts.topics import ESCALATIONS
from shared.platform.kafka import connection, make_producer
from shared.platform.mongo import Mongo
from shared.platform.publisher import KafkaPublisher
from shared.runtime.aggregate import Aggregate, PolicyMark
from shared.runtime.mongo_store import MongoStore
from shared.runtime.ownership import Ownership, Pulse
from shared.runtime.plan import Work, plan
from shared.runtime.worker import Worker
from shared.settings import KafkaSettings, MongoSettings, RuntimeSettings, ServiceSettings
from shared.testing.clock import ManualClock
from shared.time.clock import SystemClock
from tests.bench.events import filed
from tests.bench.servers import Fresh, Servers, running_service
from tests.servers import PARTITIONS
from tests.working import working

TIMERS = 5_000
WINDOW = timedelta(minutes=1)
UNTIL_THE_FIRST = timedelta(seconds=30)
LAST_DEADLINE_SECONDS = 150.0
PAGE = 100
SWEEPS = 25
SAVED_AT_ONCE = 1000
TO_CONTACT = timedelta(hours=2)
"""How long after its receipt a complaint's first deadline is."""
ONE_MINUTE = timedelta(minutes=1)
DECIDER = complaints.decider(ComplaintSettings())
DEALERS = sorted(dealer.id for dealer in ComplaintSettings().dealers().all())


@dataclass(frozen=True, slots=True)
class Timers:
    """What was found beside so many others that were pending."""

    pending: int
    lateness: list[float]
    """Seconds after its instant that each breach was read from its topic; in order."""
    sweep: float
    """Seconds that a sweep took for a page of deadlines: the median."""


def timers(fresh: Fresh, pending: Sequence[int]) -> list[Timers]:
    """Measure beside each of these numbers of pending cases, on one pair of servers."""
    with fresh() as servers:
        costs = asyncio.run(_costs(servers.settings, pending))
        return [Timers(count, _lateness(servers, count), costs[count]) for count in pending]


def _lateness(servers: Servers, pending: int) -> list[float]:
    """The service as it ships, and deadlines that fall due one after another in a minute."""
    mongo = _database(servers.settings, pending)
    first = SystemClock().now() + UNTIL_THE_FIRST
    asyncio.run(_save(mongo, _cases(TIMERS, first, WINDOW / TIMERS)))
    environment = {"AFTERCARE_MONGO__DATABASE_PREFIX": mongo.database_prefix}
    with running_service("complaints", servers, environment):
        return asyncio.run(_read_breaches(servers.settings.kafka, first))


async def _read_breaches(kafka: KafkaSettings, first: datetime) -> list[float]:
    """How late each breach of a deadline from `first` on came."""
    late: dict[str, float] = {}
    consumer = AIOKafkaConsumer(**connection(kafka), enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [TopicPartition(ESCALATIONS.name, part) for part in range(kafka.partitions)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        async with asyncio.timeout(LAST_DEADLINE_SECONDS):
            while len(late) < TIMERS:
                record = await consumer.getone()
                if from_headers(record.headers)["type"] == DeadlineBreached.TYPE:
                    breach = json.loads(record.value)
                    due_at = datetime.fromisoformat(breach["due_at"])
                    if due_at >= first:
                        delay = (datetime.now(UTC) - due_at).total_seconds()
                        late.setdefault(breach["case_id"], delay)
    finally:
        await consumer.stop()
    return sorted(late.values())


async def _costs(settings: ServiceSettings, pending: Sequence[int]) -> Mapping[int, float]:
    """Sweeps by turns beside each number of pending cases; all but those due stay untouched."""
    now = SystemClock().now()
    begins = now - timedelta(hours=1)
    found: dict[int, list[float]] = {count: [] for count in pending}
    async with AsyncExitStack() as closing:
        producer = await closing.enter_async_context(make_producer(settings.kafka))
        workers: dict[int, tuple[Worker[Any, Any], ManualClock]] = {}
        for count in pending:
            database = _database(settings, count)
            await _save(database, _pending(count, now + timedelta(days=1)))
            await _save(database, _cases(PAGE * SWEEPS, begins, ONE_MINUTE / PAGE))
            mongo = Mongo(database, DECIDER.name)
            closing.push_async_callback(mongo.close)
            clock = ManualClock(begins - ONE_MINUTE / PAGE)
            workers[count] = await _worker(mongo, KafkaPublisher(producer), clock), clock
        for _ in range(SWEEPS):
            for count, (worker, clock) in workers.items():
                clock.advance(ONE_MINUTE)
                began = time.perf_counter()
                await worker.wake()
                found[count].append(time.perf_counter() - began)
    return {count: median(seconds) for count, seconds in found.items()}


async def _worker(mongo: Mongo, publisher: KafkaPublisher, clock: ManualClock) -> Worker[Any, Any]:
    store = MongoStore(mongo.database, listed=DECIDER.listed)
    ownership = Ownership(Pulse(limit_seconds=60))
    await ownership.gained(range(PARTITIONS))
    return working(
        DECIDER,
        store=store,
        publisher=publisher,
        clock=clock,
        ownership=ownership,
        settings=RuntimeSettings(sweep_page=2 * PAGE),
        dealers=DEALERS,
        monotonic=time.monotonic,
    )


def _database(settings: ServiceSettings, pending: int) -> MongoSettings:
    """The database beside so many pending cases."""
    return settings.mongo.model_copy(update={"database_prefix": f"beside_{pending}_"})


async def _save(database: MongoSettings, cases: Iterator[Aggregate]) -> None:
    mongo = Mongo(database, DECIDER.name)
    store = MongoStore(mongo.database, listed=DECIDER.listed)
    await store.prepare()
    await store.mark_policy(range(PARTITIONS), PolicyMark(DECIDER.policy.version, complete=True))
    while batch := [case for _, case in zip(range(SAVED_AT_ONCE), cases, strict=False)]:
        await store.save(batch)
    await mongo.close()


def _cases(count: int, first: datetime, apart: timedelta) -> Iterator[Aggregate]:
    """Cases whose time to contact the customer ends one after another."""
    for number in range(count):
        yield _case(f"{first.timestamp():.0f}-{number}", first + number * apart, number)


def _case(name: str, due_at: datetime, number: int) -> Aggregate:
    received_at, before = due_at - TO_CONTACT, due_at - ONE_MINUTE
    complaint = filed(name, received_at)
    key = complaint.customer_key
    event = Event(complaint.document_id, key, complaint.dealer_id, received_at, complaint)
    id_ = DECIDER.aggregate_id(event)
    change = plan(DECIDER, id_, None, Work(number % PARTITIONS, [event]), before).change
    assert change is not None
    return change.after


def _pending(count: int, first: datetime) -> Iterator[Aggregate]:
    """Cases like one another that are due a second apart, from `first` on."""
    pattern = _case("pattern", first, 0)
    assert pattern.listing is not None
    for number in range(count):
        due_at = first + timedelta(seconds=number)
        yield replace(
            pattern,
            id=f"{pattern.id}-{number}",
            partition=number % PARTITIONS,
            due_at=due_at,
            listing=replace(pattern.listing, deadline=due_at),
        )
