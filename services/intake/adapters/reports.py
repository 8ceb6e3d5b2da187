"""The door for reports that come over Kafka: taken exactly as those that come over HTTP.

    poll -> read -> receive, which publishes and registers -> dead letters -> commit

Offsets are committed last, so whatever was cut off comes again; that is a repeat, which the
register knows by document and version. What can never be taken becomes a dead letter. While the
broker or the database is away the batch in hand waits, and is tried again: nobody has to send it
a second time.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from services.intake.views.problems import reason_of
from shared.contracts.envelope import from_headers
from shared.contracts.followup import ReportMade, ReportWithdrawn
from shared.contracts.http.intake import Item
from shared.contracts.topics import REPORTS
from shared.platform import metrics
from shared.platform.backoff import Backoff
from shared.platform.dead_letters import dead_letter, without_record
from shared.platform.errors import PoisonRecord, RefusedMessage, TransientFailure
from shared.platform.kafka import RawRecord, group_of
from shared.platform.publisher import Publisher
from shared.time.clock import SystemClock, TimeSource
from shared.time.zones import moment_of

NAME = "intake"
GROUP = group_of(NAME)
TOPICS = (REPORTS.name,)
RECORDS_AT_ONCE = 100
POLL_MS = 500
STOP_SECONDS = 5.0
SILENCE = timedelta(seconds=30)
"""A consumer that had no answer to a fetch for so long is replaced: it may hang for ever."""

log = structlog.get_logger()

_OF_THE_MESSAGE = ("specversion", "id", "source", "time", "dealerid", "traceparent")
"""What the event has of the message that reports it: its time tells versions apart."""
_CONTRACTS: Mapping[str, type[ReportMade] | type[ReportWithdrawn]] = {
    contract.TYPE: contract for contract in (ReportMade, ReportWithdrawn)
}


class ReportsConsumer(Protocol):
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


class ReceiveReports(Protocol):
    """What the door over HTTP does with its events, too."""

    async def __call__(self, events: Sequence[object], /) -> Sequence[Item]:
        """As `Intake.receive` promises."""
        ...


class ReportsDoor:
    """Takes reports from `TOPICS`, in the order of each customer. Any number of instances may.

    `check`: raises until the topics are there, and we may use them. `clock`: by which the consumer
    says when it had an answer last; the computer's unless another is given.
    """

    def __init__(
        self,
        receive: ReceiveReports,
        publisher: Publisher,
        *,
        make_consumer: Callable[[], ReportsConsumer],
        check: Callable[[], Awaitable[None]],
        clock: TimeSource | None = None,
    ) -> None:
        self._receive = receive
        self._publisher = publisher
        self._make_consumer = make_consumer
        self._check = check
        self._clock = clock or SystemClock()
        self._backoff = Backoff()
        self.trouble: str | None = None
        """What `check` last said, in words for the operator; None: nothing."""
        metrics.begin(metrics.records_consumed, [NAME], TOPICS)
        metrics.begin(metrics.dead_letters, [NAME], TOPICS)
        metrics.begin(metrics.records_skipped, [NAME])

    async def run(self) -> None:
        """Read until cancelled, with another consumer after each failure."""
        while True:
            try:
                await self._checked()
                await self._with_consumer(self._make_consumer())
            except Exception as failure:  # whatever it is: the door over HTTP stays open
                log.warning("reports are not read", because=_because(failure))
            await self._backoff.wait()

    async def _checked(self) -> None:
        try:
            await self._check()
        except TransientFailure as failure:
            self.trouble = str(failure)
            raise
        self.trouble = None

    async def _with_consumer(self, consumer: ReportsConsumer) -> None:
        try:
            await consumer.start()
            log.info("reading reports", topics=TOPICS)
            await self._read(consumer)
        finally:
            with suppress(KafkaError, OSError, TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await consumer.stop()

    async def _read(self, consumer: ReportsConsumer) -> None:
        heard_at = self._clock.now()
        while True:
            polled = await consumer.getmany(timeout_ms=POLL_MS, max_records=RECORDS_AT_ONCE)
            records = [record for found in polled.values() for record in found]
            if records:
                await self.take(records)
                await _commit(consumer, records)
                self._backoff.reset()
                heard_at = self._clock.now()
            elif _is_silent(consumer, since=heard_at, now=self._clock.now()):
                raise TransientFailure("broker: the consumer fetches nothing any more")
            await _show_lag(consumer)

    async def take(self, records: Sequence[RawRecord]) -> None:
        """Take these to the end, however long the broker or the database is away."""
        while True:
            try:
                await self._take(records)
            except TransientFailure as failure:
                metrics.transient_failures.labels(NAME, type(failure).__name__).inc()
                log.warning("reports wait", because=str(failure))
                await self._backoff.wait()
            else:
                break
        for topic, count in Counter(record.topic for record in records).items():
            metrics.records_consumed.labels(NAME, topic).inc(count)

    async def _take(self, records: Sequence[RawRecord]) -> None:
        found: list[tuple[RawRecord, object]] = []
        poison: list[tuple[RawRecord, str]] = []
        for record in records:
            try:
                event = event_in(record)
            except PoisonRecord as wrong:
                poison.append((record, wrong.reason))
                continue
            if event is None:
                metrics.records_skipped.labels(NAME).inc()
            else:
                found.append((record, event))
        reasons = await self._received([event for _, event in found])
        poison += [
            (record, reason)
            for (record, _), reason in zip(found, reasons, strict=True)
            if reason is not None
        ]
        if poison:
            await self._bury(poison)

    async def _received(self, events: Sequence[object]) -> list[str | None]:
        """Why each event can never be taken; None of those that are."""
        try:
            items = await self._receive(events)
        except TransientFailure:
            raise
        except Exception as error:  # of several, the others go through
            if len(events) == 1:
                return [f"intake failed: {type(error).__name__}"]
            return [reason for event in events for reason in await self._received([event])]
        return [None if item.problem is None else reason_of(item.problem) for item in items]

    async def _bury(self, poison: Sequence[tuple[RawRecord, str]]) -> None:
        letters = [dead_letter(NAME, record, reason) for record, reason in poison]
        try:
            await self._publisher.publish(letters)
        except RefusedMessage as refusal:
            await self._publisher.publish([without_record(letters[at]) for at in refusal.refused])
        for record, reason in poison:
            metrics.dead_letters.labels(NAME, record.topic).inc()
            log.warning(
                "dead letter",
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                reason=reason,
            )


def event_in(record: RawRecord) -> object | None:
    """The event that a record reports, as JSON values; None for a type that is not read here.

    Raises `PoisonRecord` with a reason that holds nothing from the content.
    """
    attributes = from_headers(record.headers)
    if "type" not in attributes:
        raise PoisonRecord("header ce_type is missing or unreadable")
    contract = _CONTRACTS.get(attributes["type"])
    if contract is None:
        return None
    try:
        report = contract.model_validate_json(record.value or b"")
    except ValidationError as error:
        fields = {str(found["loc"][0]) if found["loc"] else "value" for found in error.errors()}
        known = sorted(fields & {"value", *contract.model_fields})
        raise PoisonRecord(f"not valid: {', '.join(known)}") from None
    if record.key != report.customer_key.encode():
        raise PoisonRecord("the key is not that of the content's customer")
    if report.data.get("dealer_id") != report.dealer_id:
        raise PoisonRecord("the report is of another dealer than the record")
    envelope = {name: attributes[name] for name in _OF_THE_MESSAGE if name in attributes}
    return {**envelope, "type": report.reports, "data": report.data}


def _because(failure: Exception) -> str:
    return str(failure) if isinstance(failure, TransientFailure) else type(failure).__name__


async def _commit(consumer: ReportsConsumer, records: Sequence[RawRecord]) -> None:
    offsets: dict[TopicPartition, int] = {}
    for record in records:
        partition = TopicPartition(record.topic, record.partition)
        offsets[partition] = max(offsets.get(partition, 0), record.offset + 1)
    try:
        await consumer.commit(offsets)
    except KafkaError as error:  # all is published and registered; a repeat changes nothing
        log.warning("offsets not committed", because=type(error).__name__)


def _is_silent(consumer: ReportsConsumer, *, since: datetime, now: datetime) -> bool:
    """Not one without partitions: it has nothing to fetch."""
    answers = [consumer.last_poll_timestamp(each) for each in consumer.assignment()]
    heard = [moment_of(answer) for answer in answers if answer]
    return bool(answers) and now - max([since, *heard]) > SILENCE


async def _show_lag(consumer: ReportsConsumer) -> None:
    lag = 0
    with suppress(KafkaError, TimeoutError):
        for partition in consumer.assignment():
            highwater = consumer.highwater(partition)
            if highwater is not None:
                async with asyncio.timeout(1):
                    lag += max(0, highwater - await consumer.position(partition))
        metrics.consumer_lag.labels(NAME).set(lag)
