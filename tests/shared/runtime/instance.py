"""One instance of the toy service whose timers a test turns by hand."""

from collections.abc import Callable, Sequence

from shared.contracts.intake import VisitRecorded
from shared.contracts.topics import GRADES
from shared.decider.decider import Decider
from shared.runtime.ownership import Ownership, Pulse
from shared.runtime.plan import Work
from shared.runtime.summaries import SummaryStore
from shared.settings import RuntimeSettings
from shared.testing.clock import ManualClock
from shared.testing.publisher import MemoryPublisher
from shared.testing.store import MemoryStore
from tests.shared.runtime.toy import DEALER, START, TOY, ToyFacts, ToyPolicy, event
from tests.working import working


class Instance:
    """One instance of the toy service, on a store that others may share."""

    def __init__(
        self,
        store: MemoryStore,
        decider: Decider[ToyFacts, ToyPolicy] = TOY,
        *,
        page: int = 100,
        dealers: Sequence[str] = (DEALER,),
        monotonic: Callable[[], float] | None = None,
        summaries: SummaryStore | None = None,
    ) -> None:
        self.monotonic = 0.0
        self.clock = ManualClock(START)
        self.publisher = MemoryPublisher()
        self.store = store
        self.ownership = Ownership(Pulse(limit_seconds=5, monotonic=lambda: 0.0))
        self.worker = working(
            decider,
            store=store,
            publisher=self.publisher,
            clock=self.clock,
            ownership=self.ownership,
            settings=RuntimeSettings(sweep_page=page, sweep_interval_seconds=1),
            dealers=dealers,
            monotonic=monotonic or (lambda: self.monotonic),
            summaries=summaries,
        )
        self.wake = self.worker.wake

    async def take(self, partition: int, *visits: VisitRecorded) -> None:
        async with self.ownership.turn() as turn:
            await self.worker.reconciler.begin(turn)
            work = {found.key: Work(partition, (found,)) for found in map(event, visits)}
            await self.worker.reconciler.reconcile(work, turn)

    def alarms(self) -> list[bytes | None]:
        return [record.key for record in self.publisher.records if record.topic == GRADES.name]
