"""Reads what is written on the topics, to tell the pages that something has changed."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.desk.adapters.live import Hub
from services.desk.domain.live import FOLLOWED, changed_words
from shared.contracts.identifiers import dealer_of
from shared.platform.backoff import Backoff
from shared.platform.kafka import RawRecord, partition_counts
from shared.platform.kafka_words import in_words
from shared.platform.tail import (
    POLL_MILLISECONDS,
    make_tail,
    skip_what_is_there,
    take_up_what_was_added,
)
from shared.settings import KafkaSettings

MOST_AT_ONCE = 2_000
START_SECONDS = 30.0

log = structlog.get_logger()


class FollowedTopics:
    """The topics whose records change what pages show, from their ends on."""

    def __init__(self, settings: KafkaSettings, hub: Hub) -> None:
        self._settings = settings
        self._hub = hub

    async def follow(self) -> None:
        """Tell the hub of each record, for ever. Whenever reading begins anew, anything may have
        changed meanwhile."""
        backoff = Backoff()
        while True:
            try:
                async with asyncio.timeout(START_SECONDS):
                    consumer = await self._started()
                try:
                    self._hub.everything()
                    backoff.reset()
                    log.info("what changes is followed")
                    await self._tell(consumer)
                finally:
                    with suppress(KafkaError):
                        await consumer.stop()
            except (KafkaError, TimeoutError, OSError, _NotThere) as error:
                why = await in_words(self._settings, error)
                log.warning("what changes is not followed", because=why)
                await backoff.wait()

    async def _started(self) -> AIOKafkaConsumer:
        counts = await partition_counts(self._settings, list(FOLLOWED))
        missing = [name for name in FOLLOWED if name not in counts]
        if missing:
            raise _NotThere(f"there is no topic {', '.join(missing)}")
        consumer = make_tail(self._settings)
        await consumer.start()
        try:
            partitions = [TopicPartition(name, at) for name in counts for at in range(counts[name])]
            consumer.assign(partitions)
            await skip_what_is_there(consumer, partitions)
        except BaseException:
            await consumer.stop()
            raise
        return consumer

    async def _tell(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            found = await consumer.getmany(timeout_ms=POLL_MILLISECONDS, max_records=MOST_AT_ONCE)
            for records in found.values():
                self._hear(records)
            await take_up_what_was_added(consumer)

    def _hear(self, records: Sequence[RawRecord]) -> None:
        for record in records:
            key = (record.key or b"").decode(errors="replace")
            if key.count("/") < 2 or not self._hub.minds(dealer_of(key)):
                continue
            self._hub.change(dealer_of(key), changed_words(record.topic, key, record.value))


class _NotThere(Exception):
    """Topics that are followed do not exist."""
