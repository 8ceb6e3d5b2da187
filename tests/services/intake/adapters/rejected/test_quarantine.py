"""What was rejected is kept within bounds of time and room, and counted."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from services.intake.adapters.door import at_once
from services.intake.adapters.rejected.quarantine import RoomForRejected
from services.intake.adapters.rejected.seal import Seal
from services.intake.adapters.rejected.store import Which
from services.intake.domain.rejected.content import EventCame, packed
from services.intake.domain.rejected.row import Rejected, Rejection, WayIn
from shared.platform.errors import TransientFailure
from tests.services.intake.given import BERLIN, PUDONG
from tests.services.intake.world import SEAL, World

ALL = Which(dealer_id=PUDONG)


def rejected(number: int, *, dealer_id: str = PUDONG, source: str = "cdk") -> Rejected:
    kind, content = packed(EventCame({"number": number}))
    return Rejected(
        dealer_id=dealer_id,
        source=source,
        way=WayIn(door="events"),
        type="unknown",
        kind=kind,
        content=content,
        why=Rejection.of("unreadable", []),
    )


def counted(outcome: str) -> float:
    found = REGISTRY.get_sample_value("aftercare_intake_rejected_kept_total", {"outcome": outcome})
    return found or 0.0


def rows_of(dealer: str) -> float | None:
    return REGISTRY.get_sample_value("aftercare_intake_rejected_rows", {"dealer": dealer})


async def numbers(world: World, dealer_id: str = PUDONG) -> Sequence[object]:
    quarantine = world.quarantine()
    rows = await quarantine.page(Which(dealer_id=dealer_id), before="", limit=99)
    found = await quarantine.opened([row.rejected_id for row in rows])
    came = [found[row.rejected_id][1] for row in rows]
    return [each.value["number"] for each in came if isinstance(each, EventCame)]  # type: ignore[index] # as it is made above


async def test_the_oldest_of_a_source_make_room_and_are_counted(world: World) -> None:
    quarantine, before = world.quarantine(RoomForRejected(rows=3)), counted("dropped")
    await quarantine.keep([rejected(9, source="crm")], aside=at_once)
    await quarantine.keep([rejected(9, dealer_id=BERLIN)], aside=at_once)
    for number in range(5):
        world.clock.advance(timedelta(seconds=1))
        await quarantine.keep([rejected(number)], aside=at_once)
    assert await numbers(world) == [4, 3, 2, 9]
    assert await numbers(world, BERLIN) == [9]
    assert counted("dropped") - before == 2


async def test_room_is_looked_for_now_and_then_alone(world: World) -> None:
    quarantine = world.quarantine(RoomForRejected(rows=100))
    for number in range(10):
        await quarantine.keep([rejected(number)], aside=at_once)
    assert world.rejected.calls.count("make_room") == 2
    await quarantine.keep([rejected(number) for number in range(50)], aside=at_once)
    assert world.rejected.calls.count("make_room") == 3
    assert world.rejected.calls.count("keep") == 11


async def test_so_many_bytes_are_kept_of_a_source(world: World) -> None:
    size = len(rejected(1).content)
    quarantine = world.quarantine(RoomForRejected(bytes=2 * size))
    for number in range(4):
        world.clock.advance(timedelta(seconds=1))
        await quarantine.keep([rejected(number)], aside=at_once)
    assert await numbers(world) == [3, 2]


async def test_many_sources_have_no_more_room_than_a_dealer_has(world: World) -> None:
    quarantine, before = world.quarantine(RoomForRejected(dealer_rows=3)), counted("dropped")
    await quarantine.keep([rejected(9, dealer_id=BERLIN)], aside=at_once)
    for number in range(5):
        world.clock.advance(timedelta(seconds=1))
        await quarantine.keep([rejected(number, source=f"made-up-{number}")], aside=at_once)
    assert await numbers(world) == [4, 3, 2]
    assert await numbers(world, BERLIN) == [9]
    assert counted("dropped") - before == 2


async def test_so_many_bytes_are_kept_of_a_dealer(world: World) -> None:
    size = len(rejected(1).content)
    quarantine = world.quarantine(RoomForRejected(dealer_bytes=2 * size))
    for number in range(4):
        world.clock.advance(timedelta(seconds=1))
        await quarantine.keep([rejected(number, source=f"made-up-{number}")], aside=at_once)
    assert await numbers(world) == [3, 2]


async def test_sources_of_any_names_are_not_counted_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.intake.adapters.rejected.quarantine.FEEDS_COUNTED", 10)
    quarantine = world.quarantine(RoomForRejected(dealer_rows=30))
    for number in range(100):
        world.clock.advance(timedelta(seconds=1))
        await quarantine.keep([rejected(number, source=f"made-up-{number}")], aside=at_once)
        assert len(quarantine._kept) <= 12
    assert len(await numbers(world)) == 30


async def test_it_is_told_how_much_is_kept_of_each_dealer(world: World) -> None:
    quarantine = world.quarantine()
    every = [rejected(1), rejected(2), rejected(3, dealer_id=BERLIN), rejected(4, dealer_id="")]
    await quarantine.keep(every, aside=at_once)
    await quarantine.look_after()
    assert (rows_of(PUDONG), rows_of(BERLIN), rows_of("unknown")) == (2, 1, 1)
    await quarantine.discard_all(ALL)
    await quarantine.look_after()
    assert (rows_of(PUDONG), rows_of(BERLIN)) == (0, 1)


async def test_what_is_over_is_deleted_and_counted(world: World) -> None:
    quarantine = world.quarantine(RoomForRejected(days=2))
    before = (counted("expired"), counted("kept"), counted("again"))
    await quarantine.keep([rejected(1), rejected(2)], aside=at_once)
    world.clock.advance(timedelta(days=1))
    await quarantine.keep([rejected(2)], aside=at_once)
    world.clock.advance(timedelta(days=1))
    assert await numbers(world) == [2]
    await quarantine.look_after()
    assert len(world.rejected.rows) == 1
    assert rows_of(PUDONG) == 1
    after = (counted("expired"), counted("kept"), counted("again"))
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 2, 1]


async def test_beside_another_row_a_content_is_not_opened(world: World) -> None:
    await world.quarantine().keep(
        [rejected(1), rejected(1, dealer_id=BERLIN), rejected(2)], aside=at_once
    )
    kept = world.rejected.rows
    contents = [each.sealed for each in kept.values()]
    for id_, sealed in zip(list(kept), [*contents[1:], contents[0]], strict=True):
        kept[id_] = kept[id_]._replace(sealed=sealed)
    found = await world.quarantine().opened(list(kept))
    assert [came for _, came in found.values()] == [None, None, None]


async def test_with_a_new_key_before_the_old_one_both_are_opened(world: World) -> None:
    await world.quarantine().keep([rejected(1)], aside=at_once)
    new = Seal([b"n" * 32, b"a key of the tests, of 32 bytes."])
    await world.quarantine(seal=new).keep([rejected(2)], aside=at_once)
    ids = list(world.rejected.rows)
    both = await world.quarantine(seal=new).opened(ids)
    assert None not in [came for _, came in both.values()]
    assert [came is None for _, came in (await world.quarantine().opened(ids)).values()] == [
        False,
        True,
    ]


@pytest.mark.parametrize(("seal", "times"), [(None, 1), (SEAL, 0)])
async def test_that_nothing_is_kept_is_said_once(
    world: World, seal: Seal | None, times: int, capsys: pytest.CaptureFixture[str]
) -> None:
    world.rejected.fail_next = [TransientFailure("away")]
    running = asyncio.create_task(world.quarantine(seal=seal).run())
    await asyncio.sleep(0)  # nothing in memory ever waits
    assert world.rejected.calls == ["expire"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert capsys.readouterr().out.count("AFTERCARE_REJECTED_KEY is not set") == times
