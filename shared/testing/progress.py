"""How far the topics are read: to their ends."""

from datetime import datetime

from shared.time.clock import TimeSource


class AllRead:
    """The topics hold nothing that has not been read."""

    def __init__(self, clock: TimeSource) -> None:
        self._clock = clock

    def read_until(self, partition: int) -> datetime | None:
        return self._clock.now()
