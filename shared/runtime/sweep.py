"""Timers: what is due is decided again. One query for the partitions that this instance owns.

Beside the deadlines, at low priority: the policy scan, the settling of intents that a stale
owner left behind, and the audit of what is open.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import structlog

from shared.decider.decider import Facts
from shared.decider.policy import Policy
from shared.platform import metrics
from shared.platform.backoff import Backoff
from shared.platform.errors import TransientFailure
from shared.runtime.aggregate import Aggregate
from shared.runtime.audit import Auditor
from shared.runtime.ownership import Turn
from shared.runtime.plan import is_undecided
from shared.runtime.policy_scan import PolicyScan
from shared.runtime.ports import Ports
from shared.runtime.progress import Knowledge
from shared.runtime.reconcile import Reconciler
from shared.settings import RuntimeSettings

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

SETTLE_EVERY_SECONDS = 30.0
"""How often intents are looked for that a stale owner left behind."""
LOOKS = 5
"""How often between two sweeps it is looked how far the topics have been read."""

log = structlog.get_logger()


class Sweep(Generic[F, P]):
    """Wakes aggregates at their due time, oldest first, a page a turn.

    `auditor`: None where nothing is audited.
    """

    def __init__(
        self,
        reconciler: Reconciler[F, P],
        ports: Ports,
        settings: RuntimeSettings,
        *,
        progress: Knowledge,
        scan: PolicyScan[F, P],
        auditor: Auditor[F, P] | None,
    ) -> None:
        self._service = reconciler.decider.name
        self._reconciler = reconciler
        self._store = ports.store
        self._ownership = ports.ownership
        self._clock = ports.clock
        self._monotonic = ports.monotonic
        self._page = settings.sweep_page
        self._interval = settings.sweep_interval_seconds
        self._progress = progress
        self._scan = scan
        self._auditor = auditor
        self._settled_at = self._monotonic()
        self.quiet_until: datetime | None = None
        """By then nothing was due in any of the partitions, when that was last so."""

    async def run(self, look: Callable[[], Awaitable[None]]) -> None:
        """Sweep until cancelled; trouble with the database or broker is waited out.

        One begins about each `interval_seconds`, or when the one before ends. `look` sees how far
        the topics have been read; it is called several times between sweeps.
        """
        backoff = Backoff()
        while True:
            began = self._monotonic()
            try:
                busy = await self.turn()
            except TransientFailure as failure:
                metrics.transient_failures.labels(self._service, "sweep").inc()
                log.warning("timers are waiting", because=str(failure))
                await backoff.wait()
            except Exception as error:
                metrics.transient_failures.labels(self._service, "unexpected").inc()
                log.exception("timers are waiting", because=type(error).__name__)
                await backoff.wait()
            else:
                backoff.reset()
                await look()
                if not busy:
                    await self._rest(look, began + self._interval)

    async def _rest(self, look: Callable[[], Awaitable[None]], until: float) -> None:
        """Until about that moment, but for one look at least: others want the database too."""
        pause = self._interval / LOOKS
        resting = True
        while resting:
            await asyncio.sleep(pause)
            await look()
            resting = until - self._monotonic() > pause / 2

    async def turn(self) -> bool:
        """One turn: a page of what is due, of each partition a share, else a page of the rest. True
        if more may be due."""
        async with self._ownership.turn() as turn:
            if not turn.partitions:
                self._scan.nothing_owned()
                return False
            if self._monotonic() - self._settled_at > SETTLE_EVERY_SECONDS:
                turn.unsettled = True
                self._settled_at = self._monotonic()
            await self._reconciler.begin(turn)
            read_until = self._read_until(turn)
            if not read_until:
                return False
            share = max(1, self._page // len(read_until))
            due = await self._store.due(read_until, limit=share)
            if due:
                self._tell_lateness(due)
                await self._reconciler.decide_anew(due, turn, read_until)
            if not due and len(read_until) == len(turn.partitions):
                self.quiet_until = min(read_until.values())
            more = share in Counter(aggregate.partition for aggregate in due).values()
            if not more:
                await self._scan.page(turn, read_until)
            if not due and self._auditor is not None:
                await self._auditor.page(turn, read_until)
            return more

    def _read_until(self, turn: Turn) -> Mapping[int, datetime]:
        """Of the partitions that may speak: up to which moment, the present at most."""
        now = self._clock.now()
        known = {part: self._progress.read_until(part) for part in turn.partitions}
        return {part: min(now, moment) for part, moment in known.items() if moment is not None}

    def _tell_lateness(self, due: Sequence[Aggregate]) -> None:
        now = self._clock.now()
        lateness = metrics.timer_lateness_seconds.labels(self._service)
        for aggregate in due:
            if aggregate.due_at is not None and not is_undecided(aggregate):
                lateness.observe((now - aggregate.due_at).total_seconds())
