"""An event loop whose time is virtual: waiting costs nothing, and a run is repeatable."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from shared.testing.clock import ManualClock

T = TypeVar("T")
MILLISECOND = timedelta(milliseconds=1)


class VirtualLoop(asyncio.BaseEventLoop):
    """Knows timers but no sockets. Where a real loop would wait, its time moves on."""

    def __init__(self) -> None:
        super().__init__()
        self._elapsed = 0.0
        self._selector = self

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._elapsed

    def select(self, timeout: float | None) -> list[object]:
        """What asyncio calls when no task can run, with the time until the next timer."""
        if timeout is None:
            raise RuntimeError("every task waits, and nothing will ever happen")
        self._elapsed += timeout
        return []

    def _process_events(self, events: list[object]) -> None:
        """There never are any."""


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` to its end in virtual time; what it started is cancelled with it."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


class RunningClock(ManualClock):
    """Goes on with the time of the loop, and can be set and moved besides."""

    def now(self) -> datetime:
        elapsed = timedelta(seconds=asyncio.get_running_loop().time())
        return super().now() + elapsed // MILLISECOND * MILLISECOND

    def at(self, decider: datetime) -> datetime:
        raise AssertionError("nobody tells the machine's time here")
