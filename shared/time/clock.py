"""Where the present comes from. Nothing else in the project asks the computer what time it is."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from shared.contracts.values import to_milliseconds


class TimeSource(Protocol):
    """Tells the present: timezone-aware, UTC, cut to milliseconds."""

    def now(self) -> datetime: ...

    def at(self, real: datetime, /) -> datetime:
        """What this clock showed when the computer's showed `real`."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        return to_milliseconds(datetime.now(UTC))

    def at(self, real: datetime) -> datetime:
        return to_milliseconds(real)


class ScaledClock:
    """Real time up to an origin, then `factor` times as fast, for ever or for so many seconds.

    The origin is read from a file, which may appear while the clock runs: processes that
    share the file share the origin, and so agree on the time. File content:
    `{"origin": "2026-11-21T10:00:00Z", "fast_seconds": 30}`.
    """

    def __init__(self, *, factor: float, origin_file: Path, real: TimeSource | None = None) -> None:
        self._factor = factor
        self._origin_file = origin_file
        self._origin: datetime | None = None
        self._fast = timedelta.max
        self._real = real or SystemClock()

    def now(self) -> datetime:
        return self.at(self._real.now())

    def at(self, real: datetime) -> datetime:
        origin = self._origin or self._read_origin()
        if origin is None or real <= origin:
            return to_milliseconds(real)
        gained = min(real - origin, self._fast) * (self._factor - 1)
        return to_milliseconds(real + gained)

    def _read_origin(self) -> datetime | None:
        try:
            text = self._origin_file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        content = json.loads(text)
        if content.get("fast_seconds") is not None:
            self._fast = timedelta(seconds=content["fast_seconds"])
        self._origin = datetime.fromisoformat(content["origin"])
        return self._origin


def write_origin(origin_file: Path, origin: datetime, *, fast_seconds: float | None = None) -> None:
    """Start the scaled time of every clock that reads `origin_file`; appears all at once.

    After `fast_seconds` of real time it goes on at the pace of real time.
    """
    content = {"origin": origin.isoformat(), "fast_seconds": fast_seconds}
    draft = origin_file.with_suffix(".draft")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(origin_file)
