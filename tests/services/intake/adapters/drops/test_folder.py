"""Files that are put into a watched folder: each is taken once, when it is whole, and told of."""

import gzip
import os
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from tests.services.intake.given import BERLIN
from tests.services.intake.given_drops import STILL, DropWorld
from tests.services.intake.given_imports import MAPPING, file_of, row, to_the_end

DAY = "2026-11-21"
DONE = [
    f"archive/{DAY}/visits.csv",
    f"archive/{DAY}/visits.csv.account.csv",
    f"archive/{DAY}/visits.csv.account.json",
]


async def test_a_file_is_imported_put_away_and_told_of(drops: DropWorld) -> None:
    drops.drop("visits.csv", file_of([row(1), row(2, status="?"), row(3)]))
    await drops.done(drops.folder())
    assert drops.there() == DONE
    assert drops.imports.numbers() == ["RO-1", "RO-3"]
    account = drops.account(DONE[0])
    assert (account["became"], account["file"], account["folder"]) == (
        "taken",
        "visits.csv",
        "pudong-dms",
    )
    assert account["taken_in"]["counts"]["accepted"] == 2
    assert [each["number"] for each in account["records"]] == [2]
    headings, (number, _, outcome, column, *_) = drops.table(DONE[0])
    assert headings[:3] == ["Record", "Place", "Outcome"]
    assert (number, outcome, column) == ("2", "refused", "status")


async def test_a_dealer_whose_language_is_chinese_reads_the_account_in_it(
    drops: DropWorld,
) -> None:
    drops.drop("visits.csv", file_of([row(2, status="?")]))
    await drops.done(drops.folder(language="zh-CN"))
    assert drops.table(DONE[0])[0][:3] == ["记录", "位置", "结果"]


async def test_a_file_that_grows_waits_until_it_is_still(drops: DropWorld) -> None:
    folder = drops.folder()
    path = drops.drop("visits.csv", b"", 1)
    await folder.look()
    for number in (2, 3):
        drops.imports.world.clock.advance(STILL)
        with path.open("ab") as file:
            file.write(row(number).encode() + b"\r\n")
        await folder.look()
    assert drops.there() == ["visits.csv"]
    drops.imports.world.clock.advance(STILL - timedelta(seconds=1))
    await folder.look()
    assert drops.there() == ["visits.csv"]
    drops.imports.world.clock.advance(timedelta(seconds=1))
    await drops.done(folder)
    assert drops.imports.numbers() == ["RO-1", "RO-2", "RO-3"]


@pytest.mark.parametrize(("call", "rows"), [("save", 1), ("put_piece", 12_000)])
async def test_one_that_is_still_written_when_it_was_taken_waits_and_nothing_of_it_is_taken(
    drops: DropWorld, call: str, rows: int
) -> None:
    """The writer has it open: wherever its name is, it writes on."""
    folder, store = drops.folder(), drops.imports.store
    path = drops.drop("visits.csv", file_of(row(number) for number in range(rows)))
    await drops.look(folder)

    def written_on(name: str) -> None:
        if name == call:
            store.meanwhile = lambda _: None
            writer.write(row(rows).encode() + b"\r\n")
            writer.flush()

    with path.open("ab") as writer:
        store.meanwhile = written_on
        await folder.look()
        assert not (store.jobs or store.pieces)
        await folder.look()
        assert not store.jobs, "it is not still"
    await drops.look(folder, 2)
    (job,) = store.jobs.values()
    assert job.size == len(file_of(row(number) for number in range(rows + 1)))


@pytest.mark.parametrize(
    "name",
    [
        ".visits.csv",
        "visits.csv.part",
        "visits.csv.filepart",
        "VISITS.CSV.TMP",
        "visits.csv~",
        "~visits.csv",
        "visits.csv.account.csv",
        "sales.csv",
    ],
)
async def test_what_is_not_meant_stays_where_it_is(drops: DropWorld, name: str) -> None:
    drops.drop(name, b"", 1)
    await drops.done(drops.folder())
    assert drops.there() == [name]
    assert not drops.imports.store.jobs


async def test_links_and_folders_are_never_taken(drops: DropWorld) -> None:
    elsewhere = drops.root / "secret"
    elsewhere.write_bytes(file_of([row(1)]))
    (drops.path / "visits-1.csv").symlink_to(elsewhere)
    (drops.path / "visits-2.csv").mkdir()
    os.mkfifo(drops.path / "visits-3.csv")
    await drops.done(drops.folder())
    assert not drops.imports.store.jobs
    assert elsewhere.exists()
    labels = {"folder": "pudong-dms", "state": "no_file"}
    assert REGISTRY.get_sample_value("aftercare_intake_drops", labels) == 2


