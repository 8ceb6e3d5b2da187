"""Reads topics as they are written to, without a consumer group: commits nothing."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.platform.kafka import connection
from shared.settings import KafkaSettings

POLL_MILLISECONDS = 200


def make_tail(settings: KafkaSettings) -> AIOKafkaConsumer:
    """A consumer of the partitions that it is assigned; the caller starts and stops it."""
    return AIOKafkaConsumer(
        **connection(settings),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=settings.fetch_wait_ms,
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
