"""Each folder is watched by itself."""

import asyncio
from contextlib import suppress

from services.intake.adapters.drops.runner import DropRunner
from tests.servers import PATIENCE_SECONDS
from tests.services.intake.given_drops import DropWorld


async def test_a_folder_that_fails_keeps_no_other_waiting_and_is_left_to_others_at_the_end(
    drops: DropWorld,
) -> None:
    sick, well = drops.folder(), drops.folder()
    looked = asyncio.Event()
    looks = 0

    async def fail() -> None:
        raise KeyError("Li Lei")

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            looked.set()
        await type(well).look(well)

    sick.look = fail  # type: ignore[method-assign] # a defect of ours
    well.look = look  # type: ignore[method-assign] # is told of
    runner = DropRunner([sick, well], every_seconds=0.0)
    running = asyncio.create_task(runner.run())
    async with asyncio.timeout(PATIENCE_SECONDS):
        await looked.wait()
    assert runner.troubles == []
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    next_instance = drops.folder()
    drops.drop("visits.csv", b"", 1)
    await drops.look(next_instance, 2)
    assert len(drops.imports.store.jobs) == 1
