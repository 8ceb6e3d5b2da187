"""What a service is told of its changes, for its metrics: each once, and only what was written."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.contracts.identifiers import customer_key
from shared.contracts.outputs import Output, Withdrawal
from shared.decider.decision import Listing
from shared.platform.errors import RefusedMessage, TransientFailure
from shared.runtime.plan import Work
from shared.testing.store import MemoryStore
from tests.metrics import Metrics
from tests.shared.runtime.house import CUSTOMER, PARTITION, House
from tests.shared.runtime.toy import DEALER, LISTED, START, TOY, event, visit


@pytest.fixture
def house() -> House:
    return House(MemoryStore())


Observed = tuple[Listing | None, Listing | None, Sequence[str]]


def observing(house: House) -> list[Observed]:
    """What the service is told of its changes from now on."""
    observed: list[Observed] = []

    def observe(
        before: Listing | None, after: Listing | None, said: Sequence[Output | Withdrawal]
    ) -> None:
        observed.append((before, after, [content.TYPE.split(".")[2] for content in said]))

    house.reconciler.decider = replace(LISTED, observe=observe)
    return observed


async def test_a_change_is_observed_once_with_the_listing_before_and_after(house: House) -> None:
    observed = observing(house)
    await house.take(visit(status="open"))
    await house.take(visit(status="open"))
    await house.take(visit(status="closed", revision=2))
    opened, closed = observed
    tally = {"visits": 1, "points": [10]}
    assert opened == (None, Listing(START, START + timedelta(days=1), tally), ["score"])
    assert closed == (opened[1], Listing(START, None, tally), [])


async def test_what_is_not_written_is_not_observed(house: House) -> None:
    observed = observing(house)
    house.store.faults["save"] = ("before", TransientFailure("database: away"))
    with pytest.raises(TransientFailure):
        await house.take(visit())
    assert observed == []
    await house.take(visit())
    assert len(observed) == 1


async def test_each_change_of_a_bulk_that_lost_one_is_observed_once(house: House) -> None:
    await house.take(visit(1))
    stale = await house.store.load([CUSTOMER])
    await house.take(visit(2))
    observed = observing(house)
    other = customer_key(DEALER, "dms", "2")
    async with house.ownership.turn() as turn:
        work = {
            CUSTOMER: Work(PARTITION, (event(visit(3)),)),
            other: Work(PARTITION, (event(visit(1, customer="2")),)),
        }
        await house.reconciler.reconcile(work, turn, stale)
    visits = sorted(after.tally["visits"] for _, after, _ in observed if after is not None)
    assert visits == [1, 3]


async def test_what_the_broker_refuses_was_written_and_is_observed(house: House) -> None:
    observed = observing(house)
    house.publisher.fail_next.append(RefusedMessage([0]))
    await house.take(visit())
    assert len(observed) == 1


async def test_an_observer_that_raises_stops_nothing(
    house: House, request: pytest.FixtureRequest
) -> None:
    def observe(*_: object) -> None:
        raise ZeroDivisionError

    house.reconciler.decider = replace(TOY, observe=observe, name=request.node.name)
    metrics = Metrics(request.node.name)
    await house.take(visit())
    assert (await house.aggregate()).version == 1
    assert house.sent() == ["score"]
    assert metrics.value("observations_failed_total") == 1
