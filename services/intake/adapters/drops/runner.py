"""All watched folders, each in a task and a thread of its own: one that does not answer keeps no
other waiting."""

import asyncio
from collections.abc import Sequence

import structlog

from services.intake.adapters.drops.folder import OUTCOMES, STATES, WatchedFolder
from shared.platform import metrics
from shared.platform.tracebacks import where_raised

FILES_AT_ONCE = 2
"""Of all folders, how many files are read at the same time: two pieces of each are in memory."""
LOOK_EVERY_SECONDS = 5.0
CLEAR_EVERY_LOOKS = 720
"""Once an hour."""

log = structlog.get_logger()


class DropRunner:
    """Watches folders. Any number of instances may."""

    def __init__(
        self, folders: Sequence[WatchedFolder], *, every_seconds: float = LOOK_EVERY_SECONDS
    ) -> None:
        self._folders = folders
        self._every_seconds = every_seconds
        names = [each.folder.name for each in folders]
        metrics.begin(metrics.intake_drops, names, STATES)
        metrics.begin(metrics.intake_dropped_files, names, OUTCOMES)
        metrics.begin(metrics.intake_drop_trouble, names)
        metrics.begin(metrics.intake_drop_waiting_seconds, names)

    @property
    def troubles(self) -> list[str]:
        """What is wrong with the folders, in words for the operator."""
        return [each.trouble for each in self._folders if each.trouble is not None]

    async def run(self) -> None:
        """Watch until cancelled; what is not done then is gone on with by whoever looks next."""
        try:
            await asyncio.gather(*map(self._watch, self._folders))
        finally:
            for each in self._folders:
                each.close()

    async def _watch(self, folder: WatchedFolder) -> None:
        looks = 0
        while True:
            try:
                await folder.look()
                if looks % CLEAR_EVERY_LOOKS == 0:
                    await folder.clear()
            except Exception as error:  # a defect of ours; its text may hold what was dropped
                log.error("a folder is not watched", because=where_raised(error))
            looks += 1
            await asyncio.sleep(self._every_seconds)
