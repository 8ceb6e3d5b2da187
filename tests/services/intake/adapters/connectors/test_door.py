"""What connectors write is taken as any feed is: nothing is lost, doubled, or in the way."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka.admin import NewTopic

from services.intake.adapters.connectors.connectors_file import Connector
from services.intake.adapters.connectors.door import LOOK_EVERY, ConnectorsDoor, UnusableMapping
from services.intake.adapters.mappings import Mappings
from services.intake.domain.connectors.envelopes import Envelope
from services.intake.domain.examine.feed import Feed
from services.intake.domain.mappings.converted import Refused
from shared.contracts.http.intake import Item
from shared.contracts.intake import VisitRecorded
from shared.contracts.topics import DEAD_LETTERS
from shared.platform.dead_letters import own_headers
from shared.platform.errors import TransientFailure
from shared.platform.kafka import (
    RawRecord,
    make_admin,
    make_consumer,
    make_producer,
    partition_counts,
)
from shared.platform.publisher import Record
from shared.settings import KafkaSettings
from tests.polled import polled
from tests.servers import PATIENCE_SECONDS
from tests.services.intake.given import BERLIN, DEALERS, PUDONG, event, held, message_of, visit
from tests.services.intake.world import World

TOPIC = "dms.repair_order"
MAPPING = """
title_en: Repair orders of the tests
title_zh: 测试工单
reads: {format: json}
report: visit
fields:
  ro_no: no
  status: state
  opened_at: opened
  closed_at: closed
  customer.source_customer_id: customer
"""


def row(number: int, **more: Any) -> dict[str, Any]:
    """As the database has it: days and times by the dealer's clocks."""
    return {
        "no": f"RO-{number}",
        "state": "closed",
        "opened": "2026-11-01T09:00:00",
        "closed": "2026-11-01T12:00:00",
        "customer": f"C{number}",
    } | more


def connector(
    topic: str = TOPIC,
    *,
    mapping: str | None = "orders",
    envelope: Envelope = "plain",
    deletes: bool = False,
) -> Connector:
    dealer = DEALERS.find(PUDONG)
    assert dealer is not None
    return Connector(
        topic=topic,
        dealer=dealer,
        feed=Feed(dealer_id=PUDONG, source="dms"),
        mapping=mapping,
        envelope=envelope,
        deletes=deletes,
    )


def records(*values: object, topic: str = TOPIC) -> list[RawRecord]:
    """One after another in a partition."""
    return [
        polled(Record(topic, b"k", _written(value), ()), offset=offset)
        for offset, value in enumerate(values)
    ]


def _written(value: object) -> bytes | None:
    return value if isinstance(value, bytes) or value is None else json.dumps(value).encode()


@pytest.fixture
def mappings(tmp_path: Path) -> Mappings:
    (tmp_path / "orders.yaml").write_text(MAPPING)
    return Mappings(tmp_path)


def door(world: World, mappings: Mappings, *connectors: Connector, **more: Any) -> ConnectorsDoor:
    """Over the world's register and publisher; nothing polls."""
    intake = world.intake()

    async def there() -> Collection[str]:
        return [each.topic for each in connectors]

    def no_consumer(_: Sequence[str]) -> Any:
        raise AssertionError("nothing polls here")

    given: dict[str, Any] = {"make_consumer": no_consumer, "there": there} | more
    return ConnectorsDoor(
        connectors or [connector()],
        given.pop("receive", intake.receive),
        world.publisher,
        mappings=mappings,
        monitor=intake.monitor,
        clock=world.clock,
        **given,
    )


def visits(world: World) -> dict[str, str]:
    """Number -> its status, as consumers hold it."""
    return {number: status for number, (status, _) in _held(world).items()}


def _held(world: World) -> dict[str, tuple[str, str]]:
    """Number -> its status, and the number of its customer."""
    sent = (each for each in world.publisher.records if each.topic != DEAD_LETTERS.name)
    found = held(message_of(each) for each in sent).values()
    return {
        each.document_id.rpartition("/")[2]: (each.status, each.customer_key.rpartition("/")[2])
        for each in found
        if isinstance(each, VisitRecorded)
    }


