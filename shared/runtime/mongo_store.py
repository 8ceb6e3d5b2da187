"""The store on MongoDB: aggregates, intents and policy marks in the service's own database."""

import asyncio
from collections.abc import Collection as Ids
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from heapq import merge
from typing import Any, NamedTuple

from shared.decider.decision import Listing
from shared.platform.mongo import (
    ASCENDING,
    Database,
    IndexModel,
    UpdateOne,
    by_portions,
    guarded_bulk,
    of_dealer,
    transient,
)
from shared.runtime.aggregate import Aggregate, Intent, PolicyMark
from shared.runtime.documents import (
    from_aggregate,
    from_intent,
    from_mark,
    to_aggregate,
    to_intent,
    to_listing,
    to_mark,
)

FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
WIDER = 8
"""By which factor the next look reaches further ahead where a page was not full."""


class _Page(NamedTuple):
    """The due times of the first and the last aggregate of a full page."""

    first: datetime
    last: datetime


class MongoStore:
    """New documents are inserted, known ones replaced whole under the guard of `version`.

    A page of what is due is one query per partition, side by side: each walks the index from
    the oldest on, and costs what it finds. Why not `$in`: docs/operations/embedded.md.
    """

    def __init__(self, database: Database, *, listed: bool = False) -> None:
        self._listed = listed
        self._aggregates = database["aggregates"]
        self._intents = database["intents"]
        self._policies = database["policies"]
        self._pages: dict[int, _Page] = {}
        """Partition -> its last page, where more is due than that page held."""

    async def prepare(self) -> None:
        """Create the indexes that are missing. Raises `TransientFailure`."""
        indexes = [_index("due_in_partition", "partition", "due_at")]
        if self._listed:
            indexes.append(_index("open_by_deadline", "dealer_id", "listing.deadline"))
            indexes.append(_index("began", "dealer_id", "listing.since"))
            indexes.append(IndexModel([("name", ASCENDING)], name="name", sparse=True))
        async with transient():
            await self._aggregates.create_indexes(indexes)

    async def load(self, ids: Ids[str]) -> Mapping[str, Aggregate]:
        found = await by_portions(list(ids), self._of_ids)
        return {document["_id"]: to_aggregate(document) for document in found}

    async def _of_ids(self, ids: Ids[str]) -> Sequence[Mapping[str, Any]]:
        return await self._find(self._aggregates, {"_id": {"$in": ids}})

    async def save(self, aggregates: Sequence[Aggregate]) -> None:
        documents = [from_aggregate(aggregate) for aggregate in aggregates]
        await guarded_bulk(self._aggregates, documents, guard="version")

    async def add_intents(self, intents: Sequence[Intent]) -> None:
        async with transient():
            await self._intents.insert_many([from_intent(intent) for intent in intents])

    async def intents(self, partitions: Ids[int]) -> Sequence[Intent]:
        query = {"partition": {"$in": list(partitions)}}
        return [to_intent(found) for found in await self._find(self._intents, query, ["_id"])]

    async def remove_intents(self, ids: Ids[str]) -> None:
        async with transient():
            await self._intents.delete_many({"_id": {"$in": list(ids)}})

    async def due(self, until: Mapping[int, datetime], *, limit: int) -> Sequence[Aggregate]:
        pages = await asyncio.gather(
            *(self._oldest_due(part, instant, limit) for part, instant in until.items())
        )
        oldest_first = merge(*pages, key=lambda found: (found["due_at"], found["_id"]))
        return [to_aggregate(document) for document in oldest_first]

    async def _oldest_due(
        self, partition: int, until: datetime, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Of more than a page only what is due about as early as the page before was, since the
        embedded database reads all that matches (docs/operations/embedded.md)."""
        end = until + MILLISECOND  # `$lt` alone: docs/operations/embedded.md
        before = self._pages.pop(partition, None)
        bound, width = end, MILLISECOND
        if before is not None:
            width = max(before.last - before.first, MILLISECOND)
            bound = min(before.last + width, end)
        while True:
            query = {"partition": partition, "due_at": {"$lt": bound}}
            found = await self._find(self._aggregates, query, ["due_at", "_id"], limit=limit)
            if len(found) == limit:
                self._pages[partition] = _Page(found[0]["due_at"], found[-1]["due_at"])
                return found
            if bound == end:
                return found
            width *= WIDER
            bound = min(bound + width, end)

    async def policy_versions(
        self, partitions: Ids[int], *, after: str, limit: int
    ) -> Sequence[tuple[str, str]]:
        query = {"_id": {"$gt": after}, "partition": {"$in": list(partitions)}}
        found = await self._find(
            self._aggregates, query, ["_id"], limit=limit, fields=["policy_version"]
        )
        return [(document["_id"], document["policy_version"]) for document in found]

    async def policy_marks(self, partitions: Ids[int]) -> Mapping[int, PolicyMark]:
        query = {"_id": {"$in": list(partitions)}}
        found = await self._find(self._policies, query)
        marks = {each["_id"]: to_mark(each["mark"]) for each in found}
        return {partition: mark for partition, mark in marks.items() if mark is not None}

    async def mark_policy(
        self,
        partitions: Ids[int],
        mark: PolicyMark | None,
        *,
        instead_of: PolicyMark | None = None,
    ) -> None:
        condition = {} if instead_of is None else {"mark": from_mark(instead_of)}
        change = {"$set": {"mark": from_mark(mark)}}
        async with transient():
            await self._policies.bulk_write(
                [
                    UpdateOne({"_id": partition, **condition}, change, upsert=not condition)
                    for partition in partitions
                ]
            )

    async def page(self, *, dealer_id: str | None, after: str, limit: int) -> Sequence[Aggregate]:
        bounds = {"$gt": after} if dealer_id is None else of_dealer(dealer_id, after=after)
        found = await self._find(self._aggregates, {"_id": bounds}, ["_id"], limit=limit)
        return [to_aggregate(document) for document in found]

    async def open_by_deadline(
        self,
        dealer_id: str,
        *,
        after: tuple[datetime, str] | None,
        limit: int,
        before: datetime | None = None,
    ) -> Sequence[Aggregate]:
        bounds = {"$lt": min(before or FOR_EVER, FOR_EVER)}
        listed = {"dealer_id": dealer_id, "listing.deadline": bounds}
        found = await self._by_deadline(listed, after, limit=limit)
        return [to_aggregate(document) for document in found]

    async def named(self, name: str) -> Sequence[Aggregate]:
        found = await self._find(self._aggregates, {"name": name}, ["_id"])
        return [to_aggregate(document) for document in found]

    async def open_listings(self, dealer_id: str) -> Sequence[Listing]:
        query = {"dealer_id": dealer_id, "listing.deadline": {"$lt": FOR_EVER}}
        return await self._listings(query)

    async def listings_begun(self, dealer_id: str, since: datetime) -> Sequence[Listing]:
        query = {"dealer_id": dealer_id, "listing.since": {"$gte": since, "$lt": FOR_EVER}}
        return await self._listings(query)

    async def _listings(self, query: Mapping[str, Any]) -> Sequence[Listing]:
        found = await self._find(self._aggregates, query, fields=["listing"])
        return [to_listing(document["listing"]) for document in found]

    async def listings(
        self,
        dealer_id: str,
        *,
        since: datetime,
        until: datetime,
        after: str,
        limit: int,
    ) -> Sequence[tuple[str, Listing]]:
        query = {
            "_id": of_dealer(dealer_id, after=after),
            "listing.since": {"$gte": since, "$lt": until},
        }
        found = await self._find(self._aggregates, query, ["_id"], limit=limit, fields=["listing"])
        return [(document["_id"], to_listing(document["listing"])) for document in found]

    async def _by_deadline(
        self, listed: Mapping[str, Any], after: tuple[datetime, str] | None, *, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """By deadline and id: first the rest of those of the moment of `after`, then later ones.

        Each is one walk of the index, where one query for both would need two; the first is
        spared where `after` has no id.
        """
        by = "listing.deadline"
        page: list[Mapping[str, Any]] = []
        if after is not None:
            (moment, id_), end = after, listed[by]["$lt"]
            if moment >= end:
                return []
            if id_:
                same = {**listed, by: moment, "_id": {"$gt": id_}}
                page = await self._find(self._aggregates, same, ["_id"], limit=limit)
            listed = {**listed, by: {"$gt" if id_ else "$gte": moment, "$lt": end}}
        left = limit - len(page)
        if left:
            page += await self._find(self._aggregates, listed, [by, "_id"], limit=left)
        return page

    @staticmethod
    async def _find(
        collection: Any,
        query: Mapping[str, Any],
        sort: Sequence[str] = (),
        *,
        limit: int = 0,
        fields: Sequence[str] | None = None,
    ) -> list[Mapping[str, Any]]:
        async with transient():
            cursor = collection.find(query, projection=fields, limit=limit)
            if sort:
                cursor = cursor.sort([(name, ASCENDING) for name in sort])
            found: list[Mapping[str, Any]] = await cursor.to_list(None)
            return found


def _index(name: str, owner: str, moment: str) -> IndexModel:
    """By owner, moment and id, of those alone that have such a moment."""
    return IndexModel(
        [(owner, ASCENDING), (moment, ASCENDING), ("_id", ASCENDING)],
        name=name,
        partialFilterExpression={moment: {"$lt": FOR_EVER}},
    )
