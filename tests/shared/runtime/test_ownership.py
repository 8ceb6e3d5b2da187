"""Turns: one at a time, never given up in the middle, void after a pause."""

import asyncio

import pytest

from shared.platform.errors import OwnershipLost
from shared.runtime.ownership import Ownership, Pulse


def make() -> tuple[Ownership, list[float]]:
    time = [0.0]
    return Ownership(Pulse(limit_seconds=5, monotonic=lambda: time[0])), time


async def test_partitions_are_given_up_between_turns_only() -> None:
    ownership, _ = make()
    await ownership.gained([1, 2])
    async with ownership.turn() as turn:
        revoking = asyncio.create_task(ownership.revoke())
        await asyncio.sleep(0)
        assert turn.partitions == ownership.partitions == {1, 2}
        assert not revoking.done()
    await revoking
    assert ownership.partitions == frozenset()


async def test_what_is_gained_is_unsettled_until_a_turn_settles_it() -> None:
    ownership, _ = make()
    await ownership.gained([1])
    async with ownership.turn() as turn:
        assert turn.unsettled
        turn.unsettled = False
    async with ownership.turn() as turn:
        assert not turn.unsettled


async def test_a_turn_that_fails_leaves_its_partitions_unsettled() -> None:
    ownership, _ = make()
    async with ownership.turn() as turn:
        turn.unsettled = False
    with pytest.raises(ValueError, match="in the middle"):
        async with ownership.turn():
            raise ValueError("in the middle")
    async with ownership.turn() as turn:
        assert turn.unsettled


async def test_a_pause_longer_than_the_limit_voids_the_turn_and_no_later_one() -> None:
    ownership, time = make()
    async with ownership.turn() as turn:
        time[0] += 4
        turn.ensure_current()
        time[0] += 6
        with pytest.raises(OwnershipLost):
            turn.ensure_current()
    async with ownership.turn() as turn:
        turn.ensure_current()


async def test_a_pause_is_not_hidden_by_the_pulse_that_notices_it_first() -> None:
    pulse_time = [0.0]
    pulse = Pulse(limit_seconds=5, monotonic=lambda: pulse_time[0])
    ownership = Ownership(pulse)
    async with ownership.turn() as turn:
        pulse_time[0] += 60
        pulse.gaps()
        with pytest.raises(OwnershipLost):
            turn.ensure_current()


async def test_after_a_pause_everything_is_unsettled() -> None:
    ownership, time = make()
    await ownership.gained([1])
    async with ownership.turn() as turn:
        turn.unsettled = False
    assignments = ownership.assignments
    time[0] += 60
    async with ownership.turn() as turn:
        assert turn.unsettled
        turn.unsettled = False
    assert ownership.assignments == assignments + 1
    async with ownership.turn() as turn:
        assert not turn.unsettled
