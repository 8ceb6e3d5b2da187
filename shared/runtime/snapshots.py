"""The reader over a store: aggregates as they are decided for the present."""

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, TypeVar

from shared.dealers.dealer import Dealers
from shared.decider.decider import Decider, Facts
from shared.decider.decision import Decision, Listing
from shared.decider.policy import Policy
from shared.decider.snapshot import Snapshot
from shared.platform.tracebacks import where_raised
from shared.runtime.aggregate import Aggregate
from shared.runtime.store import ReadStore
from shared.time.clock import TimeSource

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)


class StoreReader(Generic[F, P]):
    """Reads aggregates from the store and decides them again for the present."""

    def __init__(
        self, decider: Decider[F, P], store: ReadStore, clock: TimeSource, dealers: Dealers
    ) -> None:
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

    def _snapshot(self, aggregate: Aggregate) -> Snapshot[F]:
        facts = self._decider.facts.model_validate_json(aggregate.facts)
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
