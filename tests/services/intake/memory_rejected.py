"""What was rejected, in memory; honours the same contract suite as that in MongoDB."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from services.intake.adapters.rejected.store import SealedRow, Which, reasons_of
from services.intake.domain.rejected.row import RejectedRow, Rejection


class MemoryRejected:
    """Rows in a dictionary. `fail_next` lets calls fail; `calls` counts them."""

    def __init__(self) -> None:
        self.rows: dict[str, SealedRow] = {}
        self.calls: list[str] = []
        self.fail_next: list[Exception] = []

    async def keep(self, rows: Sequence[SealedRow]) -> int:
        self._called("keep")
        new = 0
        for given, sealed in rows:
            row = given
            known = self.rows.get(row.rejected_id)
            new += known is None
            if known is not None:
                before = known.row
                more = {
                    "times": row.times + before.times,
                    "first_at": before.first_at,
                    "tried_at": before.tried_at,
                }
                row = row.model_copy(update=more)
            self.rows[row.rejected_id] = SealedRow(row, sealed)
        return new

    async def page(
        self, which: Which, *, now: datetime, before: str, limit: int
    ) -> Sequence[RejectedRow]:
        self._called("page")
        found = [
            row
            for row in self._of(which)
            if row.expires_at > now and (row.order < before or not before)
        ]
        return sorted(found, key=lambda row: row.order, reverse=True)[:limit]

    async def find(self, rejected_ids: Sequence[str], *, now: datetime) -> Sequence[SealedRow]:
        self._called("find")
        found = (self.rows[id_] for id_ in rejected_ids if id_ in self.rows)
        return [each for each in found if each.row.expires_at > now]

    async def tried(self, whys: Mapping[str, Rejection | None], now: datetime) -> None:
        self._called("tried")
        for id_, why in whys.items():
            if id_ in self.rows:
                row, sealed = self.rows[id_]
                more = {"tried_at": now, "why": row.why if why is None else why}
                self.rows[id_] = SealedRow(row.model_copy(update=more), sealed)

    async def drop(self, rejected_ids: Sequence[str]) -> int:
        self._called("drop")
        return sum(self.rows.pop(id_, None) is not None for id_ in rejected_ids)

    async def drop_all(self, which: Which) -> int:
        self._called("drop_all")
        return self._drop([row.rejected_id for row in self._of(which)])

    async def expire(self, now: datetime) -> int:
        self._called("expire")
        return self._drop([id_ for id_, each in self.rows.items() if each.row.expires_at <= now])

    async def make_room(
        self, dealer_id: str, source: str | None, *, most_rows: int, most_bytes: int
    ) -> int:
        self._called("make_room")
        which = Which(dealer_id=dealer_id, source=source)
        rows = sorted(self._of(which), key=lambda row: row.order, reverse=True)
        size = 0
        for position, row in enumerate(rows):
            size += row.size
            if position >= most_rows or size > most_bytes:
                return self._drop([each.rejected_id for each in rows[position:]])
        return 0

    async def count_by_dealer(self) -> Mapping[str, int]:
        self._called("count_by_dealer")
        return Counter(each.row.dealer_id for each in self.rows.values())

    def _of(self, which: Which) -> Iterator[RejectedRow]:
        for row, _ in self.rows.values():
            if (
                row.dealer_id == which.dealer_id
                and which.source in (None, row.source)
                and (which.reason is None or which.reason in reasons_of(row.why))
            ):
                yield row

    def _drop(self, ids: Sequence[str]) -> int:
        for id_ in ids:
            del self.rows[id_]
        return len(ids)

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.fail_next:
            raise self.fail_next.pop(0)
