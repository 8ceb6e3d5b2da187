"""Scoring's read endpoints: a customer's score and why, and a dealer's customers by grade."""

from fastapi import APIRouter

from services.scoring.domain.facts import ScoringFacts
from services.scoring.views.customer import customer_score
from services.scoring.views.dealer import customers_page
from services.scoring.views.rhythms import rhythms_page
from shared.contracts.http.rhythms import Rhythms
from shared.contracts.http.scoring import Customers, CustomerScore
from shared.platform.asked import OF_A_CUSTOMER, OF_A_DEALER, CustomerKey, Limit
from shared.platform.problems import Refusal, undecided, unknown
from shared.runtime import Reader, customer_snapshot, known_dealer
from shared.time.clock import TimeSource


def routes(reader: Reader[ScoringFacts], clock: TimeSource) -> APIRouter:
    """The endpoints, answered from `reader`."""
    router = APIRouter(prefix="/v1", tags=["scores"])

    @router.get(
        "/customers/{key:path}",
        summary="A customer's score, and why",
        responses=OF_A_CUSTOMER,
    )
    async def customer(key: CustomerKey) -> CustomerScore:
        snapshot = await customer_snapshot(reader, key)
        if snapshot is not None and snapshot.undecided_because is not None:
            raise Refusal(undecided(f"not scored at present: {snapshot.undecided_because}"))
        score = customer_score(snapshot, clock.now()) if snapshot is not None else None
        if score is None:
            raise Refusal(unknown("no score of such a customer"))
        return score

    @router.get(
        "/dealers/{group}/{dealer}/customers",
        summary="A dealer's customers by key",
        responses=OF_A_DEALER,
    )
    async def customers(group: str, dealer: str, after: str = "", limit: Limit = 100) -> Customers:
        page = await reader.page(known_dealer(reader, group, dealer), after=after, limit=limit)
        return customers_page(page, limit=limit)

    @router.get(
        "/dealers/{group}/{dealer}/rhythms",
        summary="On which days a dealer's customers came, without saying who they are",
        responses=OF_A_DEALER,
    )
    async def rhythms(group: str, dealer: str, after: str = "", limit: Limit = 100) -> Rhythms:
        page = await reader.page(known_dealer(reader, group, dealer), after=after, limit=limit)
        return rhythms_page(page, limit=limit, as_of=clock.now())

    return router
