"""Instances of the toy service with lists and totals, in a store that may fail at each step."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime

from shared.contracts.intake import VisitRecorded
from shared.decider.decider import Decider
from shared.decider.summary import Summaries, Summary
from shared.platform.errors import Conflict
from shared.runtime.snapshots import StoreReader
from shared.runtime.summaries import SummaryStep
from shared.testing.store import MemoryStore
from shared.testing.summaries import MemorySummaries, lines_of, totals_of
from tests.dealers import DEALERS
from tests.shared.runtime.instance import Instance
from tests.shared.runtime.toy import (
    DEALER,
    SUMMARIZED,
    ToyFacts,
    ToyPolicy,
    summarize,
)

Toy = Decider[ToyFacts, ToyPolicy]


def _by_points(facts: ToyFacts, policy: ToyPolicy, now: datetime) -> Summary | None:
    rank = policy.points * len(facts.visits)
    return Summary(ranks={"visits": rank}, line={}, counts={"all": {"points": rank}})


BY_POINTS = replace(SUMMARIZED, summaries=Summaries(lists=("visits",), summarize=_by_points))
"""What another policy says otherwise."""


class Crash(BaseException):
    """The process ends here."""


class FaultySummaries(MemorySummaries):
    """Fails in the calls whose numbers are planted, before or after they took effect."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.faults: dict[int, tuple[bool, BaseException]] = {}
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        """What happens once while a step is half carried out."""
        self.before: dict[str, Callable[[], Awaitable[object]]] = {}
        """What happens once before the next call of this name."""

    async def carry_out(self, step: SummaryStep) -> None:
        """Summaries first, as the real one does."""
        await super().carry_out(replace(step, totals=()))
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        await super().carry_out(replace(step, summaries=()))

    def __getattribute__(self, name: str) -> object:
        found = super().__getattribute__(name)
        if name == "steps":
            return self._late(name, found)
        if name not in {"add_marks", "remove_marks", "begin_step", "carry_out", "marks"}:
            return found
        return self._late(name, self._faulty(found))

    def _late(
        self, name: str, call: Callable[..., Awaitable[object]]
    ) -> Callable[..., Awaitable[object]]:
        async def called(*args: object, **options: object) -> object:
            before = self.before.pop(name, None)
            if before is not None:
                await before()
            return await call(*args, **options)

        return called

    def _faulty(self, call: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def called(*args: object, **options: object) -> object:
            self.calls += 1
            takes_effect, error = self.faults.pop(self.calls, (True, None))
            answer = await call(*args, **options) if takes_effect else None
            if error is not None:
                raise error
            return answer

        return called


class House:
    """Instances of the toy service on one store, one after another or side by side."""

    def __init__(self, decider: Toy = SUMMARIZED) -> None:
        self.store = MemoryStore()
        self.summaries = FaultySummaries()
        self.decider = decider
        self.instance = self.start()

    def start(self) -> Instance:
        return Instance(self.store, replace(self.decider), summaries=self.summaries)

    async def own(self, *partitions: int, instance: Instance | None = None) -> None:
        await (instance or self.instance).ownership.gained(partitions or range(6))

    async def take(self, *visits: VisitRecorded) -> None:
        """Into partition 3, one by one."""
        for each in visits:
            await self.instance.take(3, each)

    async def settle(self, instance: Instance | None = None) -> None:
        """Until nothing is waiting."""
        working = instance or self.instance
        await working.wake()
        more = True
        while more:
            with contextlib.suppress(Conflict):  # the other was first: it begins again
                more = await working.worker.summarize()

    @property
    def reader(self) -> StoreReader[ToyFacts, ToyPolicy]:
        return StoreReader(
            self.decider,
            self.store,
            self.instance.clock,
            DEALERS,
            summaries=self.summaries,
            partitions=lambda: 6,
        )

    async def expected(self) -> Mapping[str, Summary]:
        """What each aggregate that is stored says of itself now."""
        page = await self.store.page(dealer_id=None, after="", limit=1000)
        now = self.instance.clock.now()
        told = {
            one.id: summarize(
                ToyFacts.model_validate_json(one.facts),
                self.instance.worker.reconciler.decider.policy,
                now,
            )
            for one in page
        }
        return {id_: summary for id_, summary in told.items() if summary is not None}

    async def is_exact(self) -> bool:
        """Whether lists and totals say what the aggregates do."""
        expected = await self.expected()
        assert self.summaries.lines(DEALER) == lines_of(expected)
        assert await self.reader.totals(DEALER) == totals_of(expected.values())
        return bool(expected)