def reasons(world: World) -> list[str]:
    letters = [each for each in world.publisher.records if each.topic == DEAD_LETTERS.name]
    return [own_headers(letter.headers)["reason"] for letter in letters]


async def test_rows_are_taken_by_the_mapping_and_their_moments_in_its_zone(
    world: World, mappings: Mappings
) -> None:
    await door(world, mappings).take(records(row(1), [row(2), row(3)], None))
    assert visits(world) == {"RO-1": "closed", "RO-2": "closed", "RO-3": "closed"}
    first = message_of(world.publisher.records[0])
    assert isinstance(first, VisitRecorded)
    assert first.opened_at == datetime(2026, 11, 1, 1, tzinfo=UTC)
    assert not reasons(world)


@pytest.mark.parametrize("wrapped", [False, True])
async def test_changes_of_rows_and_deleted_ones(
    world: World, mappings: Mappings, wrapped: bool
) -> None:
    changes: list[Any] = [
        {"op": "r", "before": None, "after": row(1, state="open")},
        {"op": "u", "before": None, "after": row(1)},
        {"op": "c", "before": None, "after": row(2)},
        {"op": "d", "before": row(2), "after": None},
        {"op": "t"},
    ]
    sent = [{"schema": None, "payload": each} for each in changes] if wrapped else changes
    reading = door(world, mappings, connector(envelope="debezium", deletes=True))
    await reading.take(records(*sent, None))
    assert visits(world) == {"RO-1": "closed", "RO-2": "voided"}
    before = len(world.publisher.records)
    await reading.take(records(*sent[2:], None))
    assert visits(world)["RO-2"] == "voided", "what is read once more does not bring it back"
    assert len(world.publisher.records) == before
    assert not reasons(world)


async def test_what_is_deleted_is_ignored_unless_it_is_to_be_voided(
    world: World, mappings: Mappings
) -> None:
    deleted = {"op": "d", "before": row(1), "after": None}
    kept = door(world, mappings, connector(envelope="debezium"))
    await kept.take(records({"op": "c", "after": row(1)}, deleted))
    assert visits(world) == {"RO-1": "closed"}


async def test_events_come_as_they_are_or_with_their_attributes_in_headers(
    world: World, mappings: Mappings
) -> None:
    whole = event("visit", visit(source="dms"))
    parted = event("visit", visit(source="dms", ro_no="RO-2"))
    headers = tuple(
        (f"ce_{name}", str(value).encode()) for name, value in parted.items() if name != "data"
    )
    binary = polled(Record(TOPIC, b"k", json.dumps(parted["data"]).encode(), headers), offset=1)
    reading = door(world, mappings, connector(mapping=None))
    await reading.take([*records(whole), binary, *records(None)])
    assert len(visits(world)) == 2
    assert not reasons(world)


async def test_a_topic_says_nothing_of_another_dealer_or_source(
    world: World, mappings: Mappings
) -> None:
    theirs = event("visit", visit(source="dms", dealer_id=BERLIN))
    other = event("visit", visit(source="cdk"))
    await door(world, mappings, connector(mapping=None)).take(records(theirs, other))
    assert not visits(world)
    assert [reason.partition(" ")[0] for reason in reasons(world)] == [
        "invalid-event/dealer"
    ] * 1 + ["invalid-event/data"]


