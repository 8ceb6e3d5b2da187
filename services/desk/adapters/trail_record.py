"""Reading what was written down, and finding whether it still is as it was written."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Protocol

from services.desk.adapters.trail import COLLECTION, HEADS, NUMBERED, read_entry, read_head
from services.desk.domain.trail import Chain, TrailAsked, TrailEntry, Verification, sequence_in
from shared.platform.mongo import ASCENDING, DESCENDING, Database, transient

READ_AT_ONCE = 500


class TrailRecord(Protocol):
    """The trail, for who may look at it. Each call raises `TransientFailure`."""

    async def find(
        self, asked: TrailAsked, *, limit: int, before: int | None = None
    ) -> list[TrailEntry]:
        """The newest of them first; `before`: those of lower numbers alone."""
        ...

    async def verified(self, known: str | None = None) -> Verification:
        """All of it looked at, with the faults found. `known`: the end as somebody has written it
        down elsewhere; raises `ValueError` where it has another form."""
        ...


class MongoTrailRecord:
    """In the desk's database."""

    def __init__(self, database: Database, key: bytes) -> None:
        """`key`: that of the trail."""
        self._entries = database[COLLECTION]
        self._heads = database[HEADS]
        self._chain = Chain(key)

    async def find(
        self, asked: TrailAsked, *, limit: int, before: int | None = None
    ) -> list[TrailEntry]:
        numbers = NUMBERED if before is None else {"_id": {"$gt": 0, "$lt": before}}
        wanted = _condition(asked) | numbers
        async with transient():
            found = self._entries.find(wanted).sort("_id", DESCENDING).limit(limit)
            return [read_entry(each) for each in await found.to_list(limit)]

    async def verified(self, known: str | None = None) -> Verification:
        head = await read_head(self._heads)
        watched = {0 if head is None else head.end.sequence}
        watched |= set() if known is None else {sequence_in(known)}
        verification, numbers = Verification(self._chain), frozenset(watched)
        async for entry in self._all():
            verification.see(entry, numbers)
        verification.ends(head, known)
        return verification

    async def _all(self) -> AsyncIterator[TrailEntry]:
        last = 0
        while True:
            after = {"_id": {"$gt": last}}
            async with transient():
                found = self._entries.find(after).sort("_id", ASCENDING).limit(READ_AT_ONCE)
                page = await found.to_list(READ_AT_ONCE)
            for each in page:
                yield read_entry(each)
            if len(page) < READ_AT_ONCE:
                return
            last = page[-1]["_id"]
            await asyncio.sleep(0)  # pages are made meanwhile


def _condition(asked: TrailAsked) -> dict[str, Any]:
    said = {"username": asked.username, "what": asked.what}
    wanted: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    if asked.about is not None:
        wanted["$or"] = [{"about": asked.about}, {"customer": asked.about}]
    if asked.dealer_ids is not None:
        wanted["dealer_id"] = {"$in": sorted(asked.dealer_ids)}
    at = {
        **({} if asked.since is None else {"$gte": asked.since}),
        **({} if asked.until is None else {"$lt": asked.until}),
    }
    return wanted | ({"at": at} if at else {})
