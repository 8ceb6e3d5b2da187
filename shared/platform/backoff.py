"""Waiting before another try: longer after each failure in a row, with jitter."""

import asyncio
import random

FIRST_WAIT_SECONDS = 0.1
LAST_WAIT_SECONDS = 5.0


class Backoff:
    """The waits of one thing that is tried again and again."""

    def __init__(self) -> None:
        self._longest = FIRST_WAIT_SECONDS

    async def wait(self) -> None:
        """Wait for half to all of what the failures so far ask for."""
        longest, self._longest = self._longest, min(self._longest * 2, LAST_WAIT_SECONDS)
        await asyncio.sleep(longest * random.uniform(0.5, 1.0))

    def reset(self) -> None:
        """It worked: the next failure is the first again."""
        self._longest = FIRST_WAIT_SECONDS
