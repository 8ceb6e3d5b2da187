"""A service stops when it is told to, whatever it is about."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import TopicPartition
from pydantic import SecretStr

from shared.runtime.lifecycle import Runtime
from shared.settings import KafkaSettings, MongoSettings, ServiceSettings
from tests.servers import PATIENCE_SECONDS
from tests.shared.runtime.toy import TOY

NOWHERE = ServiceSettings(
    kafka=KafkaSettings(bootstrap_servers="127.0.0.1:1"),
    mongo=MongoSettings(uri=SecretStr("mongodb://127.0.0.1:1")),
)
STEPS = 25
"""More turns of the event loop than the lag of all partitions takes."""


class Consumer:
    """A consumer whose positions are known at once."""

    def assignment(self) -> set[TopicPartition]:
        return {TopicPartition("t", number) for number in range(6)}

    def highwater(self, partition: TopicPartition) -> int:
        return int(partition.partition)

    async def position(self, partition: TopicPartition) -> int:
        return 0

    async def stop(self) -> None:
        pass


@pytest.mark.parametrize("steps", range(STEPS))
async def test_it_stops_at_any_step_of_reading_the_lag(
    steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime: Runtime[Any, Any] = Runtime(replace(TOY), NOWHERE)
    monkeypatch.setattr(runtime._subscriber, "consumer", Consumer())
    await runtime.start()
    for _ in range(steps):
        await asyncio.sleep(0)
    stopping = asyncio.create_task(runtime.stop())
    ended, _ = await asyncio.wait({stopping}, timeout=PATIENCE_SECONDS)
    stopping.cancel()
    assert ended