@pytest.mark.parametrize(
    ("value", "envelope", "reason"),
    [
        (b"{", "plain", "is not JSON"),
        (b"\xff\xfe", "plain", "is not valid in UTF-8"),
        (b"", "plain", "is not JSON"),
        (b'{"no": 1, "no": 2}', "plain", "a name twice"),
        (b"[" * 5_000, "plain", "is not JSON"),
        (b"7", "plain", "no event can be made of it: the record"),
        ({"Li Lei": 7}, "plain", "no event can be made of it: ro_no"),
        (row(1, state="Li Lei"), "plain", "no event can be made of it: status"),
        (row(1, closed="2026-10-01T12:00:00"), "plain", "invalid-event/data"),
        (row(1), "debezium", "it has no op"),
        (row(1), "connect", "has no schema and payload"),
    ],
)
async def test_what_cannot_be_taken_is_a_dead_letter_as_it_came_and_in_nobodys_way(
    world: World, mappings: Mappings, value: object, envelope: Envelope, reason: str
) -> None:
    def wrapped(each: object) -> object:
        match envelope:
            case "plain":
                return each
            case "connect":
                return {"schema": None, "payload": each}
            case _:
                return {"op": "c", "after": each}

    batch = records(wrapped(row(8)), value, wrapped(row(9)))
    await door(world, mappings, connector(envelope=envelope)).take(batch)
    assert visits(world).keys() == {"RO-8", "RO-9"}
    (told,) = reasons(world)
    assert reason in told
    assert "Li Lei" not in told
    (letter,) = (each for each in world.publisher.records if each.topic == DEAD_LETTERS.name)
    assert letter.value == batch[1].value


async def test_what_is_rejected_is_no_dead_letter_where_it_is_kept(
    world: World, mappings: Mappings
) -> None:
    told: list[tuple[Sequence[Any], Sequence[Item]]] = []

    async def keep(_: Connector, outcomes: Sequence[Any], items: Sequence[Item]) -> bool:
        told.append((outcomes, items))
        return True

    batch = records(row(1), row(2, state="?"), row(3, closed="2026-10-01T12:00:00"), b"{")
    await door(world, mappings, keep=keep).take(batch)
    ((outcomes, items),) = told
    assert [isinstance(each, Refused) for each in outcomes] == [False, True, False]
    assert [each.outcome for each in items] == ["accepted", "rejected"]
    assert outcomes[1].place == "partition 0, offset 1"
    (reason,) = reasons(world)
    assert "is not JSON" in reason


@pytest.mark.parametrize("trouble", ["publish", "find"])
async def test_while_the_broker_or_the_database_is_away_the_batch_waits(
    world: World, mappings: Mappings, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.platform.backoff.FIRST_WAIT_SECONDS", 0.0)
    away: list[Exception] = [TransientFailure("away"), TransientFailure("away")]
    if trouble == "publish":
        world.publisher.fail_next = away
    else:
        world.register.fail_next = away
    await door(world, mappings).take(records(row(1)))
    assert visits(world) == {"RO-1": "closed"}
    assert not reasons(world)


async def test_one_event_that_intake_fails_at_does_not_keep_the_others_out(
    world: World, mappings: Mappings
) -> None:
    async def receive(events: Sequence[object], *, only: Feed) -> Sequence[Item]:
        if any("RO-2" in repr(each) for each in events):
            raise KeyError("Li Lei")
        return await world.intake().receive(events, only=only)

    await door(world, mappings, receive=receive).take(records(row(1), row(2), row(3)))
    assert visits(world).keys() == {"RO-1", "RO-3"}
    assert reasons(world) == ["intake failed: KeyError"]


async def test_a_mapping_that_is_gone_holds_its_topic_and_no_other(
    world: World, mappings: Mappings, tmp_path: Path
) -> None:
    (tmp_path / "others.yaml").write_text(MAPPING)
    reading = door(world, mappings, connector(), connector("other", mapping="others"))
    (tmp_path / "orders.yaml").unlink()
    with pytest.raises(UnusableMapping):
        await reading.take(records(row(1)))
    world.clock.advance(LOOK_EVERY)
    assert await reading.is_outdated()
    assert reading.troubles == [
        "connectors: topic dms.repair_order waits: the mapping orders cannot be used"
    ]
    await reading.take(records(row(2), topic="other"))
    assert visits(world).keys() == {"RO-2"}
    (tmp_path / "orders.yaml").write_text(MAPPING)
    world.clock.advance(LOOK_EVERY)
    assert await reading.is_outdated()
    assert not reading.troubles


async def test_a_topic_that_is_missing_is_told_and_taken_up_once_it_is_there(
    world: World, mappings: Mappings
) -> None:
    topics = {"other"}

    async def there() -> Collection[str]:
        return topics

    reading = door(world, mappings, connector(), connector("other"), there=there)
    world.clock.advance(LOOK_EVERY)
    assert await reading.is_outdated()
    assert reading.troubles == ["connectors: topic dms.repair_order is missing"]
    assert not await reading.is_outdated()
    topics.add(TOPIC)
    assert not await reading.is_outdated(), "nobody asks all the time"
    world.clock.advance(LOOK_EVERY)
    assert await reading.is_outdated()
    assert not reading.troubles


async def test_without_connectors_nothing_is_read(world: World, mappings: Mappings) -> None:
    intake = world.intake()

    async def never() -> Collection[str]:
        raise AssertionError("nobody asks")

    none = ConnectorsDoor(
        [],
        intake.receive,
        world.publisher,
        mappings=mappings,
        monitor=intake.monitor,
        make_consumer=lambda _: pytest.fail("nothing polls"),
        there=never,
    )
    await none.run()
    assert not none.troubles


class KilledBeforeCommitting:
    """A consumer of the broker, but the process ends before the offsets are committed."""

    def __init__(self, consumer: Any, killed: asyncio.Event) -> None:
        self._consumer = consumer
        self._killed = killed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._consumer, name)

    async def commit(self, offsets: object) -> None:
        self._killed.set()
        await asyncio.Event().wait()


