"""The worker of a service on fakes: the one that production runs, put together as it does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from aiokafka import TopicPartition

from shared.decider.decider import Decider, Facts
from shared.decider.policy import Policy
from shared.platform.publisher import Publisher
from shared.runtime.ownership import Ownership, Pulse
from shared.runtime.ports import Ports
from shared.runtime.store import Store
from shared.runtime.summaries import SummaryStore
from shared.runtime.worker import Worker
from shared.settings import RuntimeSettings
from shared.time.clock import TimeSource

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)


class AllHandedOut:
    """A subscription to topics that hold nothing that was not handed out."""

    def __init__(self, ownership: Ownership, clock: TimeSource) -> None:
        self._ownership = ownership
        self._clock = clock

    def assignment(self) -> set[TopicPartition]:
        return {TopicPartition("any", partition) for partition in self._ownership.partitions}

    def seek(self, partition: TopicPartition, offset: int) -> None:
        raise AssertionError("nothing was handed out that could come again")

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        raise AssertionError("nothing was handed out that could be committed")

    async def handed_out(self) -> Mapping[TopicPartition, datetime | None]:
        return dict.fromkeys(self.assignment(), self._clock.now())


def working(
    decider: Decider[F, P],
    *,
    store: Store,
    publisher: Publisher,
    clock: TimeSource,
    ownership: Ownership | None = None,
    settings: RuntimeSettings | None = None,
    dealers: Sequence[str] = (),
    monotonic: Callable[[], float] = lambda: 0.0,
    summaries: SummaryStore | None = None,
) -> Worker[F, P]:
    """A worker that has nothing left to read. It must not give up."""

    def give_up(reason: str) -> None:
        raise AssertionError(reason)

    owned = ownership or Ownership(Pulse(limit_seconds=5, monotonic=lambda: 0.0))
    ports = Ports(
        store=store,
        publisher=publisher,
        subscription=AllHandedOut(owned, clock),
        ownership=owned,
        clock=clock,
        monotonic=monotonic,
        summaries=summaries,
    )
    return Worker(decider, ports, settings or RuntimeSettings(), dealers=dealers, give_up=give_up)
