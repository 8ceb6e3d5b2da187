"""The subscription: one batch subscriber on all topics of a service, through FastStream.

Manual acknowledgement, raw records, and the range assignor: all topics have the same number
of partitions, so one instance owns the same partition of each.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from aiokafka import (
    AIOKafkaConsumer,
    ConsumerRebalanceListener,
    ConsumerRecord,
    TopicPartition,
)
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.subscriber.usecase import BatchSubscriber
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from shared.platform.kafka import connection, group_of
from shared.runtime.ownership import Ownership
from shared.settings import KafkaSettings
from shared.time.clock import SystemClock, TimeSource
from shared.time.zones import milliseconds_of, moment_of

POLL_MS = 50
REBALANCE_TIMEOUT_MS = 60_000
MAX_POLL_INTERVAL_MS = 300_000

Take: TypeAlias = Callable[[Sequence["ConsumerRecord[bytes, bytes]"]], Awaitable[None]]


def subscribe(
    *,
    settings: KafkaSettings,
    service: str,
    topics: Sequence[str],
    batch_records: int,
    ownership: Ownership,
    subscription: "KafkaSubscription",
    take: Take,
    graceful_stop_seconds: float,
) -> tuple[KafkaBroker, BatchSubscriber]:
    """A broker with the service's subscriber; nothing connects before it is started."""
    broker = KafkaBroker(
        settings.bootstrap_servers.split(","),
        security=_security(settings),
        client_id=f"aftercare-{service}",
        consumer_only=True,
        allow_auto_create_topics=False,
        graceful_timeout=graceful_stop_seconds,
        apply_types=False,
        logger=None,
    )
    session_ms = int(settings.session_timeout_seconds * 1000)
    subscriber = broker.subscriber(
        *topics,
        group_id=group_of(service),
        batch=True,
        max_records=batch_records,
        batch_timeout_ms=POLL_MS,
        ack_policy=AckPolicy.MANUAL,
        auto_offset_reset="earliest",
        partition_assignment_strategy=(RangePartitionAssignor,),
        listener=_Listener(ownership, subscription),
        session_timeout_ms=session_ms,
        heartbeat_interval_ms=session_ms // 4,
        rebalance_timeout_ms=REBALANCE_TIMEOUT_MS,
        max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
        fetch_max_wait_ms=settings.fetch_wait_ms,
        parser=_as_it_came,
        decoder=_records,
        no_reply=True,
    )

    @subscriber
    async def on_batch(records: tuple["ConsumerRecord[bytes, bytes]", ...]) -> None:
        await take(records)

    return broker, subscriber


class KafkaSubscription:
    """The consumer of a subscription, which comes and goes with its broker connection."""

    def __init__(self, consumer: Callable[[], AIOKafkaConsumer | None], clock: TimeSource) -> None:
        self._consumer = consumer
        self._clock = clock
        self._assigned_at = 0
        self._answers: dict[TopicPartition, tuple[int, int]] = {}
        """When the broker last answered a fetch, and when before that, or when the partition was
        assigned; milliseconds since 1970, by the computer's clock."""

    def assigned(self) -> None:
        """Partitions are assigned: what is fetched of them from now on is asked for after this."""
        self._assigned_at = milliseconds_of(SystemClock().now())
        self._answers.clear()

    def assignment(self) -> set[TopicPartition]:
        consumer = self._consumer()
        return set(consumer.assignment()) if consumer is not None else set()

    def seek(self, partition: TopicPartition, offset: int) -> None:
        consumer = self._consumer()
        if consumer is not None:
            consumer.seek(partition, offset)

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        consumer = self._consumer()
        if consumer is not None:
            await consumer.commit(offsets)

    async def handed_out(self) -> Mapping[TopicPartition, datetime | None]:
        """As `ReadPositions` promises. A fetch is sent once the one before is answered, so what the
        last answer leaves out was written after the one before it."""
        consumer = self._consumer()
        if consumer is None:
            return {}
        found: dict[TopicPartition, datetime | None] = {}
        for partition in consumer.assignment():
            end, answered = consumer.highwater(partition), consumer.last_poll_timestamp(partition)
            if end is None or answered is None:
                found[partition] = None
                continue
            last, before = self._answers.get(partition, (answered, self._assigned_at))
            if answered != last:
                last, before = answered, last
            self._answers[partition] = last, before
            at_end = await consumer.position(partition) >= end
            found[partition] = self._moment(before) if at_end else None
        return found

    def _moment(self, milliseconds: int) -> datetime:
        return self._clock.at(moment_of(milliseconds))


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka is not typed
    """Drains before partitions are given up; what is gained is settled by the next turn."""

    def __init__(self, ownership: Ownership, subscription: KafkaSubscription) -> None:
        self._ownership = ownership
        self._subscription = subscription

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._ownership.revoke()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._subscription.assigned()
        await self._ownership.gained(found.partition for found in assigned)


async def _as_it_came(records: tuple["ConsumerRecord[bytes, bytes]", ...]) -> KafkaMessage:
    """FastStream's own parser fails for good on a header that is null or not UTF-8."""
    return KafkaMessage(
        raw_message=records,
        body=b"",
        headers={},
        content_type=None,
        message_id="",
        correlation_id="",
        consumer=_NO_CONSUMER,
    )


async def _records(message: KafkaMessage) -> object:
    """What the handler is given: the raw records of the batch."""
    return message.raw_message


class _NoConsumer:
    """Acknowledgement goes by explicit offsets, never through the message."""

    async def commit(self) -> None:
        raise AssertionError("offsets are committed by the runtime alone")

    def seek(self, partition: TopicPartition, offset: int) -> None:
        raise AssertionError("offsets are rewound by the runtime alone")


_NO_CONSUMER = _NoConsumer()


_SASL: Mapping[str, Callable[..., BaseSecurity]] = {
    "PLAIN": SASLPlaintext,
    "SCRAM-SHA-256": SASLScram256,
    "SCRAM-SHA-512": SASLScram512,
}


def _security(settings: KafkaSettings) -> BaseSecurity | None:
    """What every client of ours reaches the brokers with, in FastStream's words."""
    options = connection(settings)
    ssl = options.get("ssl_context")
    if "sasl_mechanism" in options:
        return _SASL[options["sasl_mechanism"]](
            options["sasl_plain_username"],
            options["sasl_plain_password"],
            ssl_context=ssl,
            use_ssl=ssl is not None,
        )
    return BaseSecurity(ssl_context=ssl, use_ssl=True) if ssl else None
