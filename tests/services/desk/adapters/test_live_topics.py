"""What is written on the topics is told; what was there before is not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.desk.adapters.live import Hub, Stream
from services.desk.adapters.live_topics import FollowedTopics
from shared.contracts.topics import TASKS
from shared.platform.preparing import at_work
from shared.platform.publisher import Record
from shared.settings import KafkaSettings
from tests.servers import PATIENCE_SECONDS
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
