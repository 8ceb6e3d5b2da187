"""Gauges of what is stored: how much is open, overdue and due, by dealer, as it stands now.

Counters tell what a process did, and forget it with the process; these are counted anew from the
database, so that they are right after any restart, and those of one instance are those of all.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from prometheus_client import Gauge

from shared.dealers.dealer import Dealer
from shared.decider.decision import Listing
from shared.platform import metrics
from shared.platform.errors import TransientFailure
from shared.runtime.ownership import Ownership
from shared.runtime.store import ReadStore
from shared.time.clock import TimeSource

COUNTS_FOR_ALL = 0
"""Whoever owns this partition counts for all partitions: one instance of a service."""
NOTHING_BEGUN = timedelta(0)

log = structlog.get_logger()


class GaugeValue(NamedTuple):
    """What a gauge shows for the values of its labels."""

    gauge: Gauge
    labels: tuple[str, ...]
    value: float


Count = Callable[[Dealer, Sequence[Listing], Sequence[Listing], datetime], Iterable[GaugeValue]]
"""Given a dealer, the listings of what is open and of what began lately, and the present: what to
show of the dealer, zeros included. Pure."""
CountTotals = Callable[[Dealer, Mapping[str, Mapping[str, int]], datetime], Iterable[GaugeValue]]
"""Given a dealer, its totals and the present: what to show of them. Pure."""
ReadTotals = Callable[[str], Awaitable[Mapping[str, Mapping[str, int]]]]
"""A dealer's totals. Raises `TransientFailure`."""
CountMore = Callable[[Dealer], Awaitable[Iterable[GaugeValue]]]
"""What else to show of a dealer. Raises `TransientFailure`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What is counted of a listed decider's aggregates."""

    count: Count
    began_within: timedelta = NOTHING_BEGUN
    """How far back those reach that began lately; `NOTHING_BEGUN`: none are read."""
    count_totals: CountTotals | None = None
    """None: nothing of its totals is shown."""


class Counting:
    """Keeps the gauges of one census current, on the one instance that counts."""

    def __init__(
        self,
        census: Census | None,
        *,
        service: str,
        store: ReadStore,
        dealers: Sequence[Dealer],
        ownership: Ownership,
        clock: TimeSource,
        more: CountMore | None = None,
        totals: ReadTotals | None = None,
    ) -> None:
        """`census`: None of a decider that is not listed. `more`: what else is shown. `totals`:
        None of a decider that has none."""
        self._census = census
        self._totals = totals
        self._more = more
        self._service = service
        self._store = store
        self._dealers = dealers
        self._ownership = ownership
        self._clock = clock
        self._shown: dict[tuple[Gauge, tuple[str, ...]], float] = {}

    async def run(self, *, every_seconds: float) -> None:
        """Count until cancelled. While the database is away the gauges stay as they were."""
        while True:
            try:
                await self.turn()
            except TransientFailure as failure:
                metrics.transient_failures.labels(self._service, "census").inc()
                log.warning("not counted", because=str(failure))
            except Exception as error:  # gauges must not end a service
                metrics.observations_failed.labels(self._service).inc()
                log.error("not counted", because=type(error).__name__)
            await asyncio.sleep(every_seconds)

    async def turn(self) -> None:
        """Count once, a dealer at a time; show nothing where another instance counts."""
        shown: dict[tuple[Gauge, tuple[str, ...]], float] = {}
        if COUNTS_FOR_ALL in self._ownership.partitions:
            for dealer in self._dealers:
                for reading in await self._of(dealer):
                    shown[reading.gauge, reading.labels] = reading.value
        for (gauge, labels), value in shown.items():
            gauge.labels(*labels).set(value)
        for gauge, labels in self._shown.keys() - shown.keys():
            gauge.remove(*labels)
        self._shown = shown

    async def _of(self, dealer: Dealer) -> Iterable[GaugeValue]:
        more = await self._more(dealer) if self._more is not None else ()
        if self._census is None:
            return more
        now, within = self._clock.now(), self._census.began_within
        opened = await self._store.open_listings(dealer.id)
        begun = await self._store.listings_begun(dealer.id, now - within) if within else ()
        counted = (*self._census.count(dealer, opened, begun, now), *more)
        if self._totals is None or self._census.count_totals is None:
            return counted
        totals = await self._totals(dealer.id)
        return (*counted, *self._census.count_totals(dealer, totals, now))
