"""Publishing: pipelined, acknowledged by all replicas, awaited together."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from shared.runtime.errors import RefusedMessage, TransientFailure

PUBLISH_TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it goes onto a topic; its partition follows from its key."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


class Relay(Protocol):
    """Takes records to the broker."""

    async def publish(self, records: Sequence[Record]) -> None:
        """Returns when the broker has acknowledged every record.

        Raises `TransientFailure` when some may not have arrived (send all of them again), and
        `RefusedMessage` when all arrived but those that it will never take.
        """
        ...


class KafkaRelay:
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
            elif isinstance(outcome, KafkaError):
                raise TransientFailure(f"broker: {type(outcome).__name__}") from outcome
            elif isinstance(outcome, BaseException):
                raise outcome
        if refused:
            raise RefusedMessage(refused)

    async def _send(self, records: Sequence[Record]) -> list[object]:
        pending: list[asyncio.Future[object]] = []
        for record in records:
            try:
                pending.append(
                    await self._producer.send(
                        record.topic,
                        value=record.value,
                        key=record.key,
                        headers=list(record.headers),
                    )
                )
            except KafkaError as error:
                failed: asyncio.Future[object] = asyncio.get_running_loop().create_future()
                failed.set_exception(error)
                pending.append(failed)
        return list(await asyncio.gather(*pending, return_exceptions=True))
