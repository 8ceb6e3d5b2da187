"""One instance of the toy service whose timers a test turns by hand."""

from collections.abc import Callable, Sequence

from shared.contracts.intake import VisitRecorded
from shared.contracts.topics import GRADES
from shared.decider.decider import Decider
from shared.runtime.ownership import Ownership, Pulse
from shared.runtime.plan import Work
from shared.runtime.reconcile import Reconciler
from shared.runtime.sweep import Sweep
from shared.testing.clock import ManualClock
from shared.testing.progress import AllRead
from shared.testing.publisher import MemoryPublisher
from shared.testing.store import MemoryStore
from tests.shared.runtime.toy import DEALER, START, TOY, ToyFacts, ToyPolicy, event


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
    ) -> None:
        self.monotonic = 0.0
        self.clock = ManualClock(START)
        self.publisher = MemoryPublisher()
        self.store = store
        self.ownership = Ownership(Pulse(limit_seconds=5, monotonic=lambda: 0.0))
        self.reconciler = Reconciler(decider, store, self.publisher, self.clock)
        self.sweep = Sweep(
            decider=decider,
            reconciler=self.reconciler,
            store=store,
            ownership=self.ownership,
            progress=AllRead(self.clock),
            dealers=dealers,
            clock=self.clock,
            page=page,
            interval_seconds=1,
            monotonic=monotonic or (lambda: self.monotonic),
        )

    async def take(self, partition: int, *visits: VisitRecorded) -> None:
        async with self.ownership.turn() as turn:
            await self.reconciler.begin(turn)
            work = {found.key: Work(partition, (found,)) for found in map(event, visits)}
            await self.reconciler.reconcile(work, turn)

    def alarms(self) -> list[bytes | None]:
        return [record.key for record in self.publisher.records if record.topic == GRADES.name]
