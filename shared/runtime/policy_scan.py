"""The policy scan: what another policy may have decided is decided anew, at low priority.

Each partition remembers by which policy its aggregates were decided, so that a restart in
between loses nothing. Whoever else decides by another policy takes the mark away (`disclaim_others`
in policy_marks.py): then the scan begins once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from shared.contracts.identifiers import dealer_of
from shared.decider.decider import Facts
from shared.decider.policy import Policy
from shared.platform import metrics
from shared.runtime.aggregate import PolicyMark
from shared.runtime.ownership import Turn
from shared.runtime.plan import CLOCKS_APART, is_decidable
from shared.runtime.ports import Ports
from shared.runtime.reconcile import Reconciler

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)


@dataclass(frozen=True, slots=True)
class _Course:
    """How far the partitions of one assignment have been brought to a policy."""

    assignment: int
    version: str
    left: frozenset[int]
    began: datetime
    after_others: bool
    """Whether others may have had the partitions until it began, and summarized by another policy
    what this one had decided."""
    after: str = ""
    """The id of the last aggregate that was looked at; empty before the first."""


class PolicyScan(Generic[F, P]):
    """Brings the partitions of this instance to the policy of its decider, a page a turn."""

    def __init__(self, reconciler: Reconciler[F, P], ports: Ports, *, page: int) -> None:
        """`page`: how many aggregates are looked at in a turn, at most."""
        self._decider = reconciler.decider
        self._reconciler = reconciler
        self._store = ports.store
        self._ownership = ports.ownership
        self._clock = ports.clock
        self._page = page
        self._course: _Course | None = None

    async def page(self, turn: Turn, read_until: Mapping[int, datetime]) -> None:
        """Look at the next page, and decide anew what another policy has decided in it.

        What cannot be decided yet, as something unread may bear on it, is waited for.
        """
        policy, assignment = self._decider.policy, self._ownership.assignments
        course = self._course
        if course is None or (course.assignment, course.version) != (assignment, policy.version):
            course = self._course = await self._begin(turn)
        self._show_left(len(course.left))
        if not course.left or not course.left <= read_until.keys():
            return
        page = await self._store.policy_versions(course.left, after=course.after, limit=self._page)
        outdated = [id_ for id_, version in page if version != policy.version_for(dealer_of(id_))]
        if outdated:
            found = list((await self._store.load(outdated)).values())
            now = self._clock.now()
            if not all(is_decidable(one, read_until[one.partition], now) for one in found):
                return
            await self._reconciler.decide_anew(found, turn, read_until)
        if course.after_others:
            decided = sorted(dict(page).keys() - outdated)
            await self._reconciler.mark(decided, written_by=course.began + CLOCKS_APART)
        if len(page) == self._page:
            self._course = replace(course, after=page[-1][0])
        else:
            done = PolicyMark(policy.version, complete=True)
            begun = replace(done, complete=False)
            await self._store.mark_policy(course.left, done, instead_of=begun)
            self._course = None

    def nothing_owned(self) -> None:
        """Show that no partition of this instance is left to be gone through."""
        self._show_left(0)

    async def _begin(self, turn: Turn) -> _Course:
        current = self._decider.policy.version
        marks = await self._store.policy_marks(turn.partitions)
        done = PolicyMark(current, complete=True)
        left = frozenset(part for part in turn.partitions if marks.get(part) != done)
        if left:
            await self._store.mark_policy(left, replace(done, complete=False))
        assignment = self._ownership.assignments
        after_others = self._is_after_others(assignment)
        return _Course(assignment, current, left, self._clock.now(), after_others)

    def _is_after_others(self, assignment: int) -> bool:
        before = self._course
        if before is None or before.assignment != assignment:
            return True
        return before.after_others and bool(before.left)

    def _show_left(self, partitions: int) -> None:
        metrics.policy_scan_partitions_left.labels(self._decider.name).set(partitions)
