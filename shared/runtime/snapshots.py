"""The reader over a store: aggregates as they are decided for the present."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from shared.dealers.dealer import Dealers
from shared.decider.decider import Decider, Facts
from shared.decider.decision import Decision, Listing
from shared.decider.policy import Policy
from shared.decider.snapshot import Snapshot
from shared.decider.summary import MOST_RANK, Listed, ListedPage
from shared.platform.tracebacks import where_raised
from shared.runtime.aggregate import Aggregate
from shared.runtime.reader import place_behind
from shared.runtime.store import ReadStore
from shared.runtime.summaries import SummaryReads, summed
from shared.time.clock import TimeSource

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)


class StoreReader(Generic[F, P]):
    """Reads aggregates from the store and decides them again for the present."""

    def __init__(
        self,
        decider: Decider[F, P],
        store: ReadStore,
        clock: TimeSource,
        dealers: Dealers,
        *,
        summaries: SummaryReads | None = None,
        partitions: Callable[[], int] = lambda: 1,
    ) -> None:
        """`summaries`: of a decider that has any; and how many `partitions` it reads."""
        self._summaries = summaries
        self._partitions = partitions
        self._decider = decider
        self._store = store
        self._clock = clock
        self._dealers = dealers

    @property
    def policy(self) -> P:
        return self._decider.policy

    def is_dealer(self, dealer_id: str) -> bool:
        return self._dealers.find(dealer_id) is not None

    async def named(self, name: str) -> list[Snapshot[F]]:
        return [self._snapshot(aggregate) for aggregate in await self._store.named(name)]

    async def get(self, aggregate_id: str) -> Snapshot[F] | None:
        found = await self._store.load([aggregate_id])
        return self._snapshot(found[aggregate_id]) if aggregate_id in found else None

    async def facts(self, aggregate_id: str) -> F | None:
        found = await self._store.load([aggregate_id])
        return self._facts(found[aggregate_id]) if aggregate_id in found else None

    async def facts_named(self, name: str) -> list[F]:
        return [self._facts(aggregate) for aggregate in await self._store.named(name)]

    async def page(self, dealer_id: str, *, after: str = "", limit: int = 100) -> list[Snapshot[F]]:
        found = await self._store.page(dealer_id=dealer_id, after=after, limit=limit)
        return [self._snapshot(aggregate) for aggregate in found]

    async def open_by_deadline(
        self, dealer_id: str, *, after: tuple[datetime, str] | None = None, limit: int = 100
    ) -> list[Snapshot[F]]:
        found = await self._store.open_by_deadline(dealer_id, after=after, limit=limit)
        return [self._snapshot(aggregate) for aggregate in found]

    async def listings(
        self,
        dealer_id: str,
        *,
        since: datetime,
        until: datetime,
        after: str = "",
        limit: int = 1000,
    ) -> Sequence[tuple[str, Listing]]:
        return await self._store.listings(
            dealer_id, since=since, until=until, after=after, limit=limit
        )

    async def listed(
        self,
        dealer_id: str,
        name: str,
        *,
        at_least: int = 0,
        below: int = MOST_RANK + 1,
        descending: bool = False,
        after: str = "",
        limit: int = 100,
    ) -> ListedPage:
        lines = await self._of_summaries.listed(
            dealer_id,
            name,
            ranks=range(at_least, below),
            descending=descending,
            after=place_behind(after),
            limit=limit + 1,
        )
        page = lines[:limit]
        return ListedPage(
            lines=[Listed(place.id, place.rank, line, place.entry) for place, line in page],
            next=str(page[-1][0]) if page and len(lines) > limit else None,
        )

    async def totals(self, dealer_id: str) -> Mapping[str, Mapping[str, int]]:
        return summed(await self._of_summaries.dealer_totals(dealer_id))

    async def summarized_until(self) -> datetime | None:
        now, summaries = self._clock.now(), self._decider.summaries
        if summaries is None:
            return None
        version, partitions = summaries.version, self._partitions()
        is_filled, oldest = await asyncio.gather(
            self._of_summaries.is_filled(version, partitions=partitions),
            self._of_summaries.oldest_mark(),
        )
        return oldest or now if is_filled else None

    @property
    def _of_summaries(self) -> SummaryReads:
        assert self._summaries is not None, "its decider has no lists and no totals"
        return self._summaries

    def _facts(self, aggregate: Aggregate) -> F:
        return self._decider.facts.model_validate_json(aggregate.facts)

    def _snapshot(self, aggregate: Aggregate) -> Snapshot[F]:
        facts = self._facts(aggregate)
        announced = aggregate.announced
        parked_because = aggregate.parked.reason if aggregate.parked else None
        try:
            decision = self._decider.decide(
                facts, announced, self._decider.policy, self._clock.now()
            )
        except Exception as error:  # one aggregate's trouble must not hide the others of a page
            decision, parked_because = Decision(), f"decide raised {where_raised(error)}"
        return Snapshot(
            id=aggregate.id,
            dealer_id=aggregate.dealer_id,
            facts=facts,
            decision=decision,
            announced=announced,
            due_at=aggregate.due_at,
            policy_version=aggregate.policy_version,
            updated_at=aggregate.updated_at,
            parked_because=parked_because,
            listing=aggregate.listing,
        )
