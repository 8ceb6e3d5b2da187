"""Whoever else works at lists and totals, or did, and whatever lands late: nothing counts twice,
and nothing old comes back."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared.contracts.identifiers import customer_key
from shared.contracts.intake import VisitRecorded
from shared.platform.errors import Conflict, TransientFailure
from shared.runtime.aggregate import Intent
from shared.runtime.ownership import Ownership, Pulse
from shared.runtime.plan import Work
from shared.testing.clock import ManualClock
from shared.testing.publisher import MemoryPublisher
from shared.testing.store import MemoryStore
from shared.testing.summaries import MemorySummaries
from tests.shared.runtime.house import FaultyStore
from tests.shared.runtime.instance import Instance
from tests.shared.runtime.summarizing import BY_POINTS, House
from tests.shared.runtime.toy import (
    DAY,
    DEALER,
    START,
    SUMMARIZED,
    ToyPolicy,
    event,
    visit,
)
from tests.working import working

ONE = customer_key(DEALER, "dms", "1")


@pytest.fixture
async def house() -> House:
    made = House()
    await made.own()
    return made


async def test_two_that_believe_to_own_a_partition_count_nothing_twice(house: House) -> None:
    """One goes on with the same customer while a step of the other is half carried out."""
    rival = house.start()
    await house.own(3, instance=rival)
    await house.settle()
    await house.settle(rival)

    async def rival_works() -> None:
        await rival.take(3, visit(2, status="open"))
        for _ in range(3):
            with contextlib.suppress(Conflict):
                await rival.worker.summarize()

    await house.take(visit(1, status="open"))
    house.summaries.meanwhile = rival_works
    await house.settle()
    await house.settle(rival)
    assert await house.is_exact()
    await house.take(visit(3))
    await house.settle()
    assert await house.is_exact()


async def test_what_a_rival_has_read_before_is_not_written_after(house: House) -> None:
    """It lost its partition while it read, and goes on when the new owner has done all."""
    await house.settle()
    await house.take(visit(1))
    rival = house.start()
    await house.own(3, instance=rival)

    async def the_owner_works() -> None:
        await house.take(visit(2))
        await house.settle()

    house.summaries.before["steps"] = the_owner_works
    with contextlib.suppress(Conflict):
        await rival.worker.summarize()
    assert await house.is_exact()


async def test_what_a_rival_has_read_is_not_written_where_nothing_had_changed(
    house: House,
) -> None:
    """The new owner finds the customer as they were before what the rival has seen, and takes
    the marks away."""
    rival = house.start()
    await house.own(3, instance=rival)
    await house.take(visit(1))
    await house.settle()
    await house.settle(rival)
    await house.take(visit(1, revision=2, opened_at=START - 40 * DAY))

    async def the_owner_works() -> None:
        await house.take(visit(1, revision=3))
        await house.settle()

    house.summaries.before["begin_step"] = the_owner_works
    with pytest.raises(Conflict):
        await rival.worker.summarize()
    assert await house.is_exact()


async def test_what_another_policy_summarized_is_summarized_anew() -> None:
    """An instance that still goes by the old one has the partition for a moment, in between."""

    house = House(replace(BY_POINTS, policy=ToyPolicy(points=30)))
    await house.own()
    await house.settle()
    await house.take(visit(1))
    old = Instance(house.store, replace(BY_POINTS), summaries=house.summaries)
    await house.own(instance=old)
    await old.worker.summarize()
    async with old.ownership.turn() as turn:
        await old.worker.reconciler.begin(turn)
    assert await house.reader.totals(DEALER) == {"all": {"points": 10}}
    newer = house.start()
    await house.own(instance=newer)
    for _ in range(5):
        await house.settle(newer)
    assert await house.reader.totals(DEALER) == {"all": {"points": 30}}


async def test_what_was_written_since_is_not_marked_once_more(house: House) -> None:
    other = customer_key(DEALER, "dms", "2")
    await house.take(visit(1))
    house.instance.clock.advance(DAY)
    await house.take(visit(2, customer="2"))
    await house.settle()
    await house.instance.worker.reconciler.mark([ONE, other], written_by=START)
    marks = await house.summaries.marks([3], limit=9)
    assert [mark.aggregates for mark in marks] == [(ONE,)]


async def test_a_step_of_before_that_lands_late_changes_nothing(house: House) -> None:
    await house.settle()
    await house.take(visit(1, status="open"))
    await house.settle()
    old = (await house.summaries.steps([3]))[3]
    assert old.summaries
    assert old.totals
    await house.take(visit(1, revision=2), visit(2, status="open"))
    await house.settle()
    await house.summaries.carry_out(old)
    assert await house.is_exact()


async def test_what_an_aggregate_says_is_in_several_intents_where_it_is_too_much_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An intent is one document. The first of them has what is to be summarized."""
    monkeypatch.setattr("shared.runtime.reconcile.MAX_INTENT_CHARACTERS", 1)
    seen: list[Intent] = []

    class Watched(MemoryStore):
        async def add_intents(self, intents: Sequence[Intent]) -> None:
            seen.extend(intents)
            await super().add_intents(intents)

    summaries = MemorySummaries()
    instance = Instance(Watched(), replace(SUMMARIZED), summaries=summaries)
    await instance.ownership.gained([3])
    await instance.take(3, visit(status="open", opened_at=START - 2 * DAY))
    assert [len(intent.messages) for intent in seen] == [1, 1]
    assert [intent.written for intent in seen] == [((ONE, 1),), ()]
    assert [mark.aggregates for mark in await summaries.marks([3], limit=9)] == [(ONE,)]
    assert await instance.store.intents([3]) == []


async def test_a_write_that_says_nothing_cannot_land_once_its_mark_was_taken() -> None:
    """Its reply was lost, and it comes after all when its partition was settled and summarized."""
    memory = MemoryStore()
    store, summaries = FaultyStore(memory), MemorySummaries()
    ownership = Ownership(Pulse(limit_seconds=5, monotonic=lambda: 0.0))
    worker = working(
        replace(SUMMARIZED),
        store=store,
        publisher=MemoryPublisher(),
        clock=ManualClock(START),
        ownership=ownership,
        summaries=summaries,
    )
    await ownership.gained([3])

    async def take(*visits: VisitRecorded) -> None:
        async with ownership.turn() as turn:
            await worker.reconciler.begin(turn)
            work = {found.key: Work(3, (found,)) for found in map(event, visits)}
            await worker.reconciler.reconcile(work, turn)

    await take(visit())
    store.faults["save"] = ("later", TransientFailure("database: no reply"))
    with pytest.raises(TransientFailure):
        await take(visit(revision=2, opened_at=START - 40 * DAY))
    await take()
    [late] = store.landing_late
    with pytest.raises(Conflict):
        await memory.save(late)
