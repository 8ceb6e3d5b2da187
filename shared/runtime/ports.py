"""What a worker meets the outside through: handed in, so that production, the simulation and the
tests run the same worker."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiokafka import TopicPartition

from shared.platform.publisher import Publisher
from shared.runtime.ownership import Ownership
from shared.runtime.progress import ReadPositions
from shared.runtime.store import Store
from shared.runtime.summaries import SummaryStore
from shared.time.clock import TimeSource
from shared.time.zones import milliseconds_of


class Subscription(ReadPositions, Protocol):
    """What is needed of a Kafka consumer besides its records."""

    def assignment(self) -> set[TopicPartition]: ...

    def seek(self, partition: TopicPartition, offset: int) -> None: ...

    async def commit(self, offsets: dict[TopicPartition, int]) -> None: ...


def random_intent_id(at: datetime) -> str:
    """Unique, and sorts by time."""
    return f"{milliseconds_of(at):013d}-{uuid.uuid4().hex}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The store, the broker on both sides, whose partitions are ours, and the time.

    `clock` tells the present, `monotonic` how many seconds have passed since some moment.
    """

    store: Store
    publisher: Publisher
    subscription: Subscription
    ownership: Ownership
    clock: TimeSource
    monotonic: Callable[[], float] = time.monotonic
    intent_id: Callable[[datetime], str] = random_intent_id
    summaries: SummaryStore | None = None
    """Where lists and totals are kept, of a decider that has any."""
