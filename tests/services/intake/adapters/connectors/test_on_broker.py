"""A connector's topic on a broker: it comes late, and an instance is killed."""

import asyncio
import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import uuid4

import pytest
from aiokafka.admin import NewTopic

from services.intake.adapters.mappings import Mappings
from services.intake.domain.examine.feed import Feed
from services.intake.domain.rejected.row import WayIn
from shared.contracts.http.intake import Item
from shared.platform.kafka import (
    make_admin,
    make_consumer,
    make_producer,
    partition_counts,
)
from shared.settings import KafkaSettings
from tests.servers import PATIENCE_SECONDS
from tests.services.intake.adapters.running_doors import KilledBeforeCommit, running
from tests.services.intake.given_connectors import (
    connector,
    door,
    held_visits,
    reasons,
    row,
)
from tests.services.intake.world import World


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

    async def receive(events: Sequence[object], *, only: Feed, way: WayIn | None) -> Sequence[Item]:
        items = await world.intake().receive(events, only=only)
        if held_visits(world) == newest:
            all_there.set()
        return items

    def connect(topics: Sequence[str]) -> Any:
        return make_consumer(kafka_settings, group=group, topics=topics)

    def dying(topics: Sequence[str]) -> Any:
        return KilledBeforeCommit(connect(topics), killed)

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
