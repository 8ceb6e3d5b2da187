"""An event loop whose time is virtual: waiting costs nothing, and a run is repeatable."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


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
