"""Follows topics without a consumer group: reads all partitions, commits nothing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from deploy.cli.failures import CannotRun
from deploy.cli.terminal import hint
from shared.platform.kafka import partition_counts
from shared.platform.kafka_words import in_words
from shared.platform.tail import (
    POLL_MILLISECONDS,
    make_tail,
    skip_what_is_there,
    take_up_what_was_added,
)
from shared.settings import KafkaSettings

Record: TypeAlias = "ConsumerRecord[bytes, bytes]"
START_SECONDS = 20.0


class Tail:
    """Records of topics as they are written."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def next(self) -> list[Record]:
        """What has been written since the last call; waits a moment for it, may be empty."""
        batches = await self._consumer.getmany(timeout_ms=POLL_MILLISECONDS, max_records=2_000)
        await take_up_what_was_added(self._consumer)
        records = [record for batch in batches.values() for record in batch]
        return sorted(records, key=lambda record: record.timestamp)

    async def rest(self) -> list[Record]:
        """All that is there up to the present end, each partition in its order.

        Raises `TimeoutError` when the broker stops answering.
        """
        found: list[Record] = []
        behind = self._consumer.assignment()
        clock = asyncio.get_running_loop()
        async with asyncio.timeout(START_SECONDS) as limit:
            while behind:
                batches = await self._consumer.getmany(*behind, timeout_ms=POLL_MILLISECONDS)
                for records in batches.values():
                    found.extend(records)
                    limit.reschedule(clock.time() + START_SECONDS)
                behind = {partition for partition in behind if not await self._is_read(partition)}
        return found

    async def _is_read(self, partition: TopicPartition) -> bool:
        end = self._consumer.highwater(partition)
        return end is not None and await self._consumer.position(partition) >= end


@asynccontextmanager
async def following(
    settings: KafkaSettings, topics: Sequence[str], *, from_start: bool
) -> AsyncIterator[Tail]:
    """A tail of `topics` from their first record, or from what is written after this returns.

    Raises `CannotRun` when the broker does not answer or a topic does not exist.
    """
    try:
        async with asyncio.timeout(START_SECONDS):
            counts = await partition_counts(settings, list(topics))
            _require_all(topics, counts)
            consumer = make_tail(settings)
            await consumer.start()
            await asyncio.sleep(0)  # aiokafka's own task must begin before it can be stopped
    except (KafkaError, TimeoutError, OSError) as error:
        why = await in_words(settings, error)
        raise CannotRun(
            f"no Kafka broker answers at {settings.bootstrap_servers} ({why}). "
            f"Is {hint('up')} running?"
        ) from error
    try:
        partitions = [TopicPartition(name, at) for name in topics for at in range(counts[name])]
        consumer.assign(partitions)
        if not from_start:
            await skip_what_is_there(consumer, partitions)
        yield Tail(consumer)
    finally:
        await consumer.stop()


def _require_all(topics: Sequence[str], counts: dict[str, int]) -> None:
    missing = [name for name in topics if not counts.get(name)]
    if missing:
        raise CannotRun(f"there is no topic {', '.join(missing)}. {hint('topics')} lists them")
