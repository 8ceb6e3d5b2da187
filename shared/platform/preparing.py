"""What goes on beside a service's answers, and what is made ready as soon as that can be."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

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


@asynccontextmanager
async def at_work(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """All of them go on beside what is done within; at its end they end, whatever they are at."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
