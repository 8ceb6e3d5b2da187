"""What the runtime asks of a database, by who asks; one contract suite checks every implementation.

    Lookup            aggregates by id, and open ones by deadline
      WorkStore       what a round of work reads and writes
      TimerStore      what is due
      ReadStore       what read endpoints and gauges ask besides
    PolicyMarks       by which policy partitions were decided
    Store             all that a worker needs: WorkStore, TimerStore and PolicyMarks

All of it raises `TransientFailure`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shared.decider.decision import Listing
from shared.runtime.aggregate import Aggregate, Intent, PolicyMark


class Lookup(Protocol):
    """Finds aggregates."""

    async def load(self, ids: Collection[str]) -> Mapping[str, Aggregate]:
        """The aggregates there are, by id, in one round trip."""
        ...

    async def open_by_deadline(
        self,
        dealer_id: str,
        *,
        after: tuple[datetime, str] | None,
        limit: int,
        before: datetime | None = None,
    ) -> Sequence[Aggregate]:
        """A dealer's aggregates whose listing has a deadline, one before `before` if given, by
        `(deadline, id)`."""
        ...


class WorkStore(Lookup, Protocol):
    """Aggregates and the intents of what is being written."""

    async def save(self, aggregates: Sequence[Aggregate]) -> None:
        """Write each aggregate over its predecessor (version - 1; none for version 1).

        One bulk. Raises `Conflict` when some were not written because another writer was
        first, `RefusedDocuments` when some never can be: the others are written. On
        `TransientFailure` any of them may have been, or may yet be.
        """
        ...

    async def add_intents(self, intents: Sequence[Intent]) -> None: ...

    async def intents(self, partitions: Collection[int]) -> Sequence[Intent]:
        """The intents of these partitions, oldest first."""
        ...

    async def remove_intents(self, ids: Collection[str]) -> None: ...


class TimerStore(Lookup, Protocol):
    """Aggregates by when they are due."""

    async def due(self, until: Mapping[int, datetime], *, limit: int) -> Sequence[Aggregate]:
        """Aggregates that are due by the instant of their partition, by `(due_at, id)`: of each
        partition the first `limit`."""
        ...


class PolicyMarks(Protocol):
    """By which policy aggregates and whole partitions were decided."""

    async def policy_versions(
        self, partitions: Collection[int], *, after: str, limit: int
    ) -> Sequence[tuple[str, str]]:
        """`(id, policy version)` of aggregates of these partitions, by id, from `after` on."""
        ...

    async def policy_marks(self, partitions: Collection[int]) -> Mapping[int, PolicyMark]:
        """The marks of those partitions that have one."""
        ...

    async def mark_policy(
        self,
        partitions: Collection[int],
        mark: PolicyMark | None,
        *,
        instead_of: PolicyMark | None = None,
    ) -> None:
        """Mark these partitions, or take their mark away; only those that have the mark
        `instead_of`, if given."""
        ...


class Store(WorkStore, TimerStore, PolicyMarks, Protocol):
    """All that a worker needs of the database of one service."""


class ReadStore(Lookup, Protocol):
    """What nobody asks but read endpoints and gauges."""

    async def page(self, *, dealer_id: str | None, after: str, limit: int) -> Sequence[Aggregate]:
        """Aggregates by id, those after `after`; of one dealer or of all."""
        ...

    async def named(self, name: str) -> Sequence[Aggregate]:
        """The aggregates that are one thing of a customer's, this one: `customer-key|name`. More
        than one where the thing moved from customer to customer. Of listed deciders alone."""
        ...

    async def listings(
        self,
        dealer_id: str,
        *,
        since: datetime,
        until: datetime,
        after: str,
        limit: int,
    ) -> Sequence[tuple[str, Listing]]:
        """Ids and listings of a dealer's aggregates that began from `since` on and before
        `until`, by id, those after `after`; nothing else of them is read."""
        ...

    async def open_listings(self, dealer_id: str) -> Sequence[Listing]:
        """The listings of a dealer's open aggregates, in no particular order; nothing else of
        them is read. Costs what is open, however many are not."""
        ...

    async def listings_begun(self, dealer_id: str, since: datetime) -> Sequence[Listing]:
        """The listings of a dealer's aggregates that began from `since` on, in no particular
        order. Costs what began, however many did so before."""
        ...
