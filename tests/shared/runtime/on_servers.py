"""The toy service on the run's servers: what is sent to it, waited for and read of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer

from shared.contracts.envelope import to_headers
from shared.contracts.intake import VisitRecorded
from shared.contracts.topics import VISITS
from shared.contracts.values import instant_text
from shared.decider.decider import Decider
from shared.platform.kafka import make_producer
from shared.platform.publisher import KafkaPublisher, Record
from shared.runtime.holdings import holdings
from shared.runtime.lifecycle import Runtime
from shared.runtime.reload import PolicyWatch
from shared.settings import KafkaSettings, ServiceSettings
from tests.servers import PATIENCE_SECONDS
from tests.shared.runtime.toy import START, TOY, ToyFacts, ToyPolicy


def record_of(data: VisitRecorded, *, key: bytes | None = None) -> Record:
    attributes = {
        "id": str(uuid4()),
        "type": data.TYPE,
        "source": "test",
        "specversion": "1.0",
        "recordedtime": instant_text(START),
    }
    return Record(
        topic=VISITS.name,
        key=data.customer_key.encode() if key is None else key,
        value=data.model_dump_json().encode(),
        headers=tuple(to_headers(attributes)),
    )


@asynccontextmanager
async def publisher_to(settings: KafkaSettings) -> AsyncIterator[KafkaPublisher]:
    producer = make_producer(settings)
    await producer.start()
    yield KafkaPublisher(producer)
    await producer.stop()


@asynccontextmanager
async def running(
    settings: ServiceSettings,
    watch: PolicyWatch[ToyPolicy] | None = None,
    *,
    decider: Decider[ToyFacts, ToyPolicy] = TOY,
) -> AsyncIterator[Runtime[ToyFacts, ToyPolicy]]:
    runtime = Runtime(replace(decider), settings, watch=watch)
    await runtime.start()
    try:
        yield runtime
    finally:
        await runtime.stop()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition, and fail when it does not come."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await condition():  # noqa: ASYNC110 # what it waits for is in other processes
            await asyncio.sleep(0.05)


async def visits_held(runtime: Runtime[ToyFacts, ToyPolicy]) -> int:
    page = await holdings(ToyFacts, runtime.store, after="", limit=2000)
    return sum(len(holding.documents) for holding in page.items)


async def read_all(settings: KafkaSettings, topic: str, count: int) -> list[Any]:
    """The first `count` records of a topic."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=settings.bootstrap_servers, auto_offset_reset="earliest"
    )
    await consumer.start()
    found: list[Any] = []
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(found) < count:
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found.extend(records)
    finally:
        await consumer.stop()
    return found
