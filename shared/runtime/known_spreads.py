"""What is known at present of how each dealer's lists are spread."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from shared.platform.errors import TransientFailure
from shared.runtime.spread import ListSpread

FRESH_SECONDS = 300.0
"""How long it is believed how a dealer's lists are spread."""
SLOW_PAGE_SECONDS = 0.05
SLOW_FRESH_SECONDS = 10.0
"""How long after a page that took longer than `SLOW_PAGE_SECONDS`."""


@dataclass(frozen=True, slots=True)
class _Known:
    spread: ListSpread
    read_at: float


class KnownSpreads:
    """Each is read for a dealer's first page, and again in the background where it may have
    changed: what is known serves until then, so no other page waits for it."""

    def __init__(
        self, read: Callable[[str], Awaitable[ListSpread]], monotonic: Callable[[], float]
    ) -> None:
        self._read = read
        self._monotonic = monotonic
        self._known: dict[str, _Known] = {}
        self._renewing: dict[str, asyncio.Task[None]] = {}

    async def of(self, dealer_id: str) -> ListSpread:
        """Raises `TransientFailure`, of a dealer's first page alone."""
        known = self._known.get(dealer_id)
        if known is None:
            return await self._newly(dealer_id)
        if self._monotonic() - known.read_at > FRESH_SECONDS:
            self._renew(dealer_id)
        return known.spread

    def page_took(self, dealer_id: str, seconds: float) -> None:
        """A slow page is a sign that the spread is another by now."""
        age = self._monotonic() - self._known[dealer_id].read_at
        if seconds > SLOW_PAGE_SECONDS and age > SLOW_FRESH_SECONDS:
            self._renew(dealer_id)

    async def _newly(self, dealer_id: str) -> ListSpread:
        spread = await self._read(dealer_id)
        self._known[dealer_id] = _Known(spread, self._monotonic())
        return spread

    def _renew(self, dealer_id: str) -> None:
        if dealer_id not in self._renewing:
            self._renewing[dealer_id] = asyncio.create_task(self._renewed(dealer_id))

    async def _renewed(self, dealer_id: str) -> None:
        try:
            with suppress(TransientFailure):  # the next page tries again
                await self._newly(dealer_id)
        finally:
            del self._renewing[dealer_id]
