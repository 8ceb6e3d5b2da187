"""The reader over a store, and the endpoint that tells which documents a service holds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Query
from pydantic import BaseModel

from shared.dealers.dealer import Dealers
from shared.decider.decider import Decider, Facts
from shared.decider.decision import Decision, Listing
from shared.decider.policy import Policy
from shared.decider.snapshot import Snapshot
from shared.platform.errors import place_of
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

    async def holdings(self, *, after: str, limit: int) -> "Holdings":
        """Which documents each aggregate holds, and at which version."""
        found: Sequence[Aggregate] = await self._store.page(
            dealer_id=None, after=after, limit=limit
        )
        items = [
            Holding(
                id=aggregate.id,
                documents=dict(self._decider.facts.model_validate_json(aggregate.facts).versions()),
            )
            for aggregate in found
        ]
        return Holdings(items=items, next=items[-1].id if len(items) == limit else None)

    def _snapshot(self, aggregate: Aggregate) -> Snapshot[F]:
        facts = self._decider.facts.model_validate_json(aggregate.facts)
        announced = aggregate.announced
        parked_because = aggregate.parked.reason if aggregate.parked else None
        try:
            decision = self._decider.decide(
                facts, announced, self._decider.policy, self._clock.now()
            )
        except Exception as error:  # one aggregate's trouble must not hide the others of a page
            decision, parked_because = Decision(), f"decide raised {place_of(error)}"
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


class Holding(BaseModel):
    """One aggregate and the documents its facts hold, moved ones included."""

    id: str
    documents: dict[str, str]


class Holdings(BaseModel):
    """A page; `next` is what to give as `after` for the next one."""

    items: list[Holding]
    next: str | None


def holdings(reader: StoreReader[F, P]) -> APIRouter:
    """`GET /v1/holdings`: an account of what arrived, to compare with what was accepted."""
    router = APIRouter(tags=["audit"])

    @router.get("/v1/holdings", summary="Which documents are held, at which version")
    async def page(after: str = "", limit: Annotated[int, Query(ge=1, le=2000)] = 1000) -> Holdings:
        return await reader.holdings(after=after, limit=limit)

    return router
