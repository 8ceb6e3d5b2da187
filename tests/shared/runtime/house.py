"""An instance of the toy service that may crash, on a store that may fail at each step."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from shared.contracts.envelope import from_headers
from shared.contracts.identifiers import customer_key
from shared.contracts.intake import VisitRecorded
from shared.platform.publisher import Record
from shared.runtime.aggregate import Aggregate, Intent, PolicyMark
from shared.runtime.ownership import Ownership, Pulse
from shared.runtime.plan import Work
from shared.runtime.store import Store
from shared.testing.clock import ManualClock
from shared.testing.publisher import MemoryPublisher
from tests.shared.runtime.toy import DEALER, START, TOY, event
from tests.working import working

PARTITION = 3
CUSTOMER = customer_key(DEALER, "dms", "1")


class Crash(BaseException):
    """The process ends here."""


class FaultyStore:
    """A store in which the next call of a kind fails, before or after it took effect."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.faults: dict[str, tuple[str, BaseException]] = {}
        self.landing_late: list[Sequence[Aggregate]] = []
        self.after_save: Callable[[], None] = lambda: None

    async def load(self, ids: Collection[str]) -> Mapping[str, Aggregate]:
        return await self._store.load(ids)

    async def save(self, aggregates: Sequence[Aggregate]) -> None:
        if self.faults.get("save", ("", None))[0] == "later":
            self.landing_late.append(aggregates)
            raise self.faults.pop("save")[1]
        self._fault("save", "before")
        await self._store.save(aggregates)
        self.after_save()
        self._fault("save", "after")

    async def add_intents(self, intents: Sequence[Intent]) -> None:
        self._fault("intent", "before")
        await self._store.add_intents(intents)
        self._fault("intent", "after")

    async def intents(self, partitions: Collection[int]) -> Sequence[Intent]:
        return await self._store.intents(partitions)

    async def remove_intents(self, ids: Collection[str]) -> None:
        self._fault("remove", "before")
        await self._store.remove_intents(ids)
        self._fault("remove", "after")

    async def due(self, until: Mapping[int, datetime], *, limit: int) -> Sequence[Aggregate]:
        return await self._store.due(until, limit=limit)

    async def policy_versions(
        self, partitions: Collection[int], *, after: str, limit: int
    ) -> Sequence[tuple[str, str]]:
        return await self._store.policy_versions(partitions, after=after, limit=limit)

    async def policy_marks(self, partitions: Collection[int]) -> Mapping[int, PolicyMark]:
        return await self._store.policy_marks(partitions)

    async def mark_policy(
        self,
        partitions: Collection[int],
        mark: PolicyMark | None,
        *,
        instead_of: PolicyMark | None = None,
    ) -> None:
        await self._store.mark_policy(partitions, mark, instead_of=instead_of)

    async def open_by_deadline(
        self,
        dealer_id: str,
        *,
        after: tuple[datetime, str] | None,
        limit: int,
        before: datetime | None = None,
    ) -> Sequence[Aggregate]:
        return await self._store.open_by_deadline(
            dealer_id, after=after, limit=limit, before=before
        )

    def _fault(self, step: str, moment: str) -> None:
        if self.faults.get(step, ("", None))[0] == moment:
            raise self.faults.pop(step)[1]


class House:
    """An instance of the toy service on a store and a relay that outlive it."""

    def __init__(self, store: Store) -> None:
        self.clock = ManualClock(START + timedelta(hours=1))
        self.store = FaultyStore(store)
        self.publisher = MemoryPublisher()
        self.monotonic = 0.0
        self.start()

    def start(self) -> None:
        pulse = Pulse(limit_seconds=5, monotonic=lambda: self.monotonic)
        self.ownership = Ownership(pulse)
        self.reconciler = working(
            TOY,
            store=self.store,
            publisher=self.publisher,
            clock=self.clock,
            ownership=self.ownership,
        ).reconciler

    async def take(self, *visits: VisitRecorded) -> list[str]:
        """One turn on all partitions, as the consumer takes it; returns poison's reasons."""
        if self.ownership.gained_at is None:
            await self.ownership.gained(range(6))
        work: dict[str, Work] = {}
        for found in map(event, visits):
            known = work.get(found.key, Work(PARTITION)).events
            work[found.key] = Work(PARTITION, (*known, found))
        async with self.ownership.turn() as turn:
            await self.reconciler.begin(turn)
            poison = await self.reconciler.reconcile(work, turn)
        return [reason for _, reason in poison]

    async def wake(self) -> None:
        """One turn on what is due."""
        async with self.ownership.turn() as turn:
            until = dict.fromkeys(turn.partitions, self.clock.now())
            due = await self.store.due(until, limit=100)
            work = {found.id: Work(found.partition) for found in due}
            await self.reconciler.reconcile(work, turn, {found.id: found for found in due})

    async def aggregate(self, id_: str = CUSTOMER) -> Aggregate:
        return (await self.store.load([id_]))[id_]

    def sent(self) -> list[str]:
        return [attributes(record)["type"].split(".")[2] for record in self.publisher.records]


def attributes(record: Record) -> Mapping[str, str]:
    return from_headers(record.headers)
