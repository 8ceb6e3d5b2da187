"""From an event's append to its output on the topic, under a steady load."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.contracts.envelope import from_headers
from shared.contracts.topics import SCORES
from shared.platform.kafka import connection, make_producer
from shared.platform.publisher import Record
from shared.settings import KafkaSettings
from tests.bench.events import one_visit_each, publish
from tests.bench.servers import Fresh, running_service

WARM_UP_SECONDS = 5
MEASURED_SECONDS = 20
TICK_SECONDS = 0.01
LAST_OUTPUT_SECONDS = 300.0
FETCH_WAIT_MS = 10
"""The embedded broker answers a fetch that finds nothing after half of this, whatever comes."""


def latencies(fresh: Fresh, rate: float, *, known: bool) -> list[float]:
    """Seconds from handing an event to the producer until its score was read from the topic.

    That is the append, the processing, the acknowledgement, and the reading on top; in order.
    Each event is of another customer, who had a visit before where they are `known`.
    """
    count = round(rate * (WARM_UP_SECONDS + MEASURED_SECONDS))
    with fresh() as servers, running_service("scoring", servers) as service:
        kafka = servers.settings.kafka
        if known:
            asyncio.run(publish(kafka, one_visit_each(count), count))
            service.until_consumed(count)
        make = one_visit_each(count, earlier=int(known))
        return asyncio.run(delays(kafka, [make(number) for number in range(count)], rate))


async def delays(settings: KafkaSettings, records: Sequence[Record], rate: float) -> list[float]:
    """Seconds from the append of each of these, so many a second, to its output; in order.

    Those of the first seconds are left out. Each must cause an output of its own.
    """
    count = len(records)
    sent: dict[str, float] = {}
    seen: dict[str, float] = {}
    async with _reading(settings, sent, seen), make_producer(settings) as producer:
        await _send(producer, records, rate, sent)
        async with asyncio.timeout(LAST_OUTPUT_SECONDS):
            while len(seen) < count:  # noqa: ASYNC110 # the reader signals nothing
                await asyncio.sleep(TICK_SECONDS)
    measured = list(sent)[round(rate * WARM_UP_SECONDS) :]
    return sorted(seen[event] - sent[event] for event in measured)


async def _send(
    producer: AIOKafkaProducer, records: Sequence[Record], rate: float, sent: dict[str, float]
) -> None:
    """Hand over each record at its time, however long the acknowledgements take."""
    began = time.perf_counter()
    for number, record in enumerate(records):
        early = began + number / rate - time.perf_counter()
        if early > 0:
            await asyncio.sleep(max(early, TICK_SECONDS))
        sent[from_headers(record.headers)["id"]] = time.perf_counter()
        await producer.send(
            record.topic, value=record.value, key=record.key, headers=list(record.headers)
        )


@asynccontextmanager
async def _reading(
    settings: KafkaSettings, sent: Mapping[str, float], seen: dict[str, float]
) -> AsyncIterator[None]:
    """Note when the output that each event caused is first read."""
    consumer = AIOKafkaConsumer(
        **connection(settings), enable_auto_commit=False, fetch_max_wait_ms=FETCH_WAIT_MS
    )
    await consumer.start()
    partitions = [TopicPartition(SCORES.name, number) for number in range(settings.partitions)]
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)

    async def read() -> None:
        async for record in consumer:
            cause = from_headers(record.headers).get("causationid", "")
            if cause in sent:
                seen.setdefault(cause, time.perf_counter())

    reading = asyncio.create_task(read())
    try:
        yield
    finally:
        reading.cancel()
        await consumer.stop()
