"""Where what was rejected is kept, in intake's own database: a row each, its content sealed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from services.intake.domain.rejected.row import RejectedRow, Rejection
from shared.platform.errors import Conflict
from shared.platform.mongo import (
    ASCENDING,
    DESCENDING,
    DUPLICATE_KEY,
    BulkWriteError,
    Collection,
    IndexModel,
    Mongo,
    UpdateOne,
    portions,
    transient,
)

COLLECTION = "rejected"
WRITES_AT_ONCE = 500
READ_AT_ONCE = 1_000
TRIES = 5
A_DAY_SECONDS = 86_400


class SealedRow(NamedTuple):
    """A row, and its content."""

    row: RejectedRow
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Rows of one dealer, or of nobody."""

    dealer_id: str
    source: str | None = None
    reason: str | None = None
    """Or its beginning, up to a `/`."""


class RejectedStore(Protocol):
    """Keeps what was rejected. Every call raises `TransientFailure` when it cannot answer."""

    async def keep(self, rows: Sequence[SealedRow]) -> int:
        """Puts them there; one that is there is brought up to date, and counts the times. How many
        are new."""
        ...

    async def page(
        self, which: Which, *, now: datetime, before: str, limit: int
    ) -> Sequence[RejectedRow]:
        """The newest first; those before the `order` of one; empty: from the newest on."""
        ...

    async def find(self, rejected_ids: Sequence[str], *, now: datetime) -> Sequence[SealedRow]:
        """Those that there are, in no order."""
        ...

    async def tried(self, whys: Mapping[str, Rejection | None], now: datetime) -> None:
        """These were replayed in vain, and why they are not taken now; None: as before."""
        ...

    async def drop(self, rejected_ids: Sequence[str]) -> int:
        """How many there were."""
        ...

    async def drop_all(self, which: Which) -> int: ...

    async def expire(self, now: datetime) -> int:
        """Deletes what has been kept for long enough."""
        ...

    async def make_room(
        self, dealer_id: str, source: str | None, *, most_rows: int, most_bytes: int
    ) -> int:
        """Deletes the oldest beyond these bounds, of a source of a dealer; None: of all of them."""
        ...

    async def count_by_dealer(self) -> Mapping[str, int]:
        """How many there are of each dealer that has any."""
        ...


