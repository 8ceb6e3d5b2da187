"""The loops that are compared: what one would write by hand, and Aftercare as it ships.

Each takes the same records from a topic, writes to the same database server, publishes, and
commits. The answer is the seconds from the first polled batch to the last commit.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from prometheus_client import REGISTRY

from services.scoring.app import machine
from services.scoring.settings import ScoringSettings
from shared.contracts.topics import SCORES, VISITS
from shared.kafka import connection, make_producer
from shared.mongo import Mongo, UpdateOne
from shared.runtime.lifecycle import Runtime
from shared.settings import ServiceSettings

BATCH = 1000
POLL_SECONDS = 0.005

Loop = Callable[[ServiceSettings, int], Awaitable[float]]
Records = Sequence["ConsumerRecord[bytes, bytes]"]
Coalesce = Callable[[Records], dict[bytes, bytes]]


async def raw(settings: ServiceSettings, events: int) -> float:
    """getmany, one upsert of the bytes per event in one bulk, pipelined produce, commit."""
    return await _plain(
        settings,
        events,
        lambda batch: {
            f"{found.partition}/{found.offset}".encode(): found.value for found in batch
        },
    )


async def raw_coalesced(settings: ServiceSettings, events: int) -> float:
    """The same with one write per customer and batch: the limit of these servers."""
    return await _plain(settings, events, lambda batch: {found.key: found.value for found in batch})


async def naive(settings: ServiceSettings, events: int) -> float:
    """What one would write first: one message at a time, read, write, publish, acknowledge."""
    mongo = Mongo(settings.mongo, "naive")
    collection = mongo.database["customers"]
    broker = KafkaBroker(settings.kafka.bootstrap_servers, logger=None)
    began: list[float] = []
    done = asyncio.Event()
    count = 0

    @broker.subscriber(
        VISITS.name,
        group_id="naive",
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.ACK,
        decoder=_raw_record,
    )
    async def on_visit(record: Any) -> None:
        nonlocal count
        began.append(time.perf_counter())
        key = record.key.decode()
        known = await collection.find_one({"_id": key}) or {"visits": 0}
        change = {"$set": {"visits": known["visits"] + 1, "last": record.value}}
        await collection.update_one({"_id": key}, change, upsert=True)
        await broker.publish(record.value, SCORES.name, key=record.key)
        count += 1
        if count == events:
            done.set()

    await broker.start()
    await done.wait()
    seconds = time.perf_counter() - began[0]
    await broker.stop()
    await mongo.close()
    return seconds


async def aftercare(settings: ServiceSettings, events: int) -> float:
    """Scoring as it ships: validated, joined, decided, with stable ids and durable timers."""
    runtime = Runtime(machine(ScoringSettings()), settings)
    before = _consumed()
    await runtime.start()
    while not runtime.has_batch_in_hand:  # noqa: ASYNC110 # what ships signals nothing
        await asyncio.sleep(POLL_SECONDS)
    began = time.perf_counter()
    while _consumed() - before < events or runtime.has_batch_in_hand:  # noqa: ASYNC110
        await asyncio.sleep(POLL_SECONDS)
    seconds = time.perf_counter() - began
    await runtime.stop()
    return seconds


def _consumed() -> float:
    labels = {"service": "scoring", "topic": VISITS.name}
    return REGISTRY.get_sample_value("aftercare_records_consumed_total", labels) or 0.0


def _by_place(batch: Records) -> dict[bytes, bytes]:
    return {f"{found.partition}/{found.offset}".encode(): found.value or b"" for found in batch}


def _by_customer(batch: Records) -> dict[bytes, bytes]:
    return {found.key or b"": found.value or b"" for found in batch}


async def _raw_record(message: Any) -> object:
    return message.raw_message


async def _plain(settings: ServiceSettings, events: int, coalesce: Coalesce) -> float:
    mongo = Mongo(settings.mongo, "plain")
    collection = mongo.database["visits"]
    consumer = AIOKafkaConsumer(
        VISITS.name,
        **connection(settings.kafka),
        group_id="plain",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    producer = make_producer(settings.kafka)
    await producer.start()
    await consumer.start()
    taken, began = 0, 0.0
    while taken < events:
        polled = await consumer.getmany(timeout_ms=100, max_records=BATCH)
        batch = [record for records in polled.values() for record in records]
        if not batch:
            continue
        began = began or time.perf_counter()
        taken += len(batch)
        await _write(collection, producer, coalesce(batch))
        await consumer.commit()
    seconds = time.perf_counter() - began
    await consumer.stop()
    await producer.stop()
    await mongo.close()
    return seconds


async def _write(collection: Any, producer: AIOKafkaProducer, values: dict[bytes, bytes]) -> None:
    await collection.bulk_write(
        [
            UpdateOne({"_id": key.decode()}, {"$set": {"value": value}}, upsert=True)
            for key, value in values.items()
        ],
        ordered=False,
    )
    sent = [await producer.send(SCORES.name, value, key) for key, value in values.items()]
    await asyncio.gather(*sent)
