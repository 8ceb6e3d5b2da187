"""Asking for what a page can do without."""

from collections.abc import Awaitable
from typing import TypeVar

from services.desk.adapters.upstream import NotLetIn, NotThere, RefusedByService, ServiceAway

T = TypeVar("T")


async def or_none(asked: Awaitable[T]) -> T | None:
    """What is answered; None where a service is away, refuses to answer, knows of no such thing, or
    does not let the user see it: the rest of the page is shown."""
    try:
        return await asked
    except (ServiceAway, RefusedByService, NotThere, NotLetIn):
        return None
