"""The audit: a second look at every open aggregate, for what the timers would never find.

A timer fires by `due_at`, so one whose `due_at` was lost, put off or left out of its index
would stay silent for ever. The audit does not go by it: it walks the open aggregates of each
dealer by the deadline of their listing, decides each anew, and compares. What is not as the
facts say is written and published the usual way, and counted: each count is a defect somewhere.

Not found here: an aggregate whose listing lost its deadline, whose own timer still is; one of
a dealer that is not configured any more, of whom intake takes nothing either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, Literal, TypeVar

import structlog

from shared.decider.decider import Facts
from shared.decider.decision import NOTHING_DUE
from shared.decider.policy import Policy
from shared.platform import metrics
from shared.platform.errors import TransientFailure
from shared.runtime.aggregate import Aggregate
from shared.runtime.ownership import Turn
from shared.runtime.plan import Change, Work, plan
from shared.runtime.ports import Ports
from shared.runtime.reconcile import Reconciler
from shared.time.clock import SystemClock

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)
Fault = Literal["overdue", "unannounced", "deadline", "listing"]

AUDIT_PAGE = 100
"""How many aggregates one query reads at most."""
QUERIES_A_TURN = 30
"""How many queries a turn asks at most. It ends sooner when they found half of `AUDIT_PAGE`."""
SECONDS_OF_A_TURN = 0.1
"""After how many seconds a turn asks no more: a deadline may be due."""
SECONDS_A_PAGE = 1.0
"""How many seconds the audit rests at least after a turn."""
SECONDS_AFTER_FAILURE = 10.0
"""How many seconds it rests at least after a turn that failed."""
SLOW_PAGE_SECONDS = 0.25
"""A turn that took longer makes it rest longer: the database is for the deadlines."""
REST_PER_SECOND = 100.0
"""How many seconds it rests for each second that a slow turn took."""
LONGEST_REST_SECONDS = 240.0
"""How many seconds it rests at most."""
GRACE = timedelta(seconds=60)
"""What fell due within this time before the sweep looked is left to the sweep."""

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LONG_AGO = timedelta(days=30)
"""The first window of a dealer is all that was due longer ago than this."""
FAR_AHEAD = timedelta(days=366)
"""Beyond this distance from the present a window may be as wide as it likes."""
WINDOWS_TO_THE_PRESENT = 16
"""A window is at most this part of its distance to the present wide."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Cursor:
    """How far a pass has come: behind `after` of this dealer, by windows of the deadline.

    A window is read whole (docs/operations/embedded.md), so it is as wide as a full page was
    found to be, and is doubled where little was found. As deadlines crowd around the present, it
    is a part of its distance to the present at most: doubled through an empty month, it would
    take in everything beyond.
    """

    present: datetime
    """When the pass began with this dealer. It does not move with the clock: windows that shrink
    towards a present that moves on would never get past it."""
    dealer: int = 0
    """The position among the dealers."""
    after: tuple[datetime, str] | None = None
    """Deadline and id of the last aggregate that was looked at; with an empty id: all up to that
    deadline were. None: nothing of this dealer was."""
    width: timedelta = MINUTE
    """How wide the next window is, but for its distance to the present."""

    @property
    def end(self) -> datetime | None:
        """The deadline at which the next window ends; None: it has no end."""
        if self.after is None:
            return self.present - LONG_AGO
        start = self.after[0]
        if start >= NOTHING_DUE:
            return None
        width = min(self.width, _widest(start, self.present))
        return start + width if width < NOTHING_DUE - start else NOTHING_DUE

    def behind(self, found: Sequence[Aggregate]) -> "_Cursor":
        """Where to go on after `found`, a page of what is behind `after` and before `end`."""
        end = self.end
        if len(found) == AUDIT_PAGE:
            first, last = _deadline(found[0]), _deadline(found[-1])
            return replace(self, after=(last, found[-1].id), width=max(last - first, SECOND))
        if end is None:
            return _Cursor(self.present, self.dealer + 1)
        width = end - self.after[0] if self.after is not None else self.width
        return replace(self, after=(end, ""), width=width * (1 if _is_much(len(found)) else 2))


def _widest(start: datetime, present: datetime) -> timedelta:
    distance = abs(start - present)
    return distance if distance > FAR_AHEAD else max(distance / WINDOWS_TO_THE_PRESENT, MINUTE)


def _is_much(count: int) -> bool:
    return count >= AUDIT_PAGE / 2


