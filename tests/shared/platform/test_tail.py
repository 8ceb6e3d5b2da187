"""What follows topics reads the partitions, too, that they are given meanwhile."""

import asyncio
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import NewPartitions, NewTopic

from deploy.cli.topic_tail import Tail
from shared.platform import tail
from shared.platform.kafka import make_admin, make_producer
from shared.settings import KafkaSettings
from tests.servers import PATIENCE_SECONDS, broker_kind


@pytest.mark.broker
@pytest.mark.skipif(broker_kind() != "apache", reason="the embedded broker adds no partitions")
async def test_what_is_written_to_an_added_partition_is_read_and_nothing_twice(
    kafka_settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "ADDED_AFTER_MILLISECONDS", 200)
    topic = f"aftercare.tail.{uuid4().hex}"
    admin, consumer = make_admin(kafka_settings), tail.make_tail(kafka_settings)
    await admin.start()
    await consumer.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, 1)])
        async with make_producer(kafka_settings) as producer:
            await producer.send_and_wait(topic, b"before", partition=0)
            only = TopicPartition(topic, 0)
            consumer.assign([only])
            await tail.skip_what_is_there(consumer, [only])
            await producer.send_and_wait(topic, b"first", partition=0)
            assert await _read(consumer, 1) == [b"first"]
            await admin.create_partitions({topic: NewPartitions(total_count=2)})
            async with asyncio.timeout(PATIENCE_SECONDS):
                await producer.client.force_metadata_update()
                while len(await producer.partitions_for(topic)) < 2:
                    await asyncio.sleep(0.1)
                    await producer.client.force_metadata_update()
            await producer.send_and_wait(topic, b"added", partition=1)
            await producer.send_and_wait(topic, b"last", partition=0)
            assert {*await _read(consumer, 2)} == {b"added", b"last"}
            assert await consumer.getmany(timeout_ms=500) == {}
    finally:
        await consumer.stop()
        await admin.close()


async def _read(consumer: AIOKafkaConsumer, count: int) -> list[bytes | None]:
    """So much of what comes next."""
    found: list[bytes | None] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(found) < count:
            found += [record.value for record in await Tail(consumer).next()]
    return found
