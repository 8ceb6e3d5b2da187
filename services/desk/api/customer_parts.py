"""What the other services say of one customer, and whether anybody knows them; without who is away
the rest is shown."""

import asyncio

from services.desk.adapters.upstream import NotThere, OtherServices, ServiceAway, WrittenVersion
from services.desk.api.asking import part_of
from services.desk.api.desk import Desk
from services.desk.api.visitor import AtDealer
from services.desk.domain.users import User
from services.desk.views.customer import PartOfCustomer, PartsOfCustomer
from shared.contracts.http.complaints import CaseLine
from shared.contracts.http.followup import CustomerTasks
from shared.contracts.http.scoring import CustomerScore
from shared.contracts.identifiers import dealer_of

MOST_CASES = 50


async def parts_of(
    services: OtherServices, user: User, key: str, written: WrittenVersion | None
) -> PartsOfCustomer:
    """`written`: what the user has just reported of the customer, which the plan then holds."""
    score, history, plan, person, cases = await asyncio.gather(
        part_of(_score(services, user, key)),
        part_of(services.history(user, key)),
        plan_part(services, user, key, written),
        part_of(services.person(user, key)),
        part_of(_cases(services, user, key)),
    )
    return PartsOfCustomer(score=score, history=history, plan=plan, person=person, cases=cases)


async def plan_part(
    services: OtherServices, user: User, key: str, written: WrittenVersion | None = None
) -> PartOfCustomer[CustomerTasks]:
    """The plan alone."""
    part = await part_of(services.plan(user, key, written))
    if part.found is None:
        return PartOfCustomer(None, away=part.away, hidden=part.hidden, holds=written is None)
    return PartOfCustomer(part.found.found, holds=part.found.holds)


async def require_known(desk: Desk, at: AtDealer, key: str) -> None:
    """What is reported of a key that nobody here knows would make somebody of it: asked before
    anything is. Raises `NotThere`, and `ServiceAway` where that cannot be told."""
    known = (await desk.directory.of([key])).get(key)
    if (known is not None and known.profile is not None) or await desk.directory.documents(key):
        return
    parts = await parts_of(desk.services, at.user, key, None)
    if parts.know_nothing:
        raise NotThere
    if not parts.know_them:
        raise ServiceAway("whoever may know them")


async def _score(services: OtherServices, user: User, key: str) -> CustomerScore:
    return (await services.score(user, key)).found


async def _cases(services: OtherServices, user: User, key: str) -> tuple[CaseLine, ...]:
    found = await services.cases(user, dealer_of(key), customer=key, status="all", limit=MOST_CASES)
    theirs = (each for each in found.cases if each.customer_key == key)
    return tuple(sorted(theirs, key=lambda each: str(each.received_at), reverse=True))
