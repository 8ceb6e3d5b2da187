"""What the runtime asks of a database; one contract suite checks every implementation."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shared.decider.decision import Listing
from shared.runtime.aggregate import Aggregate, Intent


class Store(Protocol):
    """Aggregates and intents of one service. All of it raises `TransientFailure`."""

    async def prepare(self) -> None:
        """Create the indexes that are missing."""
        ...

    async def load(self, ids: Collection[str]) -> Mapping[str, Aggregate]:
        """The aggregates there are, by id, in one round trip."""
        ...

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

    async def due(self, until: Mapping[int, datetime], *, limit: int) -> Sequence[Aggregate]:
        """Aggregates that are due by the instant of their partition, by `(due_at, id)`: of each
        partition the first `limit`."""
        ...

    async def policy_versions(
        self, partitions: Collection[int], *, after: str, limit: int
    ) -> Sequence[tuple[str, str]]:
        """`(id, policy version)` of aggregates of these partitions, by id, from `after` on."""
        ...

    async def policy_marks(self, partitions: Collection[int]) -> Mapping[int, str]:
        """What was last noted of each partition about the policy of its aggregates."""
        ...

    async def mark_policy(
        self, partitions: Collection[int], mark: str, *, instead_of: str | None = None
    ) -> None:
        """Note it of these partitions; only of those where `instead_of` is noted, if given."""
        ...

    async def page(self, *, dealer_id: str | None, after: str, limit: int) -> Sequence[Aggregate]:
        """Aggregates by id, those after `after`; of one dealer or of all."""
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


class ReadStore(Store, Protocol):
    """And what nobody asks but read endpoints and gauges."""

    async def named(self, name: str) -> Sequence[Aggregate]:
        """The aggregates that are one thing of a customer's, this one: `customer-key|name`. More
        than one where the thing moved from customer to customer. Of listed deciders alone."""
        ...

    async def open_listings(self, dealer_id: str) -> Sequence[Listing]:
        """The listings of a dealer's open aggregates, in no particular order; nothing else of
        them is read. Costs what is open, however many are not."""
        ...

    async def listings_begun(self, dealer_id: str, since: datetime) -> Sequence[Listing]:
        """The listings of a dealer's aggregates that began from `since` on, in no particular
        order. Costs what began, however many did so before."""
        ...
