"""Followup's read endpoints: a customer's tasks and why, and a dealer's open tasks."""

from fastapi import APIRouter

from services.followup.domain.facts import FollowUpFacts
from services.followup.views.customer import customer_tasks
from services.followup.views.dealer import dealer_tasks
from shared.contracts.http.followup import CustomerTasks, DealerTasks
from shared.platform.asked import OF_A_CUSTOMER, OF_A_DEALER, CustomerKey, Limit
from shared.platform.problems import Refusal, undecided, unknown
from shared.runtime import Reader, customer_snapshot, known_dealer
from shared.time.clock import TimeSource


def routes(reader: Reader[FollowUpFacts], clock: TimeSource) -> APIRouter:
    """The endpoints, answered from `reader`."""
    router = APIRouter(prefix="/v1", tags=["tasks"])

    @router.get(
        "/customers/{key:path}",
        summary="A customer's tasks, and why",
        responses=OF_A_CUSTOMER,
    )
    async def customer(key: CustomerKey) -> CustomerTasks:
        snapshot = await customer_snapshot(reader, key)
        if snapshot is None:
            raise Refusal(unknown("nothing is known of such a customer"))
        if snapshot.undecided_because is not None:
            raise Refusal(undecided(f"no tasks at present: {snapshot.undecided_because}"))
        return customer_tasks(snapshot, reader.policy, clock.now())

    @router.get(
        "/dealers/{group}/{dealer}/tasks",
        summary="A dealer's open tasks, by customer",
        responses=OF_A_DEALER,
    )
    async def tasks(group: str, dealer: str, after: str = "", limit: Limit = 100) -> DealerTasks:
        page = await reader.page(known_dealer(reader, group, dealer), after=after, limit=limit)
        return dealer_tasks(page, reader.policy, clock.now(), limit=limit)

    return router
