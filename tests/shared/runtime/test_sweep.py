"""Timers: what is due, in order, for owned partitions only; and a change of policy."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from shared.contracts.intake import VisitRecorded
from shared.runtime.aggregate import Aggregate, Intent
from shared.runtime.sweep import SETTLE_EVERY_SECONDS
from shared.testing.store import MemoryStore
from tests.shared.runtime.instance import Instance
from tests.shared.runtime.toy import START, TOY, ToyPolicy, visit
from tests.simulation.loop import run

DAY = timedelta(days=1)


def open_visits(customers: Sequence[int], opened_at: datetime = START) -> list[VisitRecorded]:
    return [visit(customer=str(n), status="open", opened_at=opened_at) for n in customers]


async def test_a_deadline_fires_at_its_instant_and_once() -> None:
    instance = Instance(MemoryStore())
    await instance.ownership.gained([0])
    await instance.take(0, *open_visits([1]))
    instance.clock.set(START + DAY - timedelta(milliseconds=1))
    await instance.wake()
    assert instance.alarms() == []
    instance.clock.set(START + DAY)
    await instance.wake()
    await instance.wake()
    assert len(instance.alarms()) == 1


class SlowStore(MemoryStore):
    """Takes so many seconds to tell what is due, and notes when it was asked."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.asked_at: list[float] = []

    async def due(self, until: Mapping[int, datetime], *, limit: int) -> Sequence[Aggregate]:
        self.asked_at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.seconds)
        return await super().due(until, limit=limit)


@pytest.mark.parametrize(("takes", "apart"), [(0.0, 1.0), (0.65, 1.05), (3.0, 3.2)])
def test_a_sweep_begins_each_interval_whatever_it_takes(takes: float, apart: float) -> None:
    """But for one look, which others have the database for."""
    store, looks = SlowStore(takes), list[float]()

    async def sweep_for_a_while() -> None:
        instance = Instance(store, monotonic=asyncio.get_running_loop().time)

        async def look() -> None:
            looks.append(asyncio.get_running_loop().time())
            await instance.worker.look()

        await instance.ownership.gained([0])
        with suppress(TimeoutError):
            async with asyncio.timeout(10 * apart):
                await instance.worker.sweep.run(look)

    run(sweep_for_a_while())
    between = [later - earlier for earlier, later in pairwise(store.asked_at)]
    assert between == pytest.approx([apart] * len(between))
    assert len(between) >= 8
    assert len(looks) >= 2 * len(between)


async def test_what_is_due_fires_oldest_first_page_by_page() -> None:
    instance = Instance(MemoryStore(), page=2)
    await instance.ownership.gained([0])
    for customer, hours in ((1, 3), (2, 1), (3, 2)):
        await instance.take(0, *open_visits([customer], START + timedelta(hours=hours)))
    instance.clock.set(START + 2 * DAY)
    assert await instance.wake()
    assert not await instance.wake()
    assert [str(key)[-2] for key in instance.alarms()] == ["2", "3", "1"]


async def test_only_the_owner_of_a_partition_fires_its_deadlines() -> None:
    store = MemoryStore()
    owner, other = Instance(store), Instance(store)
    await owner.ownership.gained([0])
    await other.ownership.gained([1])
    await owner.take(0, *open_visits([1]))
    for instance in (owner, other):
        instance.clock.set(START + DAY)
    await other.wake()
    assert other.alarms() == []
    await owner.wake()
    assert len(owner.alarms()) == 1


async def test_another_policy_decides_everything_anew_and_publishes_the_difference() -> None:
    store = MemoryStore()
    before = Instance(store, page=2)
    await before.ownership.gained([0])
    await before.take(0, *(visit(customer=str(n)) for n in range(5)))
    after = Instance(store, replace(TOY, policy=ToyPolicy(points=20)), page=2)
    await after.ownership.gained([0])
    for _ in range(4):
        await after.wake()
    assert len(after.publisher.records) == 5
    assert all(b'"score":20' in (record.value or b"") for record in after.publisher.records)
    await after.wake()
    assert len(after.publisher.records) == 5


async def test_a_partition_is_gone_through_once_per_policy_whoever_gains_it() -> None:
    store = MemoryStore()
    first = Instance(store)
    await first.ownership.gained([0])
    await first.take(0, *(visit(customer=str(n)) for n in range(3)))
    for points, scores in ((20, [20] * 3), (20, []), (30, [30] * 3), (20, [20] * 3)):
        instance = Instance(store, replace(TOY, policy=ToyPolicy(points=points)))
        await instance.ownership.gained([0])
        await instance.wake()
        said = [json.loads(record.value or b"")["score"] for record in instance.publisher.records]
        assert said == scores


async def test_an_assignment_that_comes_back_is_gone_through_again() -> None:
    store = MemoryStore()
    ours, older = Instance(store, replace(TOY, policy=ToyPolicy(points=20))), Instance(store)
    await ours.ownership.gained([0])
    await ours.wake()
    await older.ownership.gained([0])
    await older.take(0, visit())
    await older.wake()
    await ours.ownership.gained([0])
    await ours.wake()
    assert len(ours.publisher.records) == 1


async def test_an_intent_that_a_stale_owner_leaves_later_is_settled_by_the_audit() -> None:
    store = MemoryStore()
    instance = Instance(store)
    await instance.ownership.gained([0])
    await instance.wake()
    await store.add_intents([Intent("0-stale", 0, START, ())])
    await instance.wake()
    assert len(await store.intents([0])) == 1
    instance.monotonic += SETTLE_EVERY_SECONDS + 1
    await instance.wake()
    assert await store.intents([0]) == []


async def test_without_partitions_nothing_is_done() -> None:
    store = MemoryStore()
    instance = Instance(store)
    await store.add_intents([Intent("0-other", 0, START, ())])
    assert not await instance.wake()
    assert len(await store.intents([0])) == 1


async def test_what_an_old_policy_decides_in_mid_deploy_is_decided_anew() -> None:
    store = MemoryStore()
    old, new = Instance(store), Instance(store, replace(TOY, policy=ToyPolicy(points=20)))
    await new.ownership.gained([0])
    await new.wake()
    await old.ownership.gained([0])
    await old.take(0, visit())
    await new.ownership.gained([0])
    await new.wake()
    assert b'"score":20' in (new.publisher.records[-1].value or b"")
