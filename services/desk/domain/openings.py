"""What each session has opened lately, and how many it was shown."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

OPEN_FOR = timedelta(minutes=30)
"""How long a page may ask by itself for what its reader has opened."""
LISTED_FOR = timedelta(hours=1)
"""For how long one entry stands for a list that somebody looks at again and again."""
HITS_TOLD_EVERY = timedelta(minutes=1)
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

    def holds(
        self, digest: str, what: str, about: str, now: datetime, within: timedelta = OPEN_FOR
    ) -> bool:
        """Whether it has, less than that ago."""
        at = self._at.get((digest, what, about))
        return at is not None and now - at < within


@dataclass(frozen=True, slots=True)
class HitsShown:
    """How many hits each session was shown while somebody typed, at each dealer: one entry a minute
    tells of them. Of one process, in memory."""

    most: int = MOST_OPENINGS
    _told: dict[tuple[str, str], tuple[datetime, int]] = field(default_factory=dict, repr=False)
    """When they were told of, and how many were shown since."""

    def to_tell(self, digest: str, dealer_id: str, shown: int, now: datetime) -> int:
        """How many have to be told of before these are shown, those included that came after the
        last entry. 0: that one is of this minute; these are counted with the next."""
        at, since = self._told.get((digest, dealer_id), (None, 0))
        if at is None or now - at >= HITS_TOLD_EVERY:
            return since + shown
        self._told[digest, dealer_id] = at, since + shown
        return 0

    def told(self, digest: str, dealer_id: str, now: datetime) -> None:
        """Of all that were shown until now."""
        self._told.pop((digest, dealer_id), None)
        self._told[digest, dealer_id] = now, 0
        while len(self._told) > self.most:
            del self._told[next(iter(self._told))]
