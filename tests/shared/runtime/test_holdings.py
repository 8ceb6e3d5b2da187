"""Which documents are held, of every aggregate, a page at a time."""

from shared.contracts.identifiers import customer_key, dealer_of
from shared.runtime.aggregate import Aggregate
from shared.runtime.holdings import holdings
from shared.testing.store import MemoryStore
from tests.shared.runtime.toy import DEALER, START, ToyFacts, event, join, visit

ONE, TWO = (customer_key(DEALER, "dms", number) for number in ("1", "2"))


def knows(customer: str, visits: int) -> Aggregate:
    events = [event(visit(number, customer=customer)) for number in range(visits)]
    key = customer_key(DEALER, "dms", customer)
    return Aggregate(
        id=key,
        dealer_id=dealer_of(key),
        partition=0,
        version=1,
        facts=join(ToyFacts(), events).model_dump_json(exclude_defaults=True),
        emitted={},
        due_at=None,
        policy_version="",
        updated_at=START,
    )


async def test_holdings_are_paged() -> None:
    store = MemoryStore()
    await store.save([knows("1", 2), knows("2", 1)])
    first = await holdings(ToyFacts, store, after="", limit=1)
    assert (first.items[0].id, len(first.items[0].documents), first.next) == (ONE, 2, ONE)
    rest = await holdings(ToyFacts, store, after=ONE, limit=10)
    assert ([item.id for item in rest.items], rest.next) == ([TWO], None)
