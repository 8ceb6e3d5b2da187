"""`GET /v1/holdings`: an account of what arrived, to compare with what was accepted."""

from typing import Annotated

from fastapi import APIRouter, Query

from shared.contracts.http.holdings import Holding, Holdings
from shared.decider.decider import Facts
from shared.platform.needs import everywhere, needs
from shared.runtime.store import ReadStore


def holdings_router(facts: type[Facts], store: ReadStore) -> APIRouter:
    """The endpoint over what is stored. `facts`: how the service reads its own."""
    router = APIRouter(tags=["audit"])

    @router.get(
        "/v1/holdings",
        summary="Which documents are held, at which version",
        dependencies=[needs("operations", everywhere)],
    )
    async def page(after: str = "", limit: Annotated[int, Query(ge=1, le=2000)] = 1000) -> Holdings:
        return await holdings(facts, store, after=after, limit=limit)

    return router


async def holdings(facts: type[Facts], store: ReadStore, *, after: str, limit: int) -> Holdings:
    """Which documents each aggregate holds, and at which version: those after the id `after`."""
    found = await store.page(dealer_id=None, after=after, limit=limit)
    items = [
        Holding(id=one.id, documents=dict(facts.model_validate_json(one.facts).versions()))
        for one in found
    ]
    return Holdings(items=items, next=items[-1].id if len(items) == limit else None)
