"""Identity's read endpoints: who a customer is and why, and a dealer's customers who are others."""

from functools import partial

from fastapi import APIRouter, Request

from services.identity.domain.facts import IdentityFacts
from services.identity.views.customer import MaySee, customer_person
from services.identity.views.dealer import persons_page
from shared.contracts.http.identity import CustomerPerson, Persons
from shared.platform.asked import OF_A_CUSTOMER, OF_A_DEALER, CustomerKey, Limit
from shared.platform.needs import in_path, named, needs, principal_of
from shared.platform.problems import Refusal, unknown
from shared.runtime import (
    Reader,
    customer_facts,
    customer_snapshot,
    holding,
    known_dealer,
    telling_holds,
)
from shared.time.clock import TimeSource


def routes(reader: Reader[IdentityFacts], clock: TimeSource) -> APIRouter:
    """The endpoints, answered from `reader`."""
    router = APIRouter(prefix="/v1", tags=["persons"])

    @router.get(
        "/customers/{key:path}",
        dependencies=[
            needs("persons:read", named("key")),
            holding(partial(customer_facts, reader), "key"),
        ],
        summary="Which other customers a customer is, and why",
        responses=telling_holds(OF_A_CUSTOMER),
    )
    async def customer(request: Request, key: CustomerKey) -> CustomerPerson:
        snapshot = await customer_snapshot(reader, key)
        if snapshot is None or not snapshot.facts.is_of_a_customer:
            raise Refusal(unknown("nothing is known of such a customer"))
        return customer_person(snapshot, reader.policy, clock.now(), may_see=_seen_by(request))

    @router.get(
        "/dealers/{group}/{dealer}/persons",
        dependencies=[needs("persons:read", in_path)],
        summary="A dealer's customers who are other customers, too",
        responses=OF_A_DEALER,
    )
    async def persons(
        request: Request, group: str, dealer: str, after: str = "", limit: Limit = 100
    ) -> Persons:
        page = await reader.page(known_dealer(reader, group, dealer), after=after, limit=limit)
        return persons_page(page, limit=limit, may_see=_seen_by(request))

    return router


def _seen_by(request: Request) -> MaySee:
    """A person may have customers at several dealers of a group: named are those of dealers whom
    who asks may see."""
    return partial(principal_of(request).may, "persons:read")
