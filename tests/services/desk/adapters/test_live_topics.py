"""What is written on the topics is told; what was there before is not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka.admin import NewPartitions

from services.desk.adapters.live import Hub, Stream
from services.desk.adapters.live_topics import FollowedTopics
from shared.contracts.topics import TASKS
from shared.platform import tail
from shared.platform.kafka import make_admin, make_producer
from shared.platform.preparing import at_work
from shared.platform.publisher import Record
from shared.settings import KafkaSettings
from tests.servers import PARTITIONS, PATIENCE_SECONDS, Broker, broker_kind
from tests.shared.runtime.on_servers import publisher_to

DEALER = "sunrise/live-of-these-tests"
KEY = f"{DEALER}/cdk/C1"


@asynccontextmanager
async def followed(settings: KafkaSettings) -> AsyncIterator[Stream]:
    """The stream of a page of the dealer's, once the topics are followed."""
    hub = Hub(most=9)
    stream = hub.open("a", DEALER, ["cases", "tasks"])
    async with at_work(FollowedTopics(settings, hub).follow()):
        assert await stream.next(PATIENCE_SECONDS) == ("cases", "tasks")
        while await stream.next(0.1) or stream._pending.due_at() < float("inf"):
            pass
        yield stream


def task(number: int) -> Record:
    return Record(topic=TASKS.name, key=KEY.encode(), value=b'{"n":%d}' % number, headers=())


@pytest.mark.broker
async def test_a_record_is_told_to_who_looks(kafka_settings: KafkaSettings) -> None:
    async with publisher_to(kafka_settings) as publisher:
        await publisher.publish([task(number) for number in range(5)])
        async with followed(kafka_settings) as stream:
            assert await stream.next(0.5) == (), "what was there before is told"
            await publisher.publish([task(6)])
            assert await stream.next(PATIENCE_SECONDS) == ("tasks",)


@pytest.mark.broker
@pytest.mark.skipif(broker_kind() != "apache", reason="the embedded broker adds no partitions")
async def test_a_partition_that_is_added_is_followed_too(
    fresh_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "ADDED_AFTER_MILLISECONDS", 200)
    settings = fresh_broker.settings()
    async with followed(settings) as stream, make_producer(settings) as producer:
        admin = make_admin(settings)
        await admin.start()
        await admin.create_partitions({TASKS.name: NewPartitions(total_count=PARTITIONS + 1)})
        await admin.close()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while PARTITIONS not in await producer.partitions_for(TASKS.name):
                await producer.client.force_metadata_update()
        await producer.send_and_wait(TASKS.name, b"{}", key=KEY.encode(), partition=PARTITIONS)
        assert await stream.next(PATIENCE_SECONDS) == ("tasks",)


async def test_a_broker_that_is_away_is_tried_again(
    kafka_settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(most=9)
    stream = hub.open("a", DEALER, ["tasks"])
    away = kafka_settings.model_copy(update={"bootstrap_servers": "127.0.0.1:9"})
    topics = FollowedTopics(away, hub)
    async with at_work(topics.follow()):
        assert await stream.next(1) == ()
        monkeypatch.setattr(topics, "_settings", kafka_settings)
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await stream.next(PATIENCE_SECONDS) == ("tasks",)
