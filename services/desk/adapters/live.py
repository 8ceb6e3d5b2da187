"""Tells the pages that are open of what changes: in memory, each process those of its own."""

import asyncio
import math
from collections.abc import Callable, Iterable
from time import monotonic

from services.desk.domain.live import Pending

STREAMS_OF_A_USER = 12
"""Of tabs that are looked at, in several windows and browsers."""
REMEMBERED_SECONDS = 10.0
"""How long it is known what has changed: pages take as long to load at most, on most days."""
MOST_REMEMBERED = 10_000


class TooManyStreams(Exception):
    """No more can be told at the same time: of one user, or of all."""


class Stream:
    """What one page is told."""

    def __init__(
        self, username: str, dealer_id: str, shows: Iterable[str], now: Callable[[], float]
    ) -> None:
        self.username = username
        self.dealer_id = dealer_id
        self.is_over = False
        self._pending = Pending(shows)
        self._now = now
        self._wake = asyncio.Event()

    def change(self, words: Iterable[str]) -> None:
        if self._pending.change(words, self._now()):
            self._wake.set()

    def everything(self) -> None:
        self._pending.everything(self._now())
        self._wake.set()

    def end(self) -> None:
        """Nothing more is told."""
        self.is_over = True
        self._wake.set()

    async def next(self, within: float) -> tuple[str, ...]:
        """What has changed, as soon as it may be told; nothing where that is not within so many
        seconds, or the stream ends."""
        last = self._now() + within
        while not self.is_over and (now := self._now()) < last:
            if told := self._pending.take(now):
                return told
            self._wake.clear()
            until = min(last, self._pending.due_at())
            try:
                async with asyncio.timeout(max(0.0, until - now)):
                    await self._wake.wait()
            except TimeoutError:
                pass
        return ()


class Hub:
    """All streams of this process."""

    def __init__(self, most: int, now: Callable[[], float] = monotonic) -> None:
        """`most`: how many there are at the same time; they take places of connections."""
        self._most = most
        self._now = now
        self._streams: dict[Stream, None] = {}
        self._changed: dict[tuple[str, str], float] = {}
        """Dealer and word -> when it changed last, the last one last."""
        self._left: dict[str, float] = {}
        """Dealer -> when a page of theirs was left last."""
        self._is_over = False

    def open(
        self, username: str, dealer_id: str, shows: Iterable[str], *, since: float = 0.0
    ) -> Stream:
        """A stream that tells of these words at this dealer. `since`: so many seconds ago its page
        was asked for; what has changed meanwhile is told, too. Raises `TooManyStreams`."""
        theirs = sum(each.username == username for each in self._streams)
        if len(self._streams) >= self._most or theirs >= STREAMS_OF_A_USER:
            raise TooManyStreams
        words = frozenset(shows)
        stream = Stream(username, dealer_id, words, self._now)
        self._streams[stream] = None
        asked_at = self._now() - min(since, REMEMBERED_SECONDS)
        stream.change(
            word for word in words if self._changed.get((dealer_id, word), -math.inf) > asked_at
        )
        if self._is_over:
            stream.end()
        return stream

    def left(self, stream: Stream) -> None:
        """Nobody listens to it any more."""
        self._streams.pop(stream, None)
        self._left[stream.dealer_id] = self._now()

    def hears_of(self, dealer_id: str) -> bool:
        """Whether anybody looks at a page of this dealer's."""
        return any(each.dealer_id == dealer_id for each in self._streams)

    def minds(self, dealer_id: str) -> bool:
        """Whether it is to be told of changes there: somebody looks, or their next page may be on
        its way."""
        left_at = self._left.get(dealer_id, -math.inf)
        return self.hears_of(dealer_id) or self._now() - left_at < REMEMBERED_SECONDS

    def change(self, dealer_id: str, words: Iterable[str]) -> None:
        """These have changed."""
        words = frozenset(words)
        for word in words:
            self._changed.pop((dealer_id, word), None)
            self._changed[dealer_id, word] = self._now()
        while len(self._changed) > MOST_REMEMBERED:
            del self._changed[next(iter(self._changed))]
        for each in self._streams:
            if each.dealer_id == dealer_id:
                each.change(words)

    def everything(self) -> None:
        """Anything may have changed: for a while nobody knew."""
        for each in self._streams:
            each.everything()

    def close(self) -> None:
        """All streams end, and those that are opened from now on."""
        self._is_over = True
        for each in self._streams:
            each.end()
