"""A watched folder, and an intake in memory that takes what is put there, for tests."""

import asyncio
import csv
import io
import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.intake.adapters.drops.disk import DropDisk
from services.intake.adapters.drops.drops_file import DropFolder
from services.intake.adapters.drops.folder import FileTaking, WatchedFolder
from services.intake.adapters.imports.upload import Uploads
from services.intake.domain.drops.names import FilesOfAMapping
from tests.services.intake.given import DEALERS, PUDONG, Data
from tests.services.intake.given_imports import ImportWorld, file_of, row, to_the_end

STILL = timedelta(seconds=30)
VISITS = (FilesOfAMapping(("visits*.csv", "*.gz"), "test-visits", "cdk"),)


@dataclass
class DropWorld:
    """`folder()` is an instance that watches; it is looked at as often as `look` is called."""

    root: Path
    marker: str | None = None
    keep: timedelta | None = timedelta(days=90)
    still: timedelta = STILL
    imports: ImportWorld = field(init=False)
    watching: list[WatchedFolder] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.root / "mappings").mkdir(exist_ok=True)
        self.path.mkdir(exist_ok=True)
        self.imports = ImportWorld(self.root / "mappings")

    @property
    def path(self) -> Path:
        return self.root / "drops"

    def folder(self, disk: DropDisk | None = None, **more: Any) -> WatchedFolder:
        """Another instance of intake, over the same folder and the same database."""
        dealer = DEALERS.find(PUDONG)
        assert dealer is not None
        dealer = dealer.model_copy(update=more)
        folder = DropFolder(
            name="pudong-dms",
            path=self.path,
            dealer=dealer,
            files=VISITS,
            still=self.still,
            marker=self.marker,
            keep=self.keep,
        )
        clock, store = self.imports.world.clock, self.imports.store
        taking = FileTaking(
            store=store,
            uploads=Uploads(store, clock=clock, settings=self.imports.settings),
            mappings=self.imports.mappings(),
            clock=clock,
            wake=lambda: None,
            turn=asyncio.Semaphore(2),
        )
        self.watching.append(WatchedFolder(folder, taking, disk))
        return self.watching[-1]

    def drop(self, name: str, content: bytes = b"", *numbers: int) -> Path:
        """Put a file there: `content`, or else visits of these numbers."""
        path = self.path / name
        path.write_bytes(content or file_of(map(row, numbers)))
        return path

    async def look(self, folder: WatchedFolder, times: int = 1) -> None:
        """And let so much time go by that what is there is still."""
        for _ in range(times):
            await folder.look()
            self.imports.world.clock.advance(self.still)

    async def done(self, folder: WatchedFolder) -> None:
        """All that is in the folder is taken, imported and put away."""
        await self.look(folder, 2)
        await to_the_end(self.imports.runner())
        await self.look(folder)

    def there(self) -> list[str]:
        """The files in the folder and below it, without what is of an instance, and what is noted
        of those that are put away."""
        found = (path for path in self.path.rglob("*") if not path.is_dir())
        names = (str(path.relative_to(self.path)) for path in found)
        return sorted(name for name in names if not name.endswith((".taken/.lock", ".told")))

    def noted(self) -> int:
        """Of how many files that are put away something is noted still."""
        return len([*(self.path / ".taken").glob("*.told")])

    def account(self, name: str) -> Data:
        """What was told beside a file."""
        found: Data = json.loads((self.path / f"{name}.account.json").read_text("utf-8"))
        return found

    def table(self, name: str) -> list[list[str]]:
        text = (self.path / f"{name}.account.csv").read_text("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))

    def close(self) -> None:
        for each in self.watching:
            each.close()
