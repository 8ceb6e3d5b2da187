"""Up to which moment a partition has been read: what is unread may disprove what we would say.

A partition is *current* when all that its topics held has been handed to this instance. It
then speaks for the moment up to which that is known; before, facts are only taken in. One
that does not become current for too long speaks anyway, and a metric says so.
"""

import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Protocol, TypeAlias

from aiokafka import TopicPartition

from shared.platform import metrics
from shared.time.clock import TimeSource

Sight: TypeAlias = Mapping[int, datetime | None]
"""Partition -> all that its topics held then was handed out; None where more is waiting."""


class ReadPositions(Protocol):
    """What is needed of a Kafka consumer to know how far it has come."""

    async def handed_out(self) -> Mapping[TopicPartition, datetime | None]:
        """Of each assigned partition of a topic: all that it held at this moment has been handed
        out. None where more is waiting, or nobody knows yet."""
        ...


class Knowledge(Protocol):
    """How far the partitions of this instance have been read."""

    def read_until(self, partition: int) -> datetime | None:
        """All that the topics of `partition` held then has been read; None: nobody knows."""
        ...


class Progress:
    """Follows how far this instance has read, one assignment after another.

    What a look finds counts once it is noted: after all that was handed out by then is saved.
    When the clock is put back, what was found before counts no more: by the clock as it is now,
    that was another moment.
    """

    def __init__(
        self,
        *,
        service: str,
        clock: TimeSource,
        patience_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._clock = clock
        self._patience = patience_seconds
        self._monotonic = monotonic
        self._assignment = 0
        self._read_until: dict[int, datetime] = {}
        self._moved_at: dict[int, float] = {}
        """When `read_until` of a partition last moved, or it was first looked at."""
        self._latest = clock.now()

    async def look(
        self, positions: ReadPositions, partitions: Collection[int], assignment: int
    ) -> Sight:
        """How far `partitions` will have been read when what was handed out is done."""
        if assignment != self._assignment:
            self._assignment = assignment
            self._read_until, self._moved_at = {}, {}
        now = self._monotonic()
        for partition in partitions:
            self._moved_at.setdefault(partition, now)
        found = _by_partition(await positions.handed_out())
        return {partition: found.get(partition) for partition in partitions}

    def note(self, sight: Sight) -> None:
        """What was handed out by then is done."""
        now = self._monotonic()
        for partition, found in sight.items():
            known, moment = self._known(partition), self._past(found)
            if moment is not None and (known is None or moment > known):
                self._read_until[partition] = moment
                self._moved_at[partition] = now
        self._tell(sight)

    def read_until(self, partition: int) -> datetime | None:
        """As `Knowledge` promises; the present where it has been waited for long enough."""
        if self._is_out_of_patience(partition):
            return self._clock.now()
        return self._known(partition)

    def read_with(self, sight: Sight, partition: int) -> datetime | None:
        """`read_until` once what is in hand is done; None where more is waiting by this sight."""
        if self._is_out_of_patience(partition):
            return self._clock.now()
        moment, known = self._past(sight.get(partition)), self._known(partition)
        return moment if moment is None or known is None else max(moment, known)

    def _known(self, partition: int) -> datetime | None:
        now = self._clock.now()
        if now < self._latest:
            self._read_until.clear()
        self._latest = now
        return self._read_until.get(partition)

    def _past(self, moment: datetime | None) -> datetime | None:
        """None for what was seen by the clock before it was put back."""
        return None if moment is None or moment > self._clock.now() else moment

    def _is_out_of_patience(self, partition: int) -> bool:
        since = self._moved_at.get(partition)
        return since is not None and self._monotonic() - since > self._patience

    def _tell(self, sight: Sight) -> None:
        behind = sum(moment is None for moment in sight.values())
        unread = sum(map(self._is_out_of_patience, sight))
        metrics.partitions_behind.labels(self._service).set(behind)
        metrics.partitions_speaking_unread.labels(self._service).set(unread)


def _by_partition(handed_out: Mapping[TopicPartition, datetime | None]) -> Sight:
    """The earliest moment over all topics; None where it is of one of them."""
    found: dict[int, datetime | None] = {}
    for (_, partition), moment in handed_out.items():
        known = found.get(partition, moment)
        found[partition] = None if moment is None or known is None else min(moment, known)
    return found
