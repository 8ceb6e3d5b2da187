"""Doors over Kafka that run for a while, on a broker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from shared.platform.kafka_door import KafkaDoor


class KilledBeforeCommit:
    """A consumer of the broker, but the process ends before the offsets are committed."""

    def __init__(self, consumer: Any, killed: asyncio.Event) -> None:
        self._consumer = consumer
        self._killed = killed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._consumer, name)

    async def commit(self, offsets: object) -> None:
        self._killed.set()
        await asyncio.Event().wait()


@asynccontextmanager
async def running(door: KafkaDoor) -> AsyncIterator[None]:
    task = asyncio.create_task(door.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
