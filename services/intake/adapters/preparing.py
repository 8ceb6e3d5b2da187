"""Indexes are made as soon as the database answers."""

from collections.abc import Awaitable, Callable

import structlog

from shared.platform.backoff import Backoff
from shared.platform.errors import TransientFailure

log = structlog.get_logger()


async def prepare_when_it_answers(*steps: Callable[[], Awaitable[None]]) -> None:
    """Each step in turn, again and again until it is done. Steps may be repeated."""
    backoff = Backoff()
    for step in steps:
        while True:
            try:
                await step()
                break
            except TransientFailure as failure:
                log.warning("the database is away", because=str(failure))
                await backoff.wait()
