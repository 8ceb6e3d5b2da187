"""Which partitions are ours, and one turn at a time on them.

Batches, timers and audits each take a turn. Partitions are given up between turns only, so
what was begun is saved, published and committed before another instance starts. A process
that was stopped in mid-turn (a pause, a suspended machine) may have lost its partitions
without having been told: its turn is void.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from shared.platform.errors import OwnershipLost
from shared.time.clock import SystemClock

PULSES_PER_LIMIT = 10


class Pulse:
    """Notices when this process did not run for longer than `limit_seconds`."""

    def __init__(
        self, *, limit_seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit_seconds
        self._monotonic = monotonic
        self._last = monotonic()
        self._gaps = 0

    def gaps(self) -> int:
        """How many such pauses there have been so far."""
        now = self._monotonic()
        if now - self._last > self._limit:
            self._gaps += 1
        self._last = now
        return self._gaps

    async def beat(self) -> None:
        """Runs as long as the service does."""
        while True:
            self.gaps()
            await asyncio.sleep(self._limit / PULSES_PER_LIMIT)


@dataclass(slots=True)
class Turn:
    """The right to act for `partitions` until `ensure_current` says otherwise."""

    partitions: frozenset[int]
    unsettled: bool
    _gaps: int
    _pulse: Pulse

    def ensure_current(self) -> None:
        """Raises `OwnershipLost` when this process was paused during the turn."""
        if self._pulse.gaps() != self._gaps:
            raise OwnershipLost("this process was paused; its partitions may have moved")


class Ownership:
    """The partitions that Kafka assigned to this instance."""

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._turn = asyncio.Lock()
        self._partitions: frozenset[int] = frozenset()
        self._unsettled = True
        self._gaps = 0
        self.gains = 0
        """How often Kafka has assigned partitions."""
        self.assignments = 0
        """How often Kafka has assigned partitions, or may have done so during a pause."""
        self.gained_at: datetime | None = None
        """When Kafka last assigned partitions, by the computer's clock; None before the first."""

    @property
    def partitions(self) -> frozenset[int]:
        return self._partitions

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """Wait for the turn before to end, then act for the partitions owned by then.

        A turn that ends in an exception leaves its partitions unsettled, and so does a pause of
        this process: the next turn settles their intents before it does anything else.
        """
        async with self._turn:
            gaps = self._pulse.gaps()
            if gaps != self._gaps:
                self._gaps, self._unsettled = gaps, True
                self.assignments += 1
            turn = Turn(self._partitions, self._unsettled, gaps, self._pulse)
            try:
                yield turn
            except BaseException:
                self._unsettled = True
                raise
            self._unsettled = turn.unsettled

    async def gained(self, partitions: Iterable[int]) -> None:
        """Kafka assigned these: all that this instance owns from now on."""
        async with self._turn:
            self._partitions = frozenset(partitions)
            self._unsettled = True
            self.gains += 1
            self.assignments += 1
            self.gained_at = SystemClock().now()

    async def revoke(self) -> None:
        """Give up all partitions, after the turn in hand."""
        async with self._turn:
            self._partitions = frozenset()
