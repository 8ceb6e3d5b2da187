"""An import that this instance works on."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from services.intake.adapters.imports.ahead import ReadyPortion
from services.intake.adapters.imports.portions import OpenImport
from services.intake.domain.imports.job import ImportJob


@dataclass(slots=True)
class HeldImport:
    """It, as it is stored, and its file where that is open."""

    job: ImportJob
    opened: OpenImport | None = None
    ahead: asyncio.Task[ReadyPortion] | None = None
    """The portion after the one in hand, that is made ready while intake takes that."""
    is_over: bool = False

    async def portion(
        self, make: Callable[[int], Coroutine[Any, Any, ReadyPortion]], *, begin_next: bool
    ) -> ReadyPortion:
        """The next one, as `make` makes it of the records after a number; `begin_next`: so is then
        the one after it."""
        begun, self.ahead = self.ahead, None
        ready = await (begun or make(self.job.number))
        found = ready.portion
        if begin_next and not (found.is_last or found.broken):
            last = found.outcomes[-1].number if found.outcomes else self.job.number
            self.ahead = asyncio.create_task(make(last))
        return ready

    def close(self) -> None:
        """What it was read from is of no use any more."""
        if self.ahead is not None:
            self.ahead.cancel()
            self.ahead.add_done_callback(_unheard)
        self.opened = self.ahead = None


def _unheard(reading: asyncio.Task[ReadyPortion]) -> None:
    """What went wrong with it is nobody's concern, and no log's."""
    if not reading.cancelled():
        reading.exception()