async def test_a_file_that_a_link_takes_the_place_of_is_not_followed(drops: DropWorld) -> None:
    """Between the look and the taking, or in the folder of what was taken."""
    folder, path = drops.folder(), drops.drop("visits.csv", b"", 1)
    secret = drops.root / "secret"
    secret.write_bytes(file_of([row(1)]))
    await drops.look(folder)
    take = folder._disk.take

    def swapped(name: str) -> object:
        path.unlink()
        path.symlink_to(secret)
        return take(name)

    folder._disk.take = swapped  # type: ignore[method-assign,assignment] # a rival
    await drops.done(folder)
    await drops.look(folder)
    assert not drops.imports.store.jobs
    assert drops.account(f"refused/{DAY}/visits.csv")["because"].startswith("it is no file")


async def test_a_room_that_is_a_link_is_not_followed(drops: DropWorld) -> None:
    elsewhere = drops.root / "elsewhere"
    elsewhere.mkdir()
    (drops.path / "archive").symlink_to(elsewhere)
    folder = drops.folder()
    drops.drop("visits.csv", b"", 1)
    await drops.done(folder)
    assert not list(elsewhere.iterdir())
    assert folder.trouble is not None
    assert "archive is a link" in folder.trouble
    (drops.path / "archive").unlink()
    await drops.look(folder)
    assert drops.there() == DONE
    assert folder.trouble is None


@pytest.mark.parametrize(
    "name",
    [
        b"visits \xe5\xb7\xa5\xe5\x8d\x95 \xff\xfe.csv",
        b"visits\n'; rm -rf *.csv",
        b"visits-" + b"x" * 240 + b".csv",
        "visits-维修工单维修工单维修工单维修工单维修工单维修工单维修工单维修工单维修工单维修工单.csv".encode(),
        b"VISITS.CSV",
    ],
)
async def test_any_name_that_a_file_system_knows_can_be_taken(
    drops: DropWorld, name: bytes
) -> None:
    drops.drop(os.fsdecode(name), b"", 1)
    await drops.done(drops.folder())
    assert drops.imports.numbers() == ["RO-1"]
    kept = drops.there()
    assert len(kept) == 3
    assert all(each.startswith(f"archive/{DAY}/") for each in kept)
    (job,) = drops.imports.store.jobs.values()
    assert job.name.isprintable()


async def test_the_same_file_twice_and_another_of_the_same_name(drops: DropWorld) -> None:
    folder = drops.folder()
    for numbers in ((1,), (1,), (2,)):
        drops.drop("visits.csv", b"", *numbers)
        await drops.done(folder)
    rooms = [f"archive/{DAY}/visits{ordinal}.csv" for ordinal in ("", ".2", ".3")]
    assert len(drops.there()) == 9
    first, second, third = map(drops.account, rooms)
    assert [each["same_as_before"] for each in (first, second, third)] == [False, True, False]
    assert first["taken_in"]["import_id"] == second["taken_in"]["import_id"]
    assert (drops.path / rooms[2]).read_bytes() == file_of([row(2)])
    assert drops.imports.numbers() == ["RO-1", "RO-2"]


async def test_several_files_are_taken_in_the_order_in_which_they_were_written(
    drops: DropWorld,
) -> None:
    for number, name in enumerate(("visits-b.csv", "visits-a.csv", "visits-c.csv")):
        os.utime(drops.drop(name, b"", number), ns=(number, number))
    await drops.look(drops.folder(), 2)
    arrived = [job.name for job in drops.imports.store.jobs.values()]
    assert arrived == ["visits-b.csv", "visits-a.csv", "visits-c.csv"]


