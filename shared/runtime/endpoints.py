"""All that a service answers over HTTP, put together from what it runs on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from fastapi import APIRouter

from shared.dealers.dealer import Dealers
from shared.decider.decider import Decider, Facts
from shared.decider.policy import Policy
from shared.platform.http import Readiness, operations
from shared.policies.trial import Trial
from shared.runtime.holdings import holdings_router
from shared.runtime.policies import PolicyPages, StoredPages, policy_routes
from shared.runtime.reader import Reader
from shared.time.clock import TimeSource

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)
Routes: TypeAlias = Callable[[Reader[F], TimeSource], APIRouter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering(Generic[F, P]):
    """What a service answers from."""

    decider: Decider[F, P]
    reader: Reader[F]
    store: StoredPages
    clock: TimeSource
    dealers: Dealers
    partitions: Callable[[], int]
    """How many partitions its topics have."""
    readiness: Readiness


def endpoints(
    on: Answering[F, P], routes: Routes[F], *, trial: Trial[F, P] | None
) -> Iterator[APIRouter]:
    """Its own `routes`, and those that all services have. `trial`: of who follows rules."""
    yield operations(on.readiness)
    yield holdings_router(on.decider.facts, on.store)
    yield routes(on.reader, on.clock)
    if trial is not None:
        pages = PolicyPages(
            decider=on.decider,
            trial=trial,
            store=on.store,
            clock=on.clock,
            partitions=on.partitions,
        )
        yield policy_routes(pages, on.dealers)
