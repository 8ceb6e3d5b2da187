"""Reads topics as they are written to, without a consumer group: commits nothing."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.platform.kafka import connection
from shared.settings import KafkaSettings

POLL_MILLISECONDS = 200
ADDED_AFTER_MILLISECONDS = 30_000
"""How soon it is known of partitions that were added."""


def make_tail(settings: KafkaSettings) -> AIOKafkaConsumer:
    """A consumer of the partitions that it is assigned; the caller starts and stops it."""
    return AIOKafkaConsumer(
        **connection(settings),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=settings.fetch_wait_ms,
        metadata_max_age_ms=ADDED_AFTER_MILLISECONDS,
    )


async def skip_what_is_there(
    consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition]
) -> None:
    """Seek to the high watermark that comes with fetched records.

    The embedded broker answers a plain question for the end of a partition with the start of
    its last batch, so that `seek_to_end` would show old records again.
    """
    ends = await consumer.end_offsets(list(partitions))
    behind = {partition for partition, end in ends.items() if end > 0}
    for partition, end in ends.items():
        consumer.seek(partition, max(0, end - 1))
    while behind:
        await consumer.getmany(*behind, timeout_ms=POLL_MILLISECONDS)
        for partition in tuple(behind):
            highwater = consumer.highwater(partition)
            if highwater is not None:
                consumer.seek(partition, highwater)
                behind.discard(partition)


async def take_up_what_was_added(consumer: AIOKafkaConsumer) -> None:
    """Have it read the partitions that its topics were given since, each from its start, and go on
    where it is in the others."""
    assigned = consumer.assignment()
    there = {
        TopicPartition(topic, at)
        for topic in {each.topic for each in assigned}
        for at in consumer.partitions_for_topic(topic) or ()
    }
    if there <= assigned:
        return
    positions = {each: await consumer.position(each) for each in assigned}
    consumer.assign([*(assigned | there)])
    for partition, position in positions.items():
        consumer.seek(partition, position)
