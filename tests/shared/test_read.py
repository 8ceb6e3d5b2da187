"""What the read endpoints see: the decision for the present, and troubles of single aggregates."""

from datetime import timedelta

from shared.contracts.identifiers import customer_key
from shared.runtime.ownership import Ownership, Pulse
from shared.runtime.plan import Work
from shared.runtime.read import StoreReader
from shared.runtime.reconcile import Reconciler
from shared.time.clock import ManualClock
from tests.fakes import MemoryRelay, MemoryStore
from tests.shared.toy import DEALER, START, TOY, ToyFacts, ToyPolicy, event, visit

ONE, TWO = (customer_key(DEALER, "dms", number) for number in ("1", "2"))


class Shown:
    """A store with visits of two customers, and a reader of it."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.store = MemoryStore()
        self.reader: StoreReader[ToyFacts, ToyPolicy] = StoreReader(TOY, self.store, self.clock)

    async def know(self, customer: str, count: int) -> None:
        ownership = Ownership(Pulse(limit_seconds=5, monotonic=lambda: 0.0))
        reconciler = Reconciler(TOY, self.store, MemoryRelay(), self.clock)
        visits = [visit(n, customer=customer, status="open") for n in range(count)]
        async with ownership.turn() as turn:
            work = {visits[0].customer_key: Work(0, [event(found) for found in visits])}
            await reconciler.reconcile(work, turn)


async def test_a_view_is_decided_for_the_present() -> None:
    shown = Shown()
    await shown.know("1", 1)
    shown.clock.advance(timedelta(days=1))
    view = await shown.reader.get(ONE)
    assert view is not None
    assert [output.about.partition("/")[0] for output in view.decision.outputs] == [
        "score",
        "alarm",
    ]
    assert view.undecided_because is None
    assert await shown.reader.get(TWO) is None


async def test_one_that_cannot_be_decided_hides_no_other() -> None:
    shown = Shown()
    await shown.know("1", 13)
    await shown.know("2", 1)
    troubled, sound = await shown.reader.page(DEALER)
    assert str(troubled.undecided_because).startswith("decide raised ValueError at toy.py:")
    assert sound.undecided_because is None
    assert len(sound.decision.outputs) == 1


async def test_holdings_are_paged() -> None:
    shown = Shown()
    await shown.know("1", 2)
    await shown.know("2", 1)
    first = await shown.reader.holdings(after="", limit=1)
    assert (first.items[0].id, len(first.items[0].documents), first.next) == (ONE, 2, ONE)
    rest = await shown.reader.holdings(after=ONE, limit=10)
    assert ([item.id for item in rest.items], rest.next) == ([TWO], None)
