"""Keeps what was rejected, sealed, within bounds of time and room, and opens it again.

Any number of instances may work side by side.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import structlog

from services.intake.adapters.door import Aside
from services.intake.adapters.limited import UNKNOWN
from services.intake.adapters.rejected.seal import Seal, SealedOtherwise
from services.intake.adapters.rejected.store import RejectedStore, SealedRow, Which
from services.intake.domain.rejected.content import Came, unpacked
from services.intake.domain.rejected.row import Rejected, RejectedRow, Rejection, rows_of
from shared.platform import metrics
from shared.platform.errors import TransientFailure
from shared.platform.tracebacks import where_raised
from shared.time.clock import TimeSource

LOOK_EVERY_SECONDS = 60.0
ROOM_IS_MADE_AFTER = 20
"""An instance looks whether there is room when it has kept a 20th of what there is room for."""
FEEDS_COUNTED = 10_000
"""Of more feeds than these it is forgotten how much was kept since; of dealers it never is."""
OUTCOMES = ("kept", "again", "replayed", "discarded", "expired", "dropped")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomForRejected:
    """How much is kept, and for how long."""

    days: float = 30
    rows: int = 10_000
    """Of one source of one dealer; beyond them the oldest go."""
    bytes: int = 100_000_000
    dealer_rows: int = 50_000
    """Of all sources of one dealer together."""
    dealer_bytes: int = 500_000_000

    @property
    def time(self) -> timedelta:
        """After it was last rejected."""
        return timedelta(days=self.days)

    def most(self, source: str | None) -> "RowsAndBytes":
        """Of a source of a dealer; None: of all of them."""
        if source is None:
            return RowsAndBytes(self.dealer_rows, self.dealer_bytes)
        return RowsAndBytes(self.rows, self.bytes)


class RowsAndBytes(NamedTuple):
    """How much of what was rejected."""

    rows: int = 0
    bytes: int = 0

    def plus(self, size: int) -> "RowsAndBytes":
        """And one more row, of so many bytes."""
        return RowsAndBytes(self.rows + 1, self.bytes + size)


class Quarantine:
    """What was rejected. Calls raise `TransientFailure` while the database does not answer."""

    def __init__(
        self,
        store: RejectedStore,
        *,
        seal: Seal | None,
        hash_key: Callable[[], Awaitable[bytes]],
        clock: TimeSource,
        room: RoomForRejected,
    ) -> None:
        """`seal`: None where there is no key: nothing is kept then."""
        self._store = store
        self._seal = seal
        self._hash_key = hash_key
        self._clock = clock
        self._room = room
        self._kept: dict[tuple[str, str | None], RowsAndBytes] = {}
        """Since it was last looked whether there is room, by dealer, and by dealer and source."""
        self._told: frozenset[str] = frozenset()
        metrics.begin(metrics.intake_rejected, OUTCOMES)

    @property
    def keeps(self) -> bool:
        """Whether there is a key."""
        return self._seal is not None

    async def keep(self, found: Sequence[Rejected], *, aside: Aside) -> None:
        """On return all of it is in the database."""
        seal = self._seal
        if seal is None or not found:
            return
        key, now = await self._hash_key(), self._clock.now()

        def sealed() -> list[SealedRow]:
            rows = rows_of(found, key=key, now=now, keep=self._room.time)
            return [
                SealedRow(row, seal.seal(rejected.content, _belongs_to(row)))
                for row, rejected in rows
            ]

        rows = await aside(sealed)
        new = await self._store.keep(rows)
        metrics.intake_rejected.labels("kept").inc(new)
        metrics.intake_rejected.labels("again").inc(max(0, len(found) - new))
        await self._make_room([each.row for each in rows])

    async def page(self, which: Which, *, before: str, limit: int) -> Sequence[RejectedRow]:
        """The newest first; those before the `order` of one; empty: from the newest on."""
        return await self._store.page(which, now=self._clock.now(), before=before, limit=limit)

    async def row(self, rejected_id: str) -> RejectedRow | None:
        """None: there is none, or not any more."""
        found = await self._store.find([rejected_id], now=self._clock.now())
        return found[0].row if found else None

    async def opened(
        self, rejected_ids: Sequence[str]
    ) -> dict[str, tuple[RejectedRow, Came | None]]:
        """Those that there are; None: no key of ours opens it."""
        found = await self._store.find(rejected_ids, now=self._clock.now())
        return {row.rejected_id: (row, self._opened(row, sealed)) for row, sealed in found}

    async def replayed(self, rejected_ids: Sequence[str]) -> None:
        """They are taken: nothing of them is kept any more."""
        if rejected_ids:
            number = await self._store.drop(rejected_ids)
            metrics.intake_rejected.labels("replayed").inc(number)

    async def tried(self, whys: Mapping[str, Rejection | None]) -> None:
        """These were replayed in vain, and why they are not taken now; None: as before."""
        if whys:
            await self._store.tried(whys, self._clock.now())

    async def discard(self, rejected_ids: Sequence[str]) -> int:
        """How many there were."""
        number = await self._store.drop(rejected_ids)
        metrics.intake_rejected.labels("discarded").inc(number)
        return number

    async def discard_all(self, which: Which) -> int:
        """How many there were."""
        number = await self._store.drop_all(which)
        metrics.intake_rejected.labels("discarded").inc(number)
        return number

    async def look_after(self) -> None:
        """Delete what has been kept for long enough, and count what is there."""
        metrics.intake_rejected.labels("expired").inc(await self._store.expire(self._clock.now()))
        by_dealer = await self._store.count_by_dealer()
        for dealer_id in self._told | by_dealer.keys():
            gauge = metrics.intake_rejected_rows.labels(dealer_id or UNKNOWN)
            gauge.set(by_dealer.get(dealer_id, 0))
        self._told = frozenset(by_dealer)

    async def run(self) -> None:
        """Look after it until cancelled."""
        if not self.keeps:
            log.warning("what is rejected is not kept: AFTERCARE_REJECTED_KEY is not set")
        while True:
            try:
                await self.look_after()
            except TransientFailure as failure:
                log.warning("rejected events are not looked after", because=str(failure))
            except Exception as error:  # the next time may go well
                log.error("rejected events are not looked after", because=where_raised(error))
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def _opened(self, row: RejectedRow, sealed: bytes) -> Came | None:
        if self._seal is None:
            return None
        try:
            return unpacked(self._seal.open(sealed, _belongs_to(row)))
        except SealedOtherwise:
            return None

    async def _make_room(self, rows: Sequence[RejectedRow]) -> None:
        if len(self._kept) > FEEDS_COUNTED:  # their names are of the senders' own choosing
            self._kept = {whose: kept for whose, kept in self._kept.items() if whose[1] is None}
        for row in rows:
            for source in (row.source, None):
                whose = row.dealer_id, source
                self._kept[whose] = self._kept.get(whose, RowsAndBytes()).plus(row.size)
        sources = {(row.dealer_id, row.source) for row in rows}
        for dealer_id, source in (*sources, *((dealer_id, None) for dealer_id, _ in sources)):
            kept, most = self._kept.get((dealer_id, source)), self._room.most(source)
            if kept is None:
                continue
            few = kept.rows * ROOM_IS_MADE_AFTER < most.rows
            if few and kept.bytes * ROOM_IS_MADE_AFTER < most.bytes:
                continue
            dropped = await self._store.make_room(
                dealer_id, source, most_rows=most.rows, most_bytes=most.bytes
            )
            metrics.intake_rejected.labels("dropped").inc(dropped)
            self._kept.pop((dealer_id, source), None)


def _belongs_to(row: RejectedRow) -> str:
    return f"{row.rejected_id}/{row.dealer_id}/{row.source}"
