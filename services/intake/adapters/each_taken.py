"""What intake's doors over Kafka have in common: what becomes of each event, as over HTTP."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from services.intake.views.problems import reason_of
from shared.contracts.http.intake import Item
from shared.platform.errors import TransientFailure

NAME = "intake"

T = TypeVar("T")


async def each_taken(
    receive: Callable[[Sequence[T]], Awaitable[Sequence[Item]]], events: Sequence[T]
) -> list[Item | Exception]:
    """What became of each event, or what intake failed with at it: the fault of no other.

    Raises `TransientFailure`.
    """
    try:
        return [*await receive(events)] if events else []
    except TransientFailure:
        raise
    except Exception as error:
        if len(events) == 1:
            return [error]
        return [found for event in events for found in await each_taken(receive, [event])]


def reason_against(found: Item | Exception) -> str | None:
    """Why it can never be taken; None: it was."""
    if isinstance(found, Exception):
        return f"intake failed: {type(found).__name__}"
    return None if found.problem is None else reason_of(found.problem)
