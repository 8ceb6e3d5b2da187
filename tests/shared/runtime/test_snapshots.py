"""What the read endpoints see: the decision for the present, and troubles of single aggregates."""

from dataclasses import replace
from datetime import timedelta

from shared.contracts.identifiers import customer_key
from shared.contracts.scoring import ScoreChanged
from shared.decider.decider import Decider
from shared.runtime.ownership import Ownership, Pulse
from shared.runtime.plan import Work
from shared.runtime.reader import Reader
from shared.runtime.snapshots import StoreReader
from shared.testing.clock import ManualClock
from shared.testing.publisher import MemoryPublisher
from shared.testing.reader import MemoryReader
from shared.testing.store import MemoryStore
from tests.dealers import DEALERS
from tests.shared.runtime.toy import DEALER, LISTED, START, TOY, ToyFacts, ToyPolicy, event, visit
from tests.working import working

ONE, TWO = (customer_key(DEALER, "dms", number) for number in ("1", "2"))


class Shown:
    """A store with visits of two customers, and a reader of it."""

    def __init__(self, decider: Decider[ToyFacts, ToyPolicy] = TOY) -> None:
        self.clock = ManualClock(START)
        self.store = MemoryStore()
        self.decider = replace(decider)
        self.reader = StoreReader(self.decider, self.store, self.clock, DEALERS)

    async def know(self, customer: str, count: int) -> None:
        ownership = Ownership(Pulse(limit_seconds=5, monotonic=lambda: 0.0))
        worker = working(
            self.decider,
            store=self.store,
            publisher=MemoryPublisher(),
            clock=self.clock,
            ownership=ownership,
        )
        visits = [visit(n, customer=customer, status="open") for n in range(count)]
        async with ownership.turn() as turn:
            work = {visits[0].customer_key: Work(0, [event(found) for found in visits])}
            await worker.reconciler.reconcile(work, turn)


async def test_a_view_is_decided_for_the_present() -> None:
    shown = Shown()
    await shown.know("1", 1)
    shown.clock.advance(timedelta(days=1))
    snapshot = await shown.reader.get(ONE)
    assert snapshot is not None
    assert [output.about.partition("/")[0] for output in snapshot.decision.outputs] == [
        "score",
        "alarm",
    ]
    assert snapshot.undecided_because is None
    assert await shown.reader.get(TWO) is None


async def test_one_that_cannot_be_decided_hides_no_other() -> None:
    shown = Shown()
    await shown.know("1", 13)
    await shown.know("2", 1)
    troubled, sound = await shown.reader.page(DEALER)
    assert str(troubled.undecided_because).startswith("decide raised ValueError at toy.py:")
    assert sound.undecided_because is None
    assert len(sound.decision.outputs) == 1


async def test_the_policy_shown_is_the_one_that_is_decided_by_now() -> None:
    shown = Shown()
    await shown.know("1", 1)
    reader: Reader[ToyFacts] = shown.reader
    shown.decider.policy = ToyPolicy(points=20)
    assert reader.policy.points == 20
    snapshot = await reader.get(ONE)
    assert snapshot is not None
    contents = [output.content for output in snapshot.decision.outputs]
    assert [content.score for content in contents if isinstance(content, ScoreChanged)] == [20]


async def test_what_is_open_is_shown_by_deadline_page_by_page() -> None:
    shown = Shown(LISTED)
    for customer in ("1", "2"):
        await shown.know(customer, 1)
    reader: Reader[ToyFacts] = shown.reader
    [first] = await reader.open_by_deadline(DEALER, limit=1)
    assert first.listing is not None
    assert first.listing.deadline == START + timedelta(days=1)
    [second] = await reader.open_by_deadline(DEALER, after=(first.listing.deadline, first.id))
    assert (first.id, second.id) == (ONE, TWO)
    until = START + timedelta(days=1)
    assert await reader.listings(DEALER, since=START, until=until) == [
        (ONE, first.listing),
        (TWO, second.listing),
    ]
    rest = await reader.listings(DEALER, since=START, until=until, after=ONE)
    assert rest == [(TWO, second.listing)]


async def test_the_reader_in_memory_shows_what_the_store_does() -> None:
    shown = Shown(LISTED)
    for customer in ("1", "2"):
        await shown.know(customer, 1)
    facts = {snapshot.id: snapshot.facts for snapshot in await shown.reader.page(DEALER)}
    memory: Reader[ToyFacts] = MemoryReader.deciding(LISTED, facts, START, dealers=DEALERS)
    reader: Reader[ToyFacts] = shown.reader
    until = START + timedelta(days=1)
    listings = await reader.listings(DEALER, since=START, until=until)
    assert await memory.listings(DEALER, since=START, until=until) == listings != []
    known = await reader.facts(ONE)
    assert await memory.facts(ONE) == known == facts[ONE]
    assert await memory.facts("none") is await reader.facts("none") is None
    assert [snapshot.id for snapshot in await memory.open_by_deadline(DEALER, limit=1)] == [ONE]
    assert memory.policy == reader.policy
