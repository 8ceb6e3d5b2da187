"""What doors over Kafka have in common: records are polled, taken to the end, then committed.

    poll -> take: what can never be taken becomes a dead letter -> commit

Offsets are committed last, so whatever was cut off comes again. While the broker or the database
is away the batch in hand waits, and is tried again: nobody has to send it a second time.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.platform import metrics
from shared.platform.backoff import Backoff
from shared.platform.dead_letters import dead_letter, without_record
from shared.platform.errors import RefusedMessage, TransientFailure
from shared.platform.kafka import RawRecord
from shared.platform.publisher import Publisher
from shared.time.clock import SystemClock, TimeSource
from shared.time.zones import moment_of

RECORDS_AT_ONCE = 100
POLL_MS = 500
STOP_SECONDS = 5.0
SILENCE = timedelta(seconds=30)
"""A consumer that had no answer to a fetch for so long is replaced: it may hang for ever."""

log = structlog.get_logger()


class DoorConsumer(Protocol):
    """What is needed of an aiokafka consumer."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def getmany(
        self, *, timeout_ms: int, max_records: int
    ) -> Mapping[TopicPartition, Sequence[RawRecord]]: ...

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None: ...

    async def position(self, partition: TopicPartition) -> int: ...

    def assignment(self) -> set[TopicPartition]: ...

    def highwater(self, partition: TopicPartition) -> int | None: ...

    def last_poll_timestamp(self, partition: TopicPartition) -> int | None: ...


class KafkaDoor(ABC):
    """Takes records from some topics, in the order of each key. Any number of instances may.

    `check`: raises until there is something to read, and we may. `clock`: by which the consumer
    says when it had an answer last; the computer's unless another is given.
    """

    def __init__(
        self,
        service: str,
        topics: Sequence[str],
        publisher: Publisher,
        *,
        make_consumer: Callable[[], DoorConsumer],
        check: Callable[[], Awaitable[None]],
        clock: TimeSource | None = None,
        records_at_once: int = RECORDS_AT_ONCE,
        reads: str | None = None,
    ) -> None:
        """`service`: whose door it is; `reads`: what it reads, as its lag is counted, where the
        service has several doors; `topics`: those that it may read."""
        self._service = service
        self._reads = reads or service
        self._records_at_once = records_at_once
        self._publisher = publisher
        self._make_consumer = make_consumer
        self._check = check
        self._clock = clock or SystemClock()
        self._backoff = Backoff()
        self.trouble: str | None = None
        """What `check` last said, in words for the operator; None: nothing."""
        metrics.begin(metrics.records_consumed, [service], topics)
        metrics.begin(metrics.dead_letters, [service], topics)
        metrics.begin(metrics.records_skipped, [service])

    async def run(self) -> None:
        """Read until cancelled, with another consumer after each failure."""
        while True:
            try:
                await self._checked()
                await self._with_consumer(self._make_consumer())
            except Exception as failure:  # whatever it is: the service itself goes on
                log.warning("records are not read", door=self._reads, because=_because(failure))
            await self._backoff.wait()

    async def _checked(self) -> None:
        try:
            await self._check()
        except TransientFailure as failure:
            self.trouble = str(failure)
            raise
        self.trouble = None

    async def _with_consumer(self, consumer: DoorConsumer) -> None:
        try:
            await consumer.start()
            log.info("reading records", door=self._reads)
            await self._read(consumer)
        finally:
            with suppress(KafkaError, OSError, TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await consumer.stop()

    async def _read(self, consumer: DoorConsumer) -> None:
        heard_at = self._clock.now()
        while True:
            polled = await consumer.getmany(timeout_ms=POLL_MS, max_records=self._records_at_once)
            records = [record for found in polled.values() for record in found]
            if records:
                await self.take(records)
                await _commit(consumer, records)
                self._backoff.reset()
                heard_at = self._clock.now()
            elif _is_silent(consumer, since=heard_at, now=self._clock.now()):
                raise TransientFailure("broker: the consumer fetches nothing any more")
            await _show_lag(consumer, self._reads)
            if await self.is_outdated():
                return

    async def is_outdated(self) -> bool:
        """Whether another consumer should go on, since what is to be read has changed."""
        return False

    async def take(self, records: Sequence[RawRecord]) -> None:
        """Take these to the end, however long the broker or the database is away."""
        while True:
            try:
                poison = await self.sort_out(records)
                if poison:
                    await self._bury(poison)
            except TransientFailure as failure:
                metrics.transient_failures.labels(self._service, type(failure).__name__).inc()
                log.warning("records wait", door=self._reads, because=str(failure))
                await self._backoff.wait()
            else:
                break
        for topic, count in Counter(record.topic for record in records).items():
            metrics.records_consumed.labels(self._service, topic).inc(count)

    @abstractmethod
    async def sort_out(self, records: Sequence[RawRecord]) -> Sequence[tuple[RawRecord, str]]:
        """Take what can be taken. The others can never be, and why, without a word of them."""

    async def _bury(self, poison: Sequence[tuple[RawRecord, str]]) -> None:
        letters = [dead_letter(self._service, record, reason) for record, reason in poison]
        try:
            await self._publisher.publish(letters)
        except RefusedMessage as refusal:
            await self._publisher.publish([without_record(letters[at]) for at in refusal.refused])
        for record, reason in poison:
            metrics.dead_letters.labels(self._service, record.topic).inc()
            log.warning(
                "dead letter",
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                reason=reason,
            )


def _because(failure: Exception) -> str:
    return str(failure) if isinstance(failure, TransientFailure) else type(failure).__name__


async def _commit(consumer: DoorConsumer, records: Sequence[RawRecord]) -> None:
    offsets: dict[TopicPartition, int] = {}
    for record in records:
        partition = TopicPartition(record.topic, record.partition)
        offsets[partition] = max(offsets.get(partition, 0), record.offset + 1)
    try:
        await consumer.commit(offsets)
    except KafkaError as error:  # all is published and registered; a repeat changes nothing
        log.warning("offsets not committed", because=type(error).__name__)


def _is_silent(consumer: DoorConsumer, *, since: datetime, now: datetime) -> bool:
    """Not one without partitions: it has nothing to fetch."""
    answers = [consumer.last_poll_timestamp(each) for each in consumer.assignment()]
    heard = [moment_of(answer) for answer in answers if answer]
    return bool(answers) and now - max([since, *heard]) > SILENCE


async def _show_lag(consumer: DoorConsumer, reads: str) -> None:
    lag = 0
    with suppress(KafkaError, TimeoutError):
        for partition in consumer.assignment():
            highwater = consumer.highwater(partition)
            if highwater is not None:
                async with asyncio.timeout(1):
                    lag += max(0, highwater - await consumer.position(partition))
        metrics.consumer_lag.labels(reads).set(lag)
