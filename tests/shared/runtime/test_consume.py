"""Consumption on a real broker: batches, poison, retries, rebalances, draining."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer

from shared.contracts.envelope import from_headers, to_headers
from shared.contracts.identifiers import customer_key
from shared.contracts.intake import VisitRecorded
from shared.contracts.topics import DEAD_LETTERS, SCORES, VISITS
from shared.contracts.values import instant_text
from shared.platform.dead_letters import own_headers
from shared.platform.kafka import make_producer
from shared.platform.publisher import KafkaPublisher, Record
from shared.runtime.holdings import holdings
from shared.runtime.lifecycle import Runtime
from shared.runtime.reload import PolicyWatch
from shared.runtime.validate import to_event
from shared.settings import KafkaSettings, MongoSettings, RuntimeSettings, ServiceSettings
from tests.polled import polled
from tests.servers import PATIENCE_SECONDS, Broker
from tests.shared.runtime.toy import DEALER, START, TOY, ToyFacts, ToyPolicy, visit

pytestmark = pytest.mark.broker


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


@pytest.fixture
def settings(fresh_broker: Broker, mongo_settings: MongoSettings) -> ServiceSettings:
    return ServiceSettings(
        kafka=fresh_broker.settings(),
        mongo=mongo_settings,
        runtime=RuntimeSettings(poison_in_a_row=20),
    )


@asynccontextmanager
async def relay_to(settings: KafkaSettings) -> AsyncIterator[KafkaPublisher]:
    producer = make_producer(settings)
    await producer.start()
    yield KafkaPublisher(producer)
    await producer.stop()


@asynccontextmanager
async def running(
    settings: ServiceSettings, watch: PolicyWatch[ToyPolicy] | None = None
) -> AsyncIterator[Runtime[ToyFacts, ToyPolicy]]:
    runtime = Runtime(replace(TOY), settings, watch=watch)
    await runtime.start()
    try:
        yield runtime
    finally:
        await runtime.stop()


async def until(
    condition: Callable[[], Awaitable[bool]], *, seconds: float = PATIENCE_SECONDS
) -> None:
    """Wait for a condition, and fail when it does not come."""
    async with asyncio.timeout(seconds):
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


async def test_a_thousand_events_end_in_documents_and_scores(settings: ServiceSettings) -> None:
    events = [visit(n, customer=str(n % 100)) for n in range(1000)]
    async with relay_to(settings.kafka) as publisher, running(settings) as runtime:
        await publisher.publish([record_of(found) for found in events])

        async def all_held() -> bool:
            return await visits_held(runtime) == 1000

        await until(all_held)
        assert await runtime.troubles() == []
        scores = await read_all(settings.kafka, SCORES.name, 100)
    latest: dict[str, tuple[int, bytes]] = {}
    for record in scores:
        said = from_headers(record.headers)
        sequence = int(said["sequence"])
        if sequence > latest.get(said["subject"], (0, b""))[0]:
            latest[said["subject"]] = (sequence, record.value)
    assert len(latest) == 100


def poison() -> list[Record]:
    good = record_of(visit("p", customer="7"))
    headers = dict(good.headers)
    return [
        Record(VISITS.name, good.key, b"not json", good.headers),
        Record(VISITS.name, good.key, b"\xff\xfe\x00", good.headers),
        Record(VISITS.name, good.key, None, good.headers),
        Record(VISITS.name, good.key, good.value, ()),
        Record(VISITS.name, good.key, good.value, (("ce_type", None),)),
        Record(VISITS.name, good.key, good.value, (("ce_type", b"\xff\xfe"),)),
        Record(VISITS.name, None, good.value, good.headers),
        Record(VISITS.name, b"\xff", good.value, good.headers),
        Record(VISITS.name, b"someone/else/entirely/9", good.value, good.headers),
        Record(VISITS.name, good.key, b"[" * 100_000, good.headers),
        Record(VISITS.name, good.key, b'{"status":"closed"}', good.headers),
        Record(
            VISITS.name,
            good.key,
            good.value,
            tuple((headers | {"ce_recordedtime": b"yesterday"}).items()),
        ),
        record_of(visit("r", customer="7", department="raises in join")),
    ]


async def test_poison_in_good_traffic_becomes_dead_letters(settings: ServiceSettings) -> None:
    async with relay_to(settings.kafka) as publisher, running(settings) as runtime:
        bad = poison()
        await publisher.publish([record_of(visit(n, customer="7")) for n in range(5)])
        for number, record in enumerate(bad):
            await publisher.publish([record, record_of(visit(f"g{number}", customer="7"))])

        async def all_held() -> bool:
            return await visits_held(runtime) == 5 + len(bad)

        await until(all_held)
        letters = await read_all(settings.kafka, DEAD_LETTERS.name, len(bad))
    sent = sorted((record.key or b"", record.value or b"") for record in bad)
    assert sorted((letter.key or b"", letter.value or b"") for letter in letters) == sent
    for letter in letters:
        headers = own_headers(letter.headers)
        reason = headers["reason"]
        assert headers["topic"] == VISITS.name
        assert reason
        assert "closed" not in reason


async def test_unknown_types_are_skipped(settings: ServiceSettings) -> None:
    other = record_of(visit())
    unknown = tuple((dict(other.headers) | {"ce_type": b"dev.aftercare.other.v9"}).items())
    async with relay_to(settings.kafka) as publisher, running(settings) as runtime:
        await publisher.publish([Record(VISITS.name, other.key, b"{}", unknown), other])

        async def held() -> bool:
            return await visits_held(runtime) == 1

        await until(held)


async def test_a_policy_that_a_watch_finds_is_followed_by_all_that_is_stored(
    settings: ServiceSettings,
) -> None:
    published: list[ToyPolicy] = []

    async def watch(_: datetime) -> ToyPolicy | None:
        return published[-1] if published else None

    async def held() -> bool:
        return await visits_held(runtime) == 5

    async def followed() -> bool:
        versions = {snapshot.policy_version for snapshot in await runtime.reader.page(DEALER)}
        return versions == {published[-1].version}

    events = [visit(n, customer=str(n)) for n in range(5)]
    async with relay_to(settings.kafka) as publisher, running(settings, watch) as runtime:
        await publisher.publish([record_of(found) for found in events])
        await until(held)
        published.append(ToyPolicy(points=20))
        await until(followed)
        assert runtime.reader.policy == ToyPolicy(points=20)
    said = [json.loads(found.value) for found in await read_all(settings.kafka, SCORES.name, 10)]
    assert sorted(found["score"] for found in said) == [10] * 5 + [20] * 5


def test_a_message_of_another_service_has_its_sequence() -> None:
    """0 where there is none that can be kept."""
    said = {"17": 17, "": 0, "-1": 0, "1.5": 0, "x": 0, "9" * 19: 0}
    for text, sequence in said.items():
        record = record_of(visit())
        headers = [*record.headers, ("ce_sequence", text.encode())]
        found = to_event(polled(replace(record, headers=tuple(headers))), TOY.reading)
        assert found is not None
        assert found.sequence == sequence


async def test_too_much_poison_in_a_row_stops_the_service(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[int] = []
    monkeypatch.setattr("shared.runtime.lifecycle.os.kill", lambda _, sig: stopped.append(sig))
    async with relay_to(settings.kafka) as publisher, running(settings) as runtime:
        await publisher.publish(
            [
                Record(
                    VISITS.name, customer_key(DEALER, "dms", str(n)).encode(), b"?", GOOD_HEADERS
                )
                for n in range(25)
            ]
        )

        async def gave_up() -> bool:
            return runtime.gave_up_because is not None

        await until(gave_up)
        (trouble,) = await runtime.troubles()
        assert "more than 20 unreadable records" in trouble
        assert stopped


GOOD_HEADERS = record_of(visit()).headers


async def test_instances_share_the_partitions_and_take_over(settings: ServiceSettings) -> None:
    async with relay_to(settings.kafka) as publisher, running(settings) as first:

        async def owns_all() -> bool:
            return len(first._ownership.partitions) == 6

        await until(owns_all)
        async with running(settings) as second:
            sent = 0

            async def shared() -> bool:
                nonlocal sent
                await publisher.publish(
                    [record_of(visit(sent + n, customer=str(n))) for n in range(50)]
                )
                sent += 50
                return len(first._ownership.partitions) == 3 == len(second._ownership.partitions)

            await until(shared, seconds=60)
            owned = first._ownership.partitions | second._ownership.partitions
            assert owned == frozenset(range(6))
        await until(owns_all)

        async def all_held() -> bool:
            return await visits_held(first) == sent

        await until(all_held)
        assert first._ownership.partitions == frozenset(range(6))
