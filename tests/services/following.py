"""One instance of a service, without I/O, that follows a folder of rules."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import JsonValue

from deploy.cli.policy.totals import DryRunSum
from shared.contracts.envelope import Event
from shared.contracts.http.policies import DryRunRequest
from shared.decider.decider import Decider, Facts
from shared.decider.decision import earliest
from shared.decider.policy import Policy
from shared.policies.applied import write_edition
from shared.policies.edition import Edition
from shared.policies.paths import RulesPaths
from shared.policies.trial import Trial
from shared.runtime.aggregate import Aggregate
from shared.runtime.mongo_store import MongoStore
from shared.runtime.ownership import Ownership, Pulse
from shared.runtime.plan import Work
from shared.runtime.policies import PolicyPages
from shared.runtime.reload import PolicyWatch, reload_policy
from shared.runtime.snapshots import StoreReader
from shared.runtime.summaries import SummaryStore
from shared.settings import RuntimeSettings
from shared.testing.clock import ManualClock
from shared.testing.publisher import MemoryPublisher
from shared.testing.store import MemoryStore
from shared.testing.summaries import MemorySummaries
from tests.dealers import DEALERS
from tests.working import working

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

SWEEPS = 20
"""Enough for all that a test stores."""


class Following(Generic[F, P]):
    """Takes events, wakes what is due, and takes up editions that are applied."""

    def __init__(
        self,
        root: Path,
        decider: Decider[F, P],
        trial: Trial[F, P],
        watch: PolicyWatch[P] | None,
        now: datetime,
        *,
        dealers: Sequence[str] = (),
        store: MongoStore | None = None,
        summaries: SummaryStore | None = None,
    ) -> None:
        """`store` and `summaries`: instead of those in memory."""
        self.decider = decider
        self.paths = RulesPaths(root, decider.name)
        self.watch = watch
        self.clock = ManualClock(now)
        self.publisher = MemoryPublisher()
        self.store: MemoryStore | MongoStore = store or MemoryStore()
        self.summaries: SummaryStore | None = None
        if decider.summaries is not None:
            self.summaries = summaries or MemorySummaries()
        self.ownership = Ownership(Pulse(limit_seconds=5, monotonic=lambda: 0.0))
        self.pages = PolicyPages(
            decider=decider, trial=trial, store=self.store, clock=self.clock, partitions=lambda: 1
        )
        self._worker = working(
            decider,
            store=self.store,
            publisher=self.publisher,
            clock=self.clock,
            ownership=self.ownership,
            settings=RuntimeSettings(sweep_page=2),
            dealers=dealers,
            summaries=self.summaries,
        )

    async def take(self, *events: Event[Any]) -> None:
        """Take in each event when it was first received."""
        aggregate_id: Callable[[Event[Any]], str] = self.decider.aggregate_id
        for event in events:
            self.clock.set(max(self.clock.now(), event.recorded_at))
            async with self.ownership.turn() as turn:
                await self._worker.reconciler.begin(turn)
                await self._worker.reconciler.reconcile(
                    {aggregate_id(event): Work(0, (event,))}, turn
                )

    async def until(self, moment: datetime) -> None:
        """Time passes; all that is due is taken up as it becomes due."""
        while (due := await self._next_due()) is not None and due <= moment:
            self.clock.set(max(due, self.clock.now()))
            await self._worker.wake()
        self.clock.set(moment)

    async def apply(self, dealer_id: str, edition: Edition) -> None:
        """An operator applies an edition; the service notices it and is done with it."""
        write_edition(self.paths, dealer_id, edition)
        await self.follow()

    async def follow(self) -> None:
        """The service notices that files have changed, and is done with it."""
        assert self.watch is not None
        found = await self.watch(self.clock.now())
        assert found is not None
        await reload_policy(self.decider, found, self.ownership)
        for _ in range(SWEEPS):
            await self._worker.wake()

    async def summarize(self) -> None:
        """Lists and totals are brought up to date."""
        while await self._worker.summarize():
            pass

    @property
    def reader(self) -> StoreReader[F, P]:
        """What endpoints ask."""
        return StoreReader(self.decider, self.store, self.clock, DEALERS, summaries=self.summaries)

    async def tried(self, dealer_id: str, edition: Edition) -> DryRunSum:
        """What an operator is told that this edition would do."""
        found, after = DryRunSum(), ""
        content: dict[str, JsonValue] = edition.model_dump(mode="json")
        while True:
            asked = DryRunRequest(dealer=dealer_id, edition=content, after=after)
            page = await self.pages.dry_run(asked)
            found.add(page)
            if page.next is None:
                return found
            after = page.next

    async def progress(self, dealer_id: str) -> tuple[int, int]:
        """How many are stored of a dealer, and how many are decided by other rules still."""
        found = await self.pages.progress(dealer_id, "")
        return found.looked_at, found.left

    async def stored(self) -> dict[str, Aggregate]:
        """All aggregates by id."""
        return {each.id: each for each in await self.store.page(dealer_id=None, after="", limit=99)}

    async def _next_due(self) -> datetime | None:
        return earliest(each.due_at for each in (await self.stored()).values())
