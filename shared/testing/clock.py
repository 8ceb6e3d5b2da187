"""Time as a test has it."""

from datetime import datetime, timedelta

from shared.contracts.values import to_milliseconds


class ManualClock:
    """Stands still until it is set or moved."""

    def __init__(self, start: datetime) -> None:
        self._now = to_milliseconds(start)

    def now(self) -> datetime:
        return self._now

    def at(self, machine: datetime) -> datetime:
        return self._now

    def set(self, moment: datetime) -> None:
        self._now = to_milliseconds(moment)

    def advance(self, by: timedelta) -> None:
        self._now = to_milliseconds(self._now + by)