class MongoRejected:
    """In MongoDB. Connects on first use, inside the running loop."""

    def __init__(self, mongo: Callable[[], Mongo]) -> None:
        self._mongo = mongo

    async def prepare(self) -> None:
        """Create the indexes; repeating it changes nothing."""
        indexes = [
            IndexModel([("dealer_id", ASCENDING), ("order", DESCENDING)], name="of_dealer"),
            IndexModel(
                [("dealer_id", ASCENDING), ("source", ASCENDING), ("order", DESCENDING)],
                name="of_feed",
            ),
            IndexModel(  # where no instance runs that would do it, and count it
                [("expires_at", ASCENDING)], expireAfterSeconds=A_DAY_SECONDS, name="ends"
            ),
        ]
        async with transient():
            await self._rows.create_indexes(indexes)

    async def keep(self, rows: Sequence[SealedRow]) -> int:
        new = 0
        for some in portions(rows, WRITES_AT_ONCE):
            writes = [_write(each) for each in some]
            for tries_left in reversed(range(TRIES)):
                upserted, writes = await self._written(writes)
                new += upserted
                if not writes:
                    break
                if not tries_left:
                    raise Conflict("other writers were first, again and again")
        return new

    async def _written(self, writes: Sequence[UpdateOne]) -> tuple[int, list[UpdateOne]]:
        """How many were new, and those to be written once more: another instance has just put the
        same there."""
        async with transient():
            try:
                done = (await self._rows.bulk_write(list(writes), ordered=False)).bulk_api_result
            except BulkWriteError as error:
                done = error.details
                failures = done.get("writeErrors", ())
                if not failures or {each.get("code") for each in failures} != {DUPLICATE_KEY}:
                    raise
                return done["nUpserted"], [writes[each["index"]] for each in failures]
        return done["nUpserted"], []

    async def page(
        self, which: Which, *, now: datetime, before: str, limit: int
    ) -> Sequence[RejectedRow]:
        query = {**_query(which), "expires_at": {"$gt": now}}
        if before:
            query["order"] = {"$lt": before}
        async with transient():
            found = self._rows.find(query, {"sealed": 0}).sort("order", DESCENDING).limit(limit)
            return [_row(document) for document in await found.to_list(None)]

    async def find(self, rejected_ids: Sequence[str], *, now: datetime) -> Sequence[SealedRow]:
        query = {"_id": {"$in": list(rejected_ids)}, "expires_at": {"$gt": now}}
        async with transient():
            found = await self._rows.find(query).to_list(None)
        return [SealedRow(_row(document), bytes(document["sealed"])) for document in found]

    async def tried(self, whys: Mapping[str, Rejection | None], now: datetime) -> None:
        for some in portions(list(whys.items()), WRITES_AT_ONCE):
            writes = []
            for rejected_id, why in some:
                changed: dict[str, Any] = {"tried_at": now}
                if why is not None:
                    changed |= {"why": why.model_dump(), "reasons": reasons_of(why)}
                writes.append(UpdateOne({"_id": rejected_id}, {"$set": changed}))
            async with transient():
                await self._rows.bulk_write(writes, ordered=False)

    async def drop(self, rejected_ids: Sequence[str]) -> int:
        async with transient():
            done = await self._rows.delete_many({"_id": {"$in": list(rejected_ids)}})
        return int(done.deleted_count)

    async def drop_all(self, which: Which) -> int:
        async with transient():
            done = await self._rows.delete_many(_query(which))
        return int(done.deleted_count)

    async def expire(self, now: datetime) -> int:
        async with transient():
            done = await self._rows.delete_many({"expires_at": {"$lte": now}})
        return int(done.deleted_count)

    async def make_room(
        self, dealer_id: str, source: str | None, *, most_rows: int, most_bytes: int
    ) -> int:
        theirs = _query(Which(dealer_id=dealer_id, source=source))
        position, size = 0, 0
        async with transient():
            found = self._rows.find(theirs, {"order": 1, "size": 1}).sort("order", DESCENDING)
            async for document in found.batch_size(READ_AT_ONCE):
                position, size = position + 1, size + document["size"]
                if position > most_rows or size > most_bytes:
                    older = {**theirs, "order": {"$lte": document["order"]}}
                    return int((await self._rows.delete_many(older)).deleted_count)
        return 0

    async def count_by_dealer(self) -> Mapping[str, int]:
        async with transient():
            return {
                dealer_id: int(await self._rows.count_documents({"dealer_id": dealer_id}))
                for dealer_id in await self._rows.distinct("dealer_id")
            }

    @property
    def _rows(self) -> Collection:
        return self._mongo().database[COLLECTION]


def _write(each: SealedRow) -> UpdateOne:
    row = each.row
    document = row.model_dump(exclude={"rejected_id", "times", "first_at"}, exclude_none=True)
    document |= {"order": row.order, "reasons": reasons_of(row.why), "sealed": each.sealed}
    counted = {"$inc": {"times": row.times}, "$setOnInsert": {"first_at": row.first_at}}
    return UpdateOne({"_id": row.rejected_id}, {"$set": document, **counted}, upsert=True)


def reasons_of(why: Rejection) -> list[str]:
    """By which it is found."""
    return sorted({why.reason, why.reason.partition("/")[0]})


def _query(which: Which) -> dict[str, Any]:
    query: dict[str, Any] = {"dealer_id": which.dealer_id}
    if which.source is not None:
        query["source"] = which.source
    if which.reason is not None:
        query["reasons"] = which.reason
    return query


def _row(document: Mapping[str, Any]) -> RejectedRow:
    return RejectedRow.model_validate({**document, "rejected_id": document["_id"]})
