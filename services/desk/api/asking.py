"""Asking for what a page can do without."""

from collections.abc import Awaitable
from typing import TypeVar

from services.desk.adapters.upstream import NotLetIn, NotThere, RefusedByService, ServiceAway
from services.desk.views.customer import PartOfCustomer

T = TypeVar("T")


async def or_none(asked: Awaitable[T]) -> T | None:
    """What is answered; None where a service is away, refuses to answer, knows of no such thing, or
    does not let the user see it: the rest of the page is shown."""
    try:
        return await asked
    except (ServiceAway, RefusedByService, NotThere, NotLetIn):
        return None


async def unless_away(asked: Awaitable[T]) -> T | None:
    """What is answered; None where the service is away."""
    try:
        return await asked
    except ServiceAway:
        return None


async def part_of(asked: Awaitable[T]) -> PartOfCustomer[T]:
    """What a service says of a customer; whether it is away, or does not let the user see that."""
    try:
        return PartOfCustomer(await asked)
    except (ServiceAway, RefusedByService):
        return PartOfCustomer(None, away=True)
    except NotLetIn:
        return PartOfCustomer(None, hidden=True)
    except NotThere:
        return PartOfCustomer(None)
