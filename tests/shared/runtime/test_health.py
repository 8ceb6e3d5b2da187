"""Readiness notices a consumer that is dead or stuck."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiokafka import TopicPartition

from shared.runtime import health
from shared.runtime.health import LONG_BATCH, SILENCE, consumer_troubles
from shared.settings import MongoSettings, ServiceSettings
from tests.servers import broker_kind, running_broker
from tests.shared.runtime.on_servers import running, until

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Consumer:
    """A consumer that last had an answer at these times, by partition."""

    polled: dict[int, datetime | None]

    def assignment(self) -> set[TopicPartition]:
        return {TopicPartition("t", number) for number in self.polled}

    def last_poll_timestamp(self, partition: TopicPartition) -> int | None:
        polled = self.polled[partition.partition]
        return None if polled is None else int(polled.timestamp() * 1000)


@dataclass
class Task:
    ended: bool

    def done(self) -> bool:
        return self.ended


RUNNING = [Task(True), Task(False)]


LONG_AGO = NOW - 99 * SECOND


def troubles(
    consumer: Consumer | None,
    *,
    gained: datetime | None = LONG_AGO,
    began: datetime | None = None,
    failures: int = 0,
    tasks: Sequence[Task] = RUNNING,
) -> list[str]:
    return consumer_troubles(
        consumer, tasks, gained_at=gained, batch_began_at=began, failures_in_a_row=failures, now=NOW
    )


def test_a_batch_that_fails_again_and_again_is_trouble() -> None:
    consumer = Consumer({0: NOW})
    assert troubles(consumer, failures=4) == []
    assert troubles(consumer, failures=5) == ["the same batch has failed 5 times in a row"]


@pytest.mark.parametrize(
    "polled", [{}, {0: NOW}, {0: NOW - SILENCE, 1: None}, {0: LONG_AGO, 1: NOW}]
)
def test_a_consumer_that_fetches_lives(polled: dict[int, datetime | None]) -> None:
    assert troubles(Consumer(polled)) == []


def test_a_consumer_that_fetches_nothing_is_dead() -> None:
    silent = NOW - SILENCE - SECOND
    assert troubles(Consumer({0: silent, 1: silent - SECOND, 2: None})) == [
        "the consumer has fetched nothing for 31 s"
    ]


def test_a_consumer_that_never_fetched_is_dead_after_a_while() -> None:
    consumer = Consumer({0: None})
    assert troubles(consumer, gained=NOW - SILENCE) == []
    assert troubles(consumer) == ["the consumer has fetched nothing for 99 s"]


def test_before_the_first_assignment_it_is_not_ready() -> None:
    assert troubles(Consumer({}), gained=None) == ["waiting for the first assignment of partitions"]


def test_a_batch_that_does_not_end_is_stuck() -> None:
    consumer = Consumer({0: NOW})
    assert troubles(consumer, began=NOW - LONG_BATCH) == []
    assert troubles(consumer, began=NOW - LONG_BATCH - SECOND) == [
        "a batch has been in hand for 61 s"
    ]


def test_a_consumer_without_its_task_is_dead() -> None:
    consumer = Consumer({0: NOW})
    assert troubles(consumer, tasks=[Task(True)]) == ["the consumer's task has ended"]
    assert troubles(None) == ["the consumer is not running"]


@pytest.mark.broker
async def test_a_service_without_its_broker_is_not_ready(
    tmp_path: Path, mongo_settings: MongoSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "SILENCE", 2 * SECOND)
    with ExitStack() as while_it_runs:
        broker = while_it_runs.enter_context(running_broker(tmp_path, broker_kind()))
        settings = ServiceSettings(kafka=broker.settings(), mongo=mongo_settings)
        async with running(settings) as runtime:

            async def ready() -> bool:
                return not await runtime.troubles()

            async def silent() -> bool:
                return any("fetched nothing" in trouble for trouble in await runtime.troubles())

            await until(ready)
            while_it_runs.close()
            await until(silent)
