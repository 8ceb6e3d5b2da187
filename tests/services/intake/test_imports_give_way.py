"""An import beside others who send events: they come first, and it goes on all the same."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from services.intake.adapters.door import LATELY_SECONDS, Door
from services.intake.adapters.imports.portions import EVENTS_BESIDE_OTHERS
from services.intake.settings import IntakeSettings
from shared.contracts.http.intake import Item
from tests.services.intake.given_imports import ImportWorld, file_of, row, to_the_end

ROWS = 4 * EVENTS_BESIDE_OTHERS
LONG, SHORT = 30.0, 0.001


@pytest.fixture
def imports(tmp_path: Path) -> ImportWorld:
    return ImportWorld(tmp_path)


async def body() -> AsyncIterator[bytes]:
    yield b"{}"


class Taking:
    """What intake is given at once."""

    def __init__(self, imports: ImportWorld) -> None:
        self.at_once: list[int] = []
        self._intake = imports.world.intake()

    async def __call__(self, events: Sequence[object], /, **more: Any) -> Sequence[Item]:
        self.at_once.append(len(events))
        return await self._intake.receive(events, **more)


async def taken(imports: ImportWorld, *, others: Sequence[bool]) -> list[int]:
    """How much of a file was taken at once while others were at the door, or were not, by turns;
    as at the end of these from there on."""
    left = list(others)

    async def give_way(*, within: float) -> bool:
        assert within > 0
        return left.pop(0) if len(left) > 1 else left[0]

    taking = Taking(imports)
    sent = await imports.sent(file_of(map(row, range(ROWS))))
    await to_the_end(imports.runner(receive=taking, give_way=give_way))
    job = imports.job(sent)
    assert (job.state, job.records, job.counts.accepted) == ("done", ROWS, ROWS)
    return [events for events in taking.at_once if events]


async def test_a_file_is_taken_in_small_portions_while_others_are_served(
    imports: ImportWorld,
) -> None:
    assert await taken(imports, others=[True]) == [EVENTS_BESIDE_OTHERS] * 4


async def test_a_file_is_taken_in_one_when_nobody_else_is_there(imports: ImportWorld) -> None:
    assert await taken(imports, others=[False]) == [ROWS]


async def test_who_goes_leaves_the_rest_to_large_portions(imports: ImportWorld) -> None:
    portions = await taken(imports, others=[True, True, False])
    assert portions[0] == EVENTS_BESIDE_OTHERS
    assert max(portions) > EVENTS_BESIDE_OTHERS
    assert sum(portions) == ROWS


async def test_large_events_make_small_portions(
    imports: ImportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.intake.adapters.imports.portions.LETTERS_AT_ONCE", 200)
    assert await taken(imports, others=[False]) == [1] * ROWS


async def test_nobody_is_waited_for_at_an_empty_door() -> None:
    async with asyncio.timeout(LONG):
        assert await Door(IntakeSettings()).after_all(within=2 * LONG) is False


async def test_who_is_at_the_door_is_let_pass_first() -> None:
    door = Door(IntakeSettings())
    async with AsyncExitStack() as first, asyncio.timeout(LONG):
        await first.enter_async_context(door.body(body()))
        async with door.body(body()):
            waiting = asyncio.create_task(door.after_all(within=2 * LONG))
            await asyncio.sleep(0)
        assert not waiting.done(), "one is still there"
        await first.aclose()
        assert await waiting is True, "others were there a moment ago"


async def test_who_never_leaves_is_not_waited_for_for_ever() -> None:
    door = Door(IntakeSettings())
    async with door.body(body()), asyncio.timeout(LONG):
        assert await door.after_all(within=SHORT) is True


async def test_who_was_there_long_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    door, loop = Door(IntakeSettings()), asyncio.get_running_loop()
    async with door.body(body()):
        pass
    later = loop.time() + LATELY_SECONDS
    monkeypatch.setattr(loop, "time", lambda: later)
    assert await door.after_all(within=LONG) is False


async def test_a_body_that_fails_leaves_the_door() -> None:
    door = Door(IntakeSettings())
    with pytest.raises(ConnectionError):
        async with door.body(body()):
            raise ConnectionError
    async with asyncio.timeout(LONG):
        await door.after_all(within=2 * LONG)