@pytest.mark.parametrize(
    ("name", "content", "because"),
    [
        ("visits.csv", b" ", ""),
        ("visits.csv", b"no,such,columns\r\n1,2,3\r\n", "does not fit the mapping"),
        ("visits.csv", b"x" * 3_000_001, "a file has at most 3000000 bytes"),
        ("visits.gz", gzip.compress(file_of([row(1)]))[:-9], "ends in the middle"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_refused_and_the_account_says_why(
    drops: DropWorld, name: str, content: bytes, because: str
) -> None:
    drops.drop(name, content)
    drops.drop("visits-2.csv", b"", 2)
    await drops.done(drops.folder())
    account = drops.account(f"refused/{DAY}/{name}")
    assert account["became"] == "refused"
    assert because in account["because"]
    assert drops.table(f"refused/{DAY}/{name}")[1][2] == "refused"
    assert drops.imports.numbers() == ["RO-2"], "it is the fault of no other"


async def test_an_empty_file_is_refused(drops: DropWorld) -> None:
    (drops.path / "visits.csv").touch()
    await drops.done(drops.folder())
    assert "empty" in drops.account(f"refused/{DAY}/visits.csv")["because"]


async def test_a_paused_import_waits_with_its_file_and_a_cancelled_one_is_refused(
    drops: DropWorld,
) -> None:
    folder = drops.folder()
    drops.drop("visits.csv", b"", 1)
    await drops.look(folder, 2)
    (import_id,) = drops.imports.store.jobs
    async with drops.imports.client() as http:
        await http.post(f"/v1/imports/{import_id}/pause")
        await drops.look(folder, 3)
        assert [name.rpartition(".")[2] for name in drops.there()] == ["file", "json"]
        await http.post(f"/v1/imports/{import_id}/cancel")
    await drops.look(folder)
    assert drops.account(f"refused/{DAY}/visits.csv")["taken_in"]["state"] == "cancelled"


async def test_with_a_marker_a_file_waits_for_its_own(tmp_path: Path) -> None:
    drops = DropWorld(tmp_path, marker=".done")
    folder = drops.folder()
    os.utime(drops.drop("visits.csv", b"", 1), ns=(10, 10))
    os.utime(drops.drop("visits.done", b"-"), ns=(9, 9))
    await drops.done(folder)
    assert drops.there() == ["visits.csv", "visits.done"], "it is of a file that was there before"
    os.utime(drops.drop("VISITS.csv.Done", b"-"), ns=(11, 11))
    await drops.done(folder)
    assert drops.there() == DONE, "no marker is left for another file"
    drops.close()


async def test_what_was_kept_for_long_enough_is_deleted_and_nothing_else(drops: DropWorld) -> None:
    folder = drops.folder()
    drops.drop("visits.csv", b"", 1)
    await drops.done(folder)
    mine = drops.path / "archive" / "years-ago"
    mine.mkdir()
    (mine / "notes.txt").touch()
    drops.imports.world.clock.advance(timedelta(days=90))
    await folder.clear()
    assert len(drops.there()) == 4
    drops.imports.world.clock.advance(timedelta(days=1))
    await folder.clear()
    assert drops.there() == ["archive/years-ago/notes.txt"]


async def test_logs_name_the_folder_and_the_import_and_never_the_file(drops: DropWorld) -> None:
    drops.drop("visits-Li Lei.csv", b"", 1)
    drops.drop("visits-Han Meimei.csv", b"no")
    with capture_logs() as logged:
        await drops.done(drops.folder())
    assert {"pudong-dms"} == {entry["folder"] for entry in logged if "folder" in entry}
    assert not {"Li", "Han"} & {word for word in ("Li", "Han") if word in str(logged)}
    assert {*drops.imports.store.jobs} <= {entry.get("import_id") for entry in logged}


async def test_a_file_whose_import_was_deleted_meanwhile_is_imported_anew(
    drops: DropWorld,
) -> None:
    folder = drops.folder()
    drops.drop("visits.csv", b"", 1)
    await drops.look(folder, 2)
    (import_id,) = drops.imports.store.jobs
    await drops.imports.store.remove(import_id)
    await drops.look(folder)
    await drops.done(folder)
    assert drops.there() == DONE
    assert drops.imports.numbers() == ["RO-1"]


async def test_a_mapping_that_is_gone_holds_the_file_until_it_is_back(drops: DropWorld) -> None:
    folder = drops.folder()
    drops.drop("visits.csv", b"", 1)
    drops.imports.forget_mapping()
    await drops.done(folder)
    assert folder.trouble == (
        "folder pudong-dms: the mapping test-visits cannot be used: see mapping check"
    )
    assert BERLIN not in folder.trouble
    drops.imports.write_mapping(MAPPING)
    await drops.look(folder)
    await to_the_end(drops.imports.runner())
    await drops.look(folder)
    assert drops.there() == DONE
