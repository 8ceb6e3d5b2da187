"""A watched folder that is interrupted: by crashes after each step, rivals, a disk that is full,
and servers that are away. Nothing is lost, and nothing is there twice."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.adapters.drops.disk import DropDisk
from shared.platform.errors import TransientFailure
from tests import PROJECT
from tests.services.intake.given_drops import DropWorld
from tests.services.intake.given_imports import file_of, row, to_the_end

DAY = "2026-11-21"
MOST_STEPS = 200


class Killed(BaseException):
    """The process is gone."""


class Steps:
    """Counts what is done to the file system and the database, and ends the process at one."""

    def __init__(self, last: int) -> None:
        self.left = last

    def step(self) -> None:
        self.left -= 1
        if self.left <= 0:
            raise Killed

    def over(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.step()
            found = call(*args, **kwargs)
            self.step()
            return found

        return counted


CHANGES = ("unlink", "rename", "replace", "mkdir")


async def killed_at(step: int, drops: DropWorld, monkeypatch: pytest.MonkeyPatch) -> bool:
    """An instance does all it can, and is killed at that step; whether it came so far."""
    steps = Steps(step)
    drops.imports.store.meanwhile = lambda _: steps.step()
    with monkeypatch.context() as patched:
        for name in CHANGES:
            patched.setattr(Path, name, steps.over(getattr(Path, name)))
        patched.setattr(os, "link", steps.over(os.link))
        patched.setattr(os, "fsync", steps.over(os.fsync))
        folder = drops.folder()
        try:
            await drops.done(folder)
        except Killed:
            return True
        finally:
            folder._disk.leave()  # as the kernel does
            drops.imports.store.meanwhile = lambda _: None
    return False


async def test_killed_after_whichever_step_another_goes_on_and_nothing_is_lost_or_doubled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in range(1, MOST_STEPS):
        (tmp_path / str(step)).mkdir()
        drops = DropWorld(tmp_path / str(step))
        drops.drop("visits-1.csv", b"", 1, 2)
        drops.drop("visits-2.csv", file_of([row(3), row(4, status="?")]))
        came_so_far = await killed_at(step, drops, monkeypatch)
        drops.imports.world.clock.advance(timedelta(minutes=30))
        await drops.done(drops.folder())
        await drops.done(drops.watching[-1])
        drops.close()
        kept = [f"archive/{DAY}/visits-{number}.csv" for number in (1, 2)]
        assert [name for name in drops.there() if name.endswith("-1.csv")] == kept[:1], step
        assert len(drops.there()) == 6, (step, drops.there())
        assert (drops.path / kept[0]).read_bytes() == file_of([row(1), row(2)])
        assert [len(drops.account(name)["records"]) for name in kept] == [0, 1]
        assert drops.imports.numbers() == ["RO-1", "RO-2", "RO-3"]
        done = [job for job in drops.imports.store.jobs.values() if job.state == "done"]
        assert len(done) == len(drops.imports.store.jobs) == 2
        assert sum(job.counts.accepted + job.counts.duplicate for job in done) == 3
        if not came_so_far:
            return
    raise AssertionError("it has more steps than anybody would think")


async def test_of_several_instances_one_works_and_the_next_goes_on_when_it_is_gone(
    drops: DropWorld,
) -> None:
    first, second = drops.folder(), drops.folder()
    drops.drop("visits.csv", b"", 1)
    for _ in range(4):
        await first.look()
        await drops.look(second)
    assert len(drops.imports.store.jobs) == 1
    first.close()
    drops.drop("visits-2.csv", b"", 2)
    await drops.done(second)
    await drops.look(second)
    assert drops.imports.numbers() == ["RO-1", "RO-2"]
    assert len(drops.there()) == 6


async def test_a_folder_that_is_not_there_yet_and_one_that_vanishes(drops: DropWorld) -> None:
    folder = drops.folder()
    drops.path.rmdir()
    await drops.look(folder)
    assert folder.trouble == "folder pudong-dms: No such file or directory"
    drops.path.mkdir()
    drops.drop("visits.csv", b"", 1)
    await drops.look(folder)
    assert folder.trouble is None
    drops.path.rename(drops.root / "away")
    await drops.look(folder)
    assert folder.trouble is not None
    drops.path.mkdir()
    drops.drop("visits.csv", b"", 2)
    await drops.done(folder)
    assert drops.imports.numbers() == ["RO-2"]


@pytest.mark.parametrize("away", ["save", "put_piece", "same_as", "find", "troubles"])
async def test_while_the_database_is_away_the_file_waits(drops: DropWorld, away: str) -> None:
    folder = drops.folder()
    drops.drop("visits.csv", file_of([row(1), row(2, status="?")]))

    def fail(call: str) -> None:
        if call == away:
            raise TransientFailure("database: away")

    drops.imports.store.meanwhile = fail
    await drops.look(folder, 2)
    if away in ("find", "troubles"):
        drops.imports.store.meanwhile = lambda _: None
        await to_the_end(drops.imports.runner())
        drops.imports.store.meanwhile = fail
        await drops.look(folder)
    assert folder.trouble == "folder pudong-dms: database: away"
    drops.imports.store.meanwhile = lambda _: None
    await drops.done(folder)
    assert folder.trouble is None
    assert len(drops.account(f"archive/{DAY}/visits.csv")["records"]) == 1


class Refusing(DropDisk):
    """A file system that refuses a call, as one does where rights are missing."""

    def __init__(self, path: Path, call: str) -> None:
        super().__init__(path, marker=None)
        self.refuses = call

    def __getattribute__(self, name: str) -> Any:
        if name == "refuses" or name != self.refuses:
            return super().__getattribute__(name)

        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied", "/srv/visits-Li Lei.csv")

        return refuse


@pytest.mark.parametrize(
    "call", ["is_mine", "look", "take", "note", "opened", "put_away", "write_account", "forget"]
)
async def test_without_the_right_it_says_so_and_goes_on_when_it_has_it(
    drops: DropWorld, call: str
) -> None:
    disk = Refusing(drops.path, call)
    folder = drops.folder(disk)
    drops.drop("visits.csv", b"", 1)
    await drops.done(folder)
    await drops.look(folder)
    assert folder.trouble == "folder pudong-dms: Permission denied"
    disk.refuses = ""
    await drops.done(folder)
    await drops.look(folder)
    assert folder.trouble is None
    assert drops.imports.numbers() == ["RO-1"]
    assert len(drops.imports.store.jobs) == 1
    assert len(drops.there()) == 3


async def test_what_is_wrong_with_one_file_is_the_fault_of_no_other(drops: DropWorld) -> None:
    folder = drops.folder()
    (drops.path / ".taken").mkdir()
    (drops.path / ".taken" / "0123.file").write_bytes(b"whose is this?")
    drops.drop("visits.csv", b"", 1)
    await drops.done(folder)
    assert f"archive/{DAY}/visits.csv" in drops.there()
    assert folder.trouble is not None
    assert "has no note" in folder.trouble
    (drops.path / ".taken" / "0123.json").write_bytes(b"\x00 no JSON")
    await drops.look(folder)
    assert folder.trouble is not None
    assert (drops.path / ".taken" / "0123.file").exists()


async def test_a_file_system_without_links_overwrites_nothing_either(
    drops: DropWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    folder = drops.folder()
    for number in (1, 2):
        drops.drop("visits.csv", b"", number)
        await drops.done(folder)
    for number, name in enumerate(("visits.csv", "visits.2.csv"), start=1):
        assert (drops.path / "archive" / DAY / name).read_bytes() == file_of([row(number)])


def test_on_a_full_disk_it_says_so_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    code = (
        "import asyncio, pathlib, sys\n"
        "from tests.services.intake.full_disk import on_a_full_disk\n"
        "asyncio.run(on_a_full_disk(pathlib.Path(sys.argv[1])))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2_000:]


async def test_what_is_under_way_goes_on_while_nothing_new_can_be_taken(drops: DropWorld) -> None:
    disk = Refusing(drops.path, "")
    folder = drops.folder(disk)
    drops.drop("visits.csv", b"", 1)
    await drops.look(folder, 2)
    disk.refuses = "take"
    drops.drop("visits-2.csv", b"", 2)
    await drops.done(folder)
    assert folder.trouble is not None
    assert f"archive/{DAY}/visits.csv" in drops.there()