@asynccontextmanager
async def running(reading: ConnectorsDoor) -> AsyncIterator[None]:
    task = asyncio.create_task(reading.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.mark.broker
async def test_a_topic_comes_later_an_instance_is_killed_and_nothing_is_lost_or_doubled(
    world: World, mappings: Mappings, kafka_settings: KafkaSettings
) -> None:
    topic, group = f"dms.{uuid4()}", f"test-{uuid4()}"
    asked, killed, all_there = asyncio.Event(), asyncio.Event(), asyncio.Event()
    newest = {f"RO-{number}": ("closed", f"C{number + 15}") for number in range(5)}

    async def there() -> Collection[str]:
        found = await partition_counts(kafka_settings, [topic])
        asked.set()
        return found

    async def receive(events: Sequence[object], *, only: Feed) -> Sequence[Item]:
        items = await world.intake().receive(events, only=only)
        if _held(world) == newest:
            all_there.set()
        return items

    def connect(topics: Sequence[str]) -> Any:
        return make_consumer(kafka_settings, group=group, topics=topics)

    def dying(topics: Sequence[str]) -> Any:
        return KilledBeforeCommitting(connect(topics), killed)

    first = door(world, mappings, connector(topic), make_consumer=dying, there=there)
    async with running(first), asyncio.timeout(PATIENCE_SECONDS):
        await asked.wait()
        await _written_to(kafka_settings, topic)
        await killed.wait()
    again = door(
        world, mappings, connector(topic), make_consumer=connect, there=there, receive=receive
    )
    async with running(again), asyncio.timeout(PATIENCE_SECONDS):
        await all_there.wait()
    sent = {(dict(each.headers)["ce_id"], each.value) for each in world.publisher.records}
    assert len(sent) == len({id_ for id_, _ in sent}), "what is sent twice is the same"
    assert not reasons(world)


async def _written_to(settings: KafkaSettings, topic: str) -> None:
    """Five orders, each changed three times: it is of another customer then."""
    admin = make_admin(settings)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
    await admin.close()
    producer = make_producer(settings)
    await producer.start()
    for number in range(20):
        value = json.dumps(row(number % 5, customer=f"C{number}")).encode()
        await producer.send_and_wait(topic, value, key=f"order-{number % 5}".encode())
    await producer.stop()
