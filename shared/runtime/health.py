"""Whether the consumer lives: it may be dead or stuck while its process answers.

aiokafka can hang after a broker's restart without a sign, and FastStream's ping does not see
it. So these look at what a living consumer does: it fetches, and it finishes its batches.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from aiokafka import TopicPartition

from shared.time.zones import moment_of

SILENCE = timedelta(seconds=30)
"""A consumer that had no answer to a fetch for so long is dead."""
FAILURES_IN_A_ROW = 5
"""A batch that has failed so often, over several seconds, does not fail by chance."""
LONG_BATCH = timedelta(seconds=60)
"""A batch that takes so long is stuck: trouble with the database or broker ends it sooner."""


class Polling(Protocol):
    """What is needed of an aiokafka consumer."""

    def assignment(self) -> set[TopicPartition]: ...

    def last_poll_timestamp(self, partition: TopicPartition) -> int | None: ...


class PollingTask(Protocol):
    """What is needed of the task that polls."""

    def done(self) -> bool: ...


def consumer_troubles(
    consumer: Polling | None,
    tasks: Sequence[PollingTask],
    *,
    gained_at: datetime | None,
    batch_began_at: datetime | None,
    failures_in_a_row: int,
    failed_because: str = "",
    now: datetime,
) -> list[str]:
    """What is wrong with a consumer, in words for the operator; nothing: it lives.

    `gained_at`: when it last was assigned partitions; `batch_began_at`: of the one in hand;
    `failures_in_a_row`: how often a batch has failed since one went through, `failed_because`: why
    it last did.
    """
    if consumer is None:
        return ["the consumer is not running"]
    if all(task.done() for task in tasks):
        return ["the consumer's task has ended"]
    if gained_at is None:
        return ["waiting for the first assignment of partitions"]
    troubles = []
    silent = now - _last_answer(consumer, gained_at)
    if silent > SILENCE and consumer.assignment():
        troubles.append(f"the consumer has fetched nothing for {silent.total_seconds():.0f} s")
    if failures_in_a_row >= FAILURES_IN_A_ROW:
        why = f" ({failed_because})" if failed_because else ""
        troubles.append(f"the same batch has failed {failures_in_a_row} times in a row{why}")
    if batch_began_at is not None and now - batch_began_at > LONG_BATCH:
        stuck = (now - batch_began_at).total_seconds()
        troubles.append(f"a batch has been in hand for {stuck:.0f} s")
    return troubles


def _last_answer(consumer: Polling, gained_at: datetime) -> datetime:
    """When a fetch was last answered; `gained_at` where none was since."""
    answered = map(consumer.last_poll_timestamp, consumer.assignment())
    latest_ms = max((answer for answer in answered if answer is not None), default=0)
    return max(gained_at, moment_of(latest_ms))
