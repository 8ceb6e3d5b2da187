"""The audit: a second look at every open aggregate, for what the timers would never find.

A timer fires by `due_at`, so one whose `due_at` was lost, put off or left out of its index
would stay silent for ever. The audit does not go by it: it walks the open aggregates of each
dealer by the deadline of their listing, decides each anew, and compares. What is not as the
facts say is written and published the usual way, and counted: each count is a defect somewhere.

An aggregate whose listing lost its deadline is not found here; its own timer still is.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Literal, TypeVar

import structlog

from shared import metrics
from shared.contracts.policy import Policy
from shared.runtime.aggregate import Aggregate
from shared.runtime.errors import TransientFailure
from shared.runtime.machine import Facts, Machine
from shared.runtime.ownership import Turn
from shared.runtime.plan import Change, Work, plan
from shared.runtime.reconcile import Reconciler
from shared.runtime.store import Store
from shared.time.clock import Clock, SystemClock

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)
Fault = Literal["overdue", "unannounced", "deadline", "listing"]

AUDIT_PAGE = 100
"""So many aggregates at most are read in a turn."""
DEALERS_A_PAGE = 10
"""So many dealers at most are looked at in a turn."""
SECONDS_A_PAGE = 1.0
SECONDS_AFTER_FAILURE = 10.0
SLOW_PAGE_SECONDS = 0.25
REST_PER_SECOND = 100.0
LONGEST_REST_SECONDS = 240.0
"""After a slow page it rests for so many times what it took: a slow database is for the
deadlines. The embedded one reads all that a dealer has open to find a page of it."""
GRACE = timedelta(seconds=60)
"""What fell due later than so long before the sweep looked is left to it."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a pass has come: behind `after` of this dealer, or at the next one's first."""

    dealer: str = ""
    after: tuple[datetime, str] | None = None
    all_of_dealer: bool = True


class Auditor(Generic[F, P]):
    """Goes through what is open, page by page, over and over."""

    def __init__(
        self,
        *,
        machine: Machine[F, P],
        reconciler: Reconciler[F, P],
        store: Store,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._machine = machine
        self._reconciler = reconciler
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._rests_until = monotonic()
        self._place = _Place()
        self._tell_alive()

    async def page(self, turn: Turn, *, swept_at: datetime) -> None:
        """Look at a page, unless the last one was just before. By `swept_at` nothing was due.

        Never raises but to be cancelled: the deadlines must not wait for it. A page that
        failed comes again, and intents are settled before.
        """
        began = self._monotonic()
        if began < self._rests_until:
            return
        try:
            self._place = await self._page(turn, swept_at)
        except Exception as error:
            turn.unsettled = True
            self._rest(began, at_least=SECONDS_AFTER_FAILURE)
            metrics.transient_failures.labels(self._machine.name, "audit").inc()
            if isinstance(error, TransientFailure):
                log.warning("the audit is waiting", because=str(error))
            else:
                log.exception("the audit is waiting", because=type(error).__name__)
        else:
            self._rest(began, at_least=SECONDS_A_PAGE)
            self._tell_alive()

    def _rest(self, began: float, *, at_least: float) -> None:
        took = self._monotonic() - began
        rest = min(REST_PER_SECOND * took, LONGEST_REST_SECONDS) if took > SLOW_PAGE_SECONDS else 0
        self._rests_until = began + max(rest, at_least)

    async def _page(self, turn: Turn, swept_at: datetime) -> _Place:
        """Where to go on after it."""
        room, place = AUDIT_PAGE, self._place
        for _ in range(DEALERS_A_PAGE):
            place = await self._dealer(place)
            if not place.dealer:
                metrics.audit_passes.labels(self._machine.name).inc()
                return place
            found = await self._store.open_by_deadline(place.dealer, after=place.after, limit=room)
            ours = [one for one in found if one.partition in turn.partitions]
            await self._check(ours, turn, swept_at)
            place = _behind(place.dealer, found, is_last=len(found) < room)
            room -= len(found)
            if not room:
                return place
        return place

    async def _dealer(self, place: _Place) -> _Place:
        """Where to go on; with no dealer at the end of the pass."""
        if not place.all_of_dealer:
            return place
        dealer = await self._store.next_dealer(place.dealer)
        return _Place() if dealer is None else _Place(dealer, None, all_of_dealer=False)

    async def _check(self, found: Sequence[Aggregate], turn: Turn, swept_at: datetime) -> None:
        now = self._clock.now()
        wrong: dict[str, Aggregate] = {}
        for aggregate in found:
            if self._is_left_to_others(aggregate, swept_at, now):
                continue
            metrics.audit_checked.labels(self._machine.name).inc()
            change = plan(self._machine, aggregate.id, aggregate, _look(aggregate), now).change
            fault = change and _fault(aggregate, change, now)
            if fault is None:
                continue
            wrong[aggregate.id] = aggregate
            metrics.audit_repairs.labels(self._machine.name, fault).inc()
            log.error("the audit repairs", fault=fault, partition=aggregate.partition)
        work = {id_: _look(aggregate) for id_, aggregate in wrong.items()}
        await self._reconciler.reconcile(work, turn, wrong)

    def _is_left_to_others(self, aggregate: Aggregate, swept_at: datetime, now: datetime) -> bool:
        """To the policy scan, the retry of the parked, the sweep; or to a later look, where it
        was written by a clock that is ahead: for ours, its deadlines are still to come."""
        current = self._machine.policy.version_for(aggregate.dealer_id)
        if aggregate.parked is not None or aggregate.policy_version != current:
            return True
        due_at = aggregate.due_at
        just_due = due_at is not None and swept_at - GRACE < due_at <= now
        return just_due or aggregate.updated_at > now

    def _tell_alive(self) -> None:
        at = SystemClock().now().timestamp()  # an alert compares it with the real time
        metrics.audit_last_run.labels(self._machine.name).set(at)


def _behind(dealer: str, found: Sequence[Aggregate], *, is_last: bool) -> _Place:
    last = found[-1] if found else None
    if is_last or last is None or last.listing is None or last.listing.deadline is None:
        return _Place(dealer)
    return _Place(dealer, (last.listing.deadline, last.id), all_of_dealer=False)


def _look(aggregate: Aggregate) -> Work:
    return Work(aggregate.partition, audit=True)


def _fault(before: Aggregate, change: Change, now: datetime) -> Fault | None:
    """What was wrong; None of what needs no repair: it was forgotten, or cannot be decided."""
    after = change.after
    if after.parked is not None:
        return None
    if before.due_at is not None and before.due_at <= now:
        return "overdue"
    if change.messages:
        return "unannounced"
    if after.due_at != before.due_at:
        return "deadline"
    return "listing" if after.listing != before.listing else None