def _deadline(aggregate: Aggregate) -> datetime:
    """The deadline of the listing, by which the aggregate was found."""
    assert aggregate.listing is not None
    assert aggregate.listing.deadline is not None
    return aggregate.listing.deadline


class Auditor(Generic[F, P]):
    """Goes through what is open of `dealers`, page by page, over and over."""

    def __init__(self, reconciler: Reconciler[F, P], ports: Ports, dealers: Sequence[str]) -> None:
        self._decider = reconciler.decider
        self._reconciler = reconciler
        self._store = ports.store
        self._dealers = dealers
        self._clock = ports.clock
        self._monotonic = ports.monotonic
        self._rests_until = self._monotonic()
        self._cursor = _Cursor(self._clock.now())
        self._tell_alive()

    async def page(self, turn: Turn, read_until: Mapping[int, datetime]) -> None:
        """Look at the next page, unless it is time to rest.

        `read_until`: the partitions to look at, of which nothing may be due by their instant.
        Never raises but to be cancelled, as the deadlines must not wait for the audit. A page that
        failed is looked at again, once intents are settled.
        """
        began = self._monotonic()
        if began < self._rests_until:
            return
        try:
            await self._page(turn, read_until, until=began + SECONDS_OF_A_TURN)
        except Exception as error:
            turn.unsettled = True
            self._rest(began, at_least=SECONDS_AFTER_FAILURE)
            metrics.transient_failures.labels(self._decider.name, "audit").inc()
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

    async def _page(self, turn: Turn, read_until: Mapping[int, datetime], *, until: float) -> None:
        read = 0
        for _ in range(QUERIES_A_TURN if self._dealers else 0):
            read += await self._window(turn, read_until)
            if self._cursor.dealer == len(self._dealers):
                metrics.audit_passes.labels(self._decider.name).inc()
                self._cursor = _Cursor(self._clock.now())
                return
            if _is_much(read) or self._monotonic() > until:
                return

    async def _window(self, turn: Turn, read_until: Mapping[int, datetime]) -> int:
        """Look at the first page of the next window; returns how many aggregates it had."""
        cursor = self._cursor
        if cursor.after is None:
            cursor = replace(cursor, present=self._clock.now())
        dealer = self._dealers[cursor.dealer]
        found = await self._store.open_by_deadline(
            dealer, after=cursor.after, limit=AUDIT_PAGE, before=cursor.end
        )
        await self._check([one for one in found if one.partition in read_until], turn, read_until)
        self._cursor = cursor.behind(found)
        return len(found)

    async def _check(
        self, found: Sequence[Aggregate], turn: Turn, read_until: Mapping[int, datetime]
    ) -> None:
        now = self._clock.now()
        looks = {one.id: _look(one, read_until[one.partition]) for one in found}
        wrong: dict[str, Aggregate] = {}
        for aggregate in found:
            known_until = read_until[aggregate.partition]
            if self._is_left_to_others(aggregate, known_until, now):
                continue
            metrics.audit_checked.labels(self._decider.name).inc()
            change = plan(self._decider, aggregate.id, aggregate, looks[aggregate.id], now).change
            fault = change and _fault(aggregate, change, known_until)
            if fault is None:
                continue
            wrong[aggregate.id] = aggregate
            metrics.audit_repairs.labels(self._decider.name, fault).inc()
            log.error("the audit repairs", fault=fault, partition=aggregate.partition)
        await self._reconciler.reconcile({id_: looks[id_] for id_ in wrong}, turn, wrong)

    def _is_left_to_others(self, aggregate: Aggregate, swept_at: datetime, now: datetime) -> bool:
        """Whether another will see to it: the policy scan to what another policy decided, the
        retry to what is parked, the sweep to what has just fallen due, and a later look to what
        was written by a clock ahead of ours, for which its deadlines are still to come."""
        current = self._decider.policy.version_for(aggregate.dealer_id)
        if aggregate.parked is not None or aggregate.policy_version != current:
            return True
        due_at = aggregate.due_at
        just_due = due_at is not None and swept_at - GRACE < due_at <= now
        return just_due or aggregate.updated_at > now

    def _tell_alive(self) -> None:
        at = SystemClock().now().timestamp()  # an alert compares it with the real time
        metrics.audit_last_run.labels(self._decider.name).set(at)


def _look(aggregate: Aggregate, read_until: datetime) -> Work:
    return Work(aggregate.partition, audit=True, read_until=read_until)


def _fault(before: Aggregate, change: Change, now: datetime) -> Fault | None:
    """What was wrong with an aggregate of which a new decision changes something; None where that
    is no fault: what was said is only forgotten, or it cannot be decided."""
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
