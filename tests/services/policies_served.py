"""A service's endpoints about its rules, over what is stored in memory, behind the real server."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from fastapi import APIRouter

from shared.dealers.file import EXAMPLE_DEALERS, read_dealers
from shared.decider.decider import Decider
from shared.platform import http
from shared.policies.trial import Trial
from shared.runtime.aggregate import Aggregate
from shared.runtime.policies import PolicyPages, policy_routes
from shared.settings import HttpSettings
from shared.testing.doorman import KnowsEverybody
from shared.testing.store import MemoryStore
from shared.time.clock import TimeSource
from tests.served import served
from tests.servers import PATIENCE_SECONDS


@contextmanager
def answering(
    decider: Decider[Any, Any],
    trial: Trial[Any, Any],
    stored: Sequence[Aggregate],
    clock: TimeSource,
    *more: APIRouter,
) -> Iterator[str]:
    """The address at which the service answers, in a thread of its own, and says it is ready.
    `more`: what else it answers."""
    loop, address, done = asyncio.new_event_loop(), list[str](), asyncio.Event()
    ready = threading.Event()

    async def serve() -> None:
        store = MemoryStore()
        await store.save(stored)
        pages = PolicyPages(
            decider=decider, trial=trial, store=store, clock=clock, partitions=lambda: 1
        )

        async def readiness() -> list[str]:
            return []

        app = http.make_app(title="a service", doorman=KnowsEverybody(), lifespan=_nothing)
        app.include_router(http.operations(readiness))
        app.include_router(policy_routes(pages, read_dealers(EXAMPLE_DEALERS)))
        for router in more:
            app.include_router(router)
        async with served(app, HttpSettings()) as found:
            address.append(f"http://127.0.0.1:{found.port}")
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(PATIENCE_SECONDS)
        yield address[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


@asynccontextmanager
async def _nothing(app: object) -> Any:
    yield
