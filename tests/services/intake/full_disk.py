"""What is done in a watched folder while the disk is full; for a process of its own, whose files
the kernel does not let grow."""

import resource
from pathlib import Path

from tests.services.intake.given_drops import DropWorld
from tests.services.intake.given_imports import file_of, row

DAY = "2026-11-21"
_ROOM_BYTES = 600


async def on_a_full_disk(root: Path) -> None:
    """Run by a process of its own, whose files the kernel does not let grow over a limit: notes
    fit, an account does not."""
    drops = DropWorld(root)
    content = file_of([row(1), *(row(number, status="?") for number in range(2, 40))])
    drops.drop("visits.csv", content)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_ROOM_BYTES, hard))
    folder = drops.folder()
    await drops.done(folder)
    for _ in range(3):
        await drops.look(folder)
        assert folder.trouble == "folder pudong-dms: File too large"
    assert drops.imports.numbers() == ["RO-1"]
    assert (drops.path / "archive" / DAY / "visits.csv").read_bytes() == content
    assert not list(drops.path.rglob("*.account.*")), "nothing half-written"
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    await drops.look(folder)
    assert folder.trouble is None
    assert len(drops.account(f"archive/{DAY}/visits.csv")["records"]) == 38
    assert len(drops.there()) == 3, "nothing else is left of it"
    drops.close()
