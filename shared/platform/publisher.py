"""Publishing: pipelined, acknowledged by all replicas, awaited together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeAlias

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
)

from shared.platform.backoff import Backoff
from shared.platform.errors import RefusedMessage, TransientFailure
from shared.platform.kafka import make_producer
from shared.platform.kafka_words import in_words
from shared.settings import KafkaSettings
from shared.yaml_file import WrongFile

PUBLISH_TIMEOUT_SECONDS = 15.0
SENT_AT_ONCE = 50
STOP_TIMEOUT_SECONDS = 5.0

Explain: TypeAlias = Callable[[Exception], Awaitable[str]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it goes onto a topic; its partition follows from its key unless named."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    partition: int | None = None


class Publisher(Protocol):
    """Takes records to the broker."""

    async def publish(self, records: Sequence[Record]) -> None:
        """Returns when the broker has acknowledged every record.

        Raises `TransientFailure` when some may not have arrived (send all of them again), and
        `RefusedMessage` when all arrived but those that it will never take.
        """
        ...


class KafkaPublisher:
    """A relay through one started aiokafka producer."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def publish(self, records: Sequence[Record]) -> None:
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
                outcomes = await self._send(records)
        except TimeoutError as error:
            raise TransientFailure("broker: no acknowledgement in time") from error
        refused = []
        for position, outcome in enumerate(outcomes):
            if isinstance(outcome, MessageSizeTooLargeError):
                refused.append(position)
            elif isinstance(outcome, TopicAuthorizationFailedError):
                topic = records[position].topic
                raise TransientFailure(f"broker: not allowed: Write on topic {topic}") from outcome
            elif isinstance(outcome, KafkaError):
                raise TransientFailure(f"broker: {type(outcome).__name__}") from outcome
            elif isinstance(outcome, BaseException):
                raise outcome
        if refused:
            raise RefusedMessage(refused)

    async def _send(self, records: Sequence[Record]) -> list[object]:
        pending: list[asyncio.Future[object]] = []
        for position, record in enumerate(records):
            if position % SENT_AT_ONCE == SENT_AT_ONCE - 1:
                await asyncio.sleep(0)  # the client alone would not let others run
            # the client refuses a record with neither key nor value
            value = b"" if record.key is None and record.value is None else record.value
            try:
                pending.append(
                    await self._producer.send(
                        record.topic,
                        value=value,
                        key=record.key,
                        headers=list(record.headers),
                        partition=record.partition,
                    )
                )
            except KafkaError as error:
                failed: asyncio.Future[object] = asyncio.get_running_loop().create_future()
                failed.set_exception(error)
                pending.append(failed)
        return list(await asyncio.gather(*pending, return_exceptions=True))


class ConnectingPublisher:
    """Publishes through a producer that a background task connects.

    A producer that failed is replaced, for it may be beyond repair, and an idle one would not
    find out. Until there is one, `publish` raises `TransientFailure` at once.
    """

    def __init__(
        self, make_producer: Callable[[], AIOKafkaProducer], *, explain: Explain | None = None
    ) -> None:
        """`explain`: tells in words for the operator why it cannot connect."""
        self._make_producer = make_producer
        self._explain = explain
        self._because = ""
        self._producer: AIOKafkaProducer | None = None
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a producer that has not failed."""
        return self._producer is not None

    @property
    def trouble(self) -> str | None:
        """What keeps it from publishing, in words for the operator; None: nothing."""
        if self.connected:
            return None
        return f"broker: not connected{f' ({self._because})' if self._because else ''}"

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._wanted.set()
        self._task = asyncio.create_task(self._keep_connected())

    async def stop(self) -> None:
        """Stop connecting, and send what is still to be sent."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        producer, self._producer = self._producer, None
        await _stop(producer)

    async def publish(self, records: Sequence[Record]) -> None:
        """As `Publisher` promises."""
        producer = self._producer
        if producer is None:
            raise TransientFailure("broker: not connected yet")
        try:
            await KafkaPublisher(producer).publish(records)
        except TransientFailure:
            if producer is self._producer:
                self._wanted.set()
            raise

    async def _keep_connected(self) -> None:
        while True:
            await self._wanted.wait()
            broken, self._producer = self._producer, None
            await _stop(broken)
            self._producer = await self._connect()
            self._wanted.clear()
            log.info("connected to the broker")

    async def _connect(self) -> AIOKafkaProducer:
        backoff = Backoff()
        while True:
            producer = None
            try:
                producer = self._make_producer()
                await producer.start()
                self._because = ""
                return producer
            except (KafkaError, OSError) as error:
                self._because = await self._in_words(error)
                log.warning("the broker is away", error=type(error).__name__, why=self._because)
            except WrongFile as wrong:  # of certificates, amid their renewal
                self._because = str(wrong)
                log.warning("the broker cannot be reached", why=self._because)
            except asyncio.CancelledError:
                await _stop(producer)
                raise
            await _stop(producer)
            await backoff.wait()

    async def _in_words(self, error: Exception) -> str:
        return "" if self._explain is None else await self._explain(error)


def connecting_publisher(settings: KafkaSettings) -> ConnectingPublisher:
    """To these brokers; `trouble` says which setting to look at."""
    return ConnectingPublisher(
        partial(make_producer, settings), explain=partial(in_words, settings)
    )


async def _stop(producer: AIOKafkaProducer | None) -> None:
    """Stop within a limit: a producer without a broker waits for it for ever."""
    if producer is None:
        return
    try:
        async with asyncio.timeout(STOP_TIMEOUT_SECONDS):
            await producer.stop()
    except (KafkaError, OSError, TimeoutError) as error:
        log.warning("the producer did not stop cleanly", error=type(error).__name__)
