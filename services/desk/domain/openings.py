"""What each session has opened lately."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

OPEN_FOR = timedelta(minutes=30)
"""How long a page may ask by itself for what its reader has opened."""
MOST_OPENINGS = 10_000
"""The oldest are forgotten, and are written down again."""


@dataclass(frozen=True, slots=True)
class Openings:
    """Of one process, in memory."""

    most: int = MOST_OPENINGS
    _at: dict[tuple[str, str, str], datetime] = field(default_factory=dict, repr=False)

    def add(self, digest: str, what: str, about: str, now: datetime) -> None:
        """The session of this digest has opened this now."""
        opening = (digest, what, about)
        self._at.pop(opening, None)
        self._at[opening] = now
        while len(self._at) > self.most:
            del self._at[next(iter(self._at))]

    def holds(self, digest: str, what: str, about: str, now: datetime) -> bool:
        """Whether it has, less than `OPEN_FOR` ago."""
        at = self._at.get((digest, what, about))
        return at is not None and now - at < OPEN_FOR
