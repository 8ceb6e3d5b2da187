"""Timers: what is due is decided again. One query for the partitions that this instance owns.

Beside the deadlines, at low priority: aggregates decided by another policy, intents that
a stale owner left behind, and the audit of what is open.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

import structlog

from shared.contracts.identifiers import dealer_of
from shared.decider.decider import Decider, Facts
from shared.decider.policy import Policy
from shared.platform import metrics
from shared.platform.backoff import Backoff
from shared.platform.errors import TransientFailure
from shared.runtime.aggregate import Aggregate
from shared.runtime.audit import Auditor
from shared.runtime.ownership import Ownership, Turn
from shared.runtime.plan import Work, is_decidable, is_undecided
from shared.runtime.progress import Knowledge
from shared.runtime.reconcile import Reconciler, applying
from shared.runtime.store import Store
from shared.time.clock import TimeSource

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

SETTLE_EVERY_SECONDS = 30.0
"""How often intents are looked for that a stale owner left behind."""
LOOKS = 5
"""So often between two sweeps it is seen how far the topics have been read."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _PolicyScan:
    """How far the partitions of one assignment have been brought to a policy."""

    assignment: int
    version: str
    left: frozenset[int]
    after: str = ""


class Sweep(Generic[F, P]):
    """Wakes aggregates at their due time, oldest first, a page a turn.

    `dealers`: whose open aggregates are audited.
    """

    def __init__(
        self,
        *,
        decider: Decider[F, P],
        reconciler: Reconciler[F, P],
        store: Store,
        ownership: Ownership,
        progress: Knowledge,
        dealers: Sequence[str],
        clock: TimeSource,
        page: int,
        interval_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._decider = decider
        self._reconciler = reconciler
        self._store = store
        self._ownership = ownership
        self._progress = progress
        self._clock = clock
        self._page = page
        self._interval = interval_seconds
        self._monotonic = monotonic
        self._settled_at = monotonic()
        self._scan: _PolicyScan | None = None
        self.quiet_until: datetime | None = None
        """By then nothing was due in any of the partitions, when that was last so."""
        self._auditor = (
            Auditor(
                decider=decider,
                reconciler=reconciler,
                store=store,
                dealers=dealers,
                clock=clock,
                monotonic=monotonic,
            )
            if decider.listed and decider.audited
            else None
        )

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
                metrics.transient_failures.labels(self._decider.name, "sweep").inc()
                log.warning("timers are waiting", because=str(failure))
                await backoff.wait()
            except Exception as error:
                metrics.transient_failures.labels(self._decider.name, "unexpected").inc()
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
                metrics.policy_scan_partitions_left.labels(self._decider.name).set(0)
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
                await self._decide(due, turn, read_until)
            if not due and len(read_until) == len(turn.partitions):
                self.quiet_until = min(read_until.values())
            more = share in Counter(aggregate.partition for aggregate in due).values()
            if not more:
                await self._policy_page(turn, read_until)
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
        lateness = metrics.timer_lateness_seconds.labels(self._decider.name)
        for aggregate in due:
            if aggregate.due_at is not None and not is_undecided(aggregate):
                lateness.observe((now - aggregate.due_at).total_seconds())

    async def _decide(
        self, found: Sequence[Aggregate], turn: Turn, read_until: Mapping[int, datetime]
    ) -> None:
        work = {
            aggregate.id: Work(aggregate.partition, read_until=read_until[aggregate.partition])
            for aggregate in found
        }
        await self._reconciler.reconcile(work, turn, {one.id: one for one in found})

    async def _policy_page(self, turn: Turn, read_until: Mapping[int, datetime]) -> None:
        """Go through partitions that another policy may have decided, and decide anew.

        Whoever else decides by another policy takes the mark away: then it begins once more. What
        cannot be decided yet, as something unread may bear on it, is waited for.
        """
        policy, assignment = self._decider.policy, self._ownership.assignments
        if self._scan is None or (self._scan.assignment, self._scan.version) != (
            assignment,
            policy.version,
        ):
            self._scan = await self._begin_scan(turn)
        scan = self._scan
        metrics.policy_scan_partitions_left.labels(self._decider.name).set(len(scan.left))
        if not scan.left or not scan.left <= read_until.keys():
            return
        page = await self._store.policy_versions(scan.left, after=scan.after, limit=self._page)
        outdated = [id_ for id_, version in page if version != policy.version_for(dealer_of(id_))]
        if outdated:
            found = list((await self._store.load(outdated)).values())
            now = self._clock.now()
            if not all(is_decidable(one, read_until[one.partition], now) for one in found):
                return
            await self._decide(found, turn, read_until)
        if len(page) == self._page:
            self._scan = replace(scan, after=page[-1][0])
        else:
            await self._store.mark_policy(
                scan.left, policy.version, instead_of=applying(policy.version)
            )
            self._scan = None

    async def _begin_scan(self, turn: Turn) -> _PolicyScan:
        current = self._decider.policy.version
        marks = await self._store.policy_marks(turn.partitions)
        left = frozenset(part for part in turn.partitions if marks.get(part) != current)
        if left:
            await self._store.mark_policy(left, applying(current))
        return _PolicyScan(self._ownership.assignments, current, left)
