"""The loops that are compared: what one would write by hand, and Aftercare as it ships.

Each takes the same records from a topic, writes to the same database server, publishes, and
commits. The answer is what that took from the first polled batch to the last commit.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from services.complaints import app as complaints
from services.complaints.settings import ComplaintSettings
from services.followup import app as followup
from services.followup.settings import FollowUpSettings
from services.scoring import app as scoring
from services.scoring.settings import ScoringSettings
from shared.contracts.topics import SCORES, VISITS
from shared.decider.decider import Decider
from shared.platform import metrics
from shared.platform.kafka import connection, make_producer
from shared.platform.mongo import Mongo, UpdateOne
from shared.runtime.lifecycle import Runtime
from shared.settings import ServiceSettings

BATCH = 1000
POLL_SECONDS = 0.02
LOOKS = 20
"""How often it is looked at in the time that remains."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a loop took, in seconds."""

    seconds: float
    cpu_seconds: float
    """Of this process, all its threads, in user and system: that of the servers is not in it."""


class Watch:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._began, self._cpu_began = time.perf_counter(), time.process_time()

    def taken(self) -> Taken:
        return Taken(time.perf_counter() - self._began, time.process_time() - self._cpu_began)


Loop = Callable[[ServiceSettings, int], Awaitable[Taken]]
Records = Sequence["ConsumerRecord[bytes, bytes]"]
Coalesce = Callable[[Records], dict[str, bytes]]


async def raw(settings: ServiceSettings, events: int) -> Taken:
    """getmany, one upsert of the bytes per event in one bulk, pipelined produce, commit."""
    return await _plain(settings, events, _by_place)


async def raw_coalesced(settings: ServiceSettings, events: int) -> Taken:
    """The same with one write per customer and batch: the limit of these servers."""
    return await _plain(settings, events, _by_customer)


async def naive(settings: ServiceSettings, events: int) -> Taken:
    """What one would write first: one message at a time, read, write, publish, acknowledge."""
    mongo = Mongo(settings.mongo, "naive")
    collection = mongo.database["customers"]
    broker = KafkaBroker(settings.kafka.bootstrap_servers, logger=None)
    watch: list[Watch] = []
    done = asyncio.Event()
    count = 0

    @broker.subscriber(
        VISITS.name,
        group_id="naive",
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.ACK,
        fetch_max_wait_ms=settings.kafka.fetch_wait_ms,
        decoder=_raw_record,
    )
    async def on_visit(record: Any) -> None:
        nonlocal count
        if not watch:
            watch.append(Watch())
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
    taken = watch[0].taken()
    await broker.stop()
    await mongo.close()
    return taken


async def scoring_as_shipped(settings: ServiceSettings, events: int) -> Taken:
    """Validated, joined, decided, with stable ids and durable timers."""
    return await taken_in(scoring.decider(ScoringSettings()), settings, events)


async def followup_as_shipped(settings: ServiceSettings, events: int) -> Taken:
    """The same with follow-up's decisions."""
    return await taken_in(followup.decider(FollowUpSettings()), settings, events)


async def complaints_as_shipped(settings: ServiceSettings, events: int) -> Taken:
    """The same with the decisions of complaints."""
    return await taken_in(complaints.decider(ComplaintSettings()), settings, events)


async def taken_in(decider: Decider[Any, Any], settings: ServiceSettings, events: int) -> Taken:
    """What the service took for that many events, from the first batch until all is decided."""
    runtime = Runtime(decider, settings)
    before = _consumed(decider)
    await runtime.start()
    while not runtime.has_batch_in_hand:  # noqa: ASYNC110 # what ships signals nothing
        await asyncio.sleep(POLL_SECONDS)
    watch = Watch()
    await _until_consumed(decider, before + events)
    while not runtime.is_at_rest:  # noqa: ASYNC110 # what ships signals nothing
        await asyncio.sleep(POLL_SECONDS)
    taken = watch.taken()
    await runtime.stop()
    return taken


async def _until_consumed(decider: Decider[Any, Any], count: float) -> None:
    """Looks seldom, as that costs CPU of this process: after a part of what it may yet take."""
    began, first = time.perf_counter(), _consumed(decider)
    while (consumed := _consumed(decider)) < count:
        each = (time.perf_counter() - began) / (consumed - first) if consumed > first else 0
        await asyncio.sleep(max(POLL_SECONDS, each * (count - consumed) / LOOKS))


def _consumed(decider: Decider[Any, Any]) -> float:
    (counted,) = metrics.records_consumed.collect()
    return sum(
        sample.value
        for sample in counted.samples
        if sample.name.endswith("_total") and sample.labels["service"] == decider.name
    )


def _by_place(batch: Records) -> dict[str, bytes]:
    return {f"{found.partition}/{found.offset}": found.value or b"" for found in batch}


def _by_customer(batch: Records) -> dict[str, bytes]:
    return {(found.key or b"").decode(): found.value or b"" for found in batch}


async def _raw_record(message: Any) -> object:
    return message.raw_message


async def _plain(settings: ServiceSettings, events: int, coalesce: Coalesce) -> Taken:
    mongo = Mongo(settings.mongo, "plain")
    collection = mongo.database["visits"]
    consumer = AIOKafkaConsumer(
        VISITS.name,
        **connection(settings.kafka),
        group_id="plain",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=settings.kafka.fetch_wait_ms,
    )
    producer = make_producer(settings.kafka)
    await producer.start()
    await consumer.start()
    read, watch = 0, None
    while read < events:
        polled = await consumer.getmany(timeout_ms=100, max_records=BATCH)
        batch = [record for records in polled.values() for record in records]
        if not batch:
            continue
        watch = watch or Watch()
        read += len(batch)
        await _write(collection, producer, coalesce(batch))
        await consumer.commit()
    taken = (watch or Watch()).taken()
    await consumer.stop()
    await producer.stop()
    await mongo.close()
    return taken


async def _write(collection: Any, producer: AIOKafkaProducer, values: dict[str, bytes]) -> None:
    await collection.bulk_write(
        [
            UpdateOne({"_id": key}, {"$set": {"value": value}}, upsert=True)
            for key, value in values.items()
        ],
        ordered=False,
    )
    sent = [await producer.send(SCORES.name, value, key.encode()) for key, value in values.items()]
    await asyncio.gather(*sent)
