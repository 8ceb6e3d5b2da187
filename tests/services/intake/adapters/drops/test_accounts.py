"""The account beside a file that was put away tells the truth also when its import is resumed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from services.intake.adapters.drops.accounts import LOOKED_AT_ONCE
from services.intake.adapters.drops.folder import WatchedFolder
from shared.platform.errors import TransientFailure
from tests.services.intake.given_drops import DropWorld
from tests.services.intake.given_imports import KEEPING, MAPPING, file_of, row, to_the_end

DAY = "2026-11-21"
REFUSED = f"refused/{DAY}/visits.csv"
MENDED = MAPPING.replace("opened_at: opened_at", "opened_at: begun")
WITHOUT_OPENED_AT = file_of([row(1), row(2)]).replace(b"opened_at", b"begun")


async def asked(drops: DropWorld, wish: str) -> None:
    (import_id,) = drops.imports.store.jobs
    async with drops.imports.client() as http:
        assert (await http.post(f"/v1/imports/{import_id}/{wish}")).status_code == 200


async def refused(drops: DropWorld) -> WatchedFolder:
    """A file that does not fit its mapping was put away; whatever watched it then is gone."""
    drops.drop("visits.csv", WITHOUT_OPENED_AT)
    folder = drops.folder()
    await drops.done(folder)
    assert drops.account(REFUSED)["became"] == "refused"
    folder.close()
    return drops.folder()


async def test_an_import_that_is_resumed_and_done_is_told_so_beside_its_file(
    drops: DropWorld,
) -> None:
    folder = await refused(drops)
    drops.imports.write_mapping(MENDED)
    await asked(drops, "resume")
    await drops.look(folder)
    assert drops.account(REFUSED)["became"] == "refused", "it has not ended yet"
    await to_the_end(drops.imports.runner())
    await drops.look(folder)
    account = drops.account(REFUSED)
    assert (account["became"], account["because"], account["records"]) == ("taken", "", [])
    assert account["taken_in"]["state"] == "done"
    assert len(drops.table(REFUSED)) == 1, "headings alone"
    assert (drops.path / REFUSED).read_bytes() == WITHOUT_OPENED_AT
    assert (len(drops.there()), drops.noted()) == (3, 0)


async def test_one_that_fails_again_is_told_of_each_time(drops: DropWorld) -> None:
    folder = await refused(drops)
    drops.imports.forget_mapping()
    await asked(drops, "resume")
    await to_the_end(drops.imports.runner())
    await drops.look(folder)
    assert "not there any more" in drops.account(REFUSED)["because"]
    drops.imports.write_mapping(MENDED)
    await asked(drops, "resume")
    await to_the_end(drops.imports.runner())
    await drops.look(folder)
    assert drops.account(REFUSED)["became"] == "taken"


async def test_records_that_are_mended_are_not_told_any_more(drops: DropWorld) -> None:
    folder, name = drops.folder(), f"archive/{DAY}/visits.csv"
    drops.drop("visits.csv", file_of([row(1), row(2, status="fertig")]))
    await drops.done(folder)
    assert len(drops.account(name)["records"]) == 1
    mended = "status: {column: status, words: {fertig: closed, closed: closed}}"
    drops.imports.write_mapping(MAPPING.replace("status: status", mended))
    await asked(drops, "resume")
    await to_the_end(drops.imports.runner())
    await drops.look(folder)
    assert drops.account(name)["records"] == []


async def out_of_time(drops: DropWorld) -> None:
    drops.imports.world.clock.advance(KEEPING.file)


async def cancelled(drops: DropWorld) -> None:
    await asked(drops, "cancel")


async def removed(drops: DropWorld) -> None:
    (import_id,) = drops.imports.store.jobs
    await drops.imports.store.remove(import_id)


async def without_account(drops: DropWorld) -> None:
    for path in (drops.path / "refused" / DAY).iterdir():
        path.unlink()
    (drops.path / "refused" / DAY).rmdir()


async def damaged(drops: DropWorld) -> None:
    for path in (drops.path / ".taken").glob("*.told"):
        path.write_bytes(b"\x00 no JSON")


OVER = [out_of_time, cancelled, removed, without_account, damaged]


@pytest.mark.parametrize("over", OVER)
async def test_nothing_is_noted_of_one_that_cannot_be_told_of_otherwise(
    drops: DropWorld, over: Callable[[DropWorld], Awaitable[None]]
) -> None:
    folder = await refused(drops)
    await drops.look(folder)
    assert drops.noted() == 1
    await over(drops)
    there = drops.there()
    await drops.look(folder)
    assert drops.noted() == 0
    assert folder.trouble is None
    assert drops.there() == there


async def test_a_folder_is_looked_at_while_many_may_be_resumed_and_each_has_its_turn(
    drops: DropWorld,
) -> None:
    folder, number = drops.folder(), LOOKED_AT_ONCE + 5
    for each in range(number):
        drops.drop(f"visits-{each}.csv", WITHOUT_OPENED_AT + b"\r\n" * each)
    await drops.done(folder)
    assert drops.noted() == number
    drops.imports.world.clock.advance(KEEPING.file)
    await drops.look(folder)
    assert drops.noted() == number - LOOKED_AT_ONCE
    await drops.look(folder)
    assert drops.noted() == 0


async def test_while_the_database_is_away_what_was_told_stays(drops: DropWorld) -> None:
    folder = await refused(drops)
    drops.imports.write_mapping(MENDED)
    await asked(drops, "resume")
    await to_the_end(drops.imports.runner())
    drops.imports.store.fail_next = [TransientFailure("database: away")]
    await drops.look(folder)
    assert folder.trouble == "folder pudong-dms: database: away"
    drops.imports.world.clock.advance(timedelta(seconds=1))
    await drops.look(folder)
    assert folder.trouble is None
    assert drops.account(REFUSED)["became"] == "taken"
