"""An import that this instance works on."""

import asyncio
from dataclasses import dataclass

from services.intake.adapters.imports.portions import OpenImport, Portion
from services.intake.domain.imports.job import ImportJob


@dataclass(slots=True)
class HeldImport:
    """It, as it is stored, and its file where that is open."""

    job: ImportJob
    opened: OpenImport | None = None
    ahead: asyncio.Task[Portion] | None = None
    """The portion after the one in hand, that is read while intake takes that."""
    is_over: bool = False

    def close(self) -> None:
        """What it was read from is of no use any more."""
        if self.ahead is not None:
            self.ahead.cancel()
            self.ahead.add_done_callback(_unheard)
        self.opened = self.ahead = None


def _unheard(reading: asyncio.Task[Portion]) -> None:
    """What went wrong with it is nobody's concern, and no log's."""
    if not reading.cancelled():
        reading.exception()
