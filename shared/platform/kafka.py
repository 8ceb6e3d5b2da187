"""How every Kafka client of ours reaches the brokers; producers, consumers, administration.

Deciders read through FastStream (shared/runtime/subscribe.py), with the same `connection`.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.partitioner import DefaultPartitioner

from shared.platform.tls import client_context, kafka_files
from shared.settings import KafkaSettings

RawRecord: TypeAlias = "ConsumerRecord[bytes, bytes]"
"""A record as it is read: nothing of it is understood yet."""

MAX_REQUEST_BYTES = 2_500_000
"""Dead letters carry a record as large as Kafka's default limit, and their headers."""

CASE_FOLLOWS = b"|"
"""In the key of a case, after its customer."""

_usual = DefaultPartitioner()


def connection(settings: KafkaSettings) -> dict[str, Any]:
    """The arguments every aiokafka client needs to reach the brokers.

    Raises `WrongFile` where one for TLS cannot be used.
    """
    options: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers,
        "security_protocol": settings.security_protocol,
    }
    if settings.encrypted:
        options["ssl_context"] = client_context(kafka_files(settings))
    if settings.security_protocol.startswith("SASL"):
        options["sasl_mechanism"] = settings.sasl_mechanism
        options["sasl_plain_username"] = settings.sasl_username
        options["sasl_plain_password"] = settings.sasl_password.get_secret_value()
    return options


def make_producer(settings: KafkaSettings) -> AIOKafkaProducer:
    """A producer that waits for all replicas; the caller starts and stops it."""
    return AIOKafkaProducer(
        **connection(settings),
        acks="all",
        enable_idempotence=settings.idempotent_producer,
        partitioner=by_customer,
        max_request_size=MAX_REQUEST_BYTES,
        max_batch_size=256 * 1024,
        request_timeout_ms=10_000,
    )


def make_consumer(
    settings: KafkaSettings, *, group: str, topics: Sequence[str]
) -> AIOKafkaConsumer:
    """A consumer that commits what it is told to; the caller starts and stops it.

    For what needs no order but that of a customer, and may be done twice: an instance that loses a
    partition need not have finished what it took of it.
    """
    session_ms = int(settings.session_timeout_seconds * 1000)
    return AIOKafkaConsumer(
        *topics,
        **connection(settings),
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=session_ms,
        heartbeat_interval_ms=session_ms // 4,
        fetch_max_wait_ms=settings.fetch_wait_ms,
    )


def group_of(service: str) -> str:
    """The group that a service's instances read in."""
    return f"aftercare.{service}"


def by_customer(key: bytes | None, partitions: Sequence[int], available: Sequence[int]) -> int:
    """Kafka's usual partition of the customer that a key begins with: a case is at its customer's,
    where one instance reads all topics."""
    customer = key if key is None else key.partition(CASE_FOLLOWS)[0]
    partition: int = _usual(customer, partitions, available)
    return partition


def make_admin(settings: KafkaSettings) -> AIOKafkaAdminClient:
    """An administration client; the caller starts and closes it."""
    return AIOKafkaAdminClient(**connection(settings))


async def partition_counts(settings: KafkaSettings, topics: list[str]) -> dict[str, int]:
    """How many partitions each topic has; topics that do not exist are left out."""
    admin = make_admin(settings)
    await admin.start()
    try:
        # all of them: docs/operations/embedded.md says why
        async with asyncio.timeout(15):
            described = await admin.describe_topics()
    finally:
        await admin.close()
    return {
        topic["topic"]: len(topic["partitions"])
        for topic in described
        if topic["topic"] in topics and topic["error_code"] == 0 and topic["partitions"]
    }
