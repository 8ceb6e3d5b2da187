"""Where imports are kept, in intake's own database: jobs, their files in pieces, and the accounts
of single records. A file is personal data: it is in no log, and deleted when it is done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.intake.domain.imports.account import RecordTrouble
from services.intake.domain.imports.job import (
    STATES,
    TO_COME,
    ImportJob,
    State,
    TroubleKind,
)
from shared.platform.errors import Conflict
from shared.platform.mongo import (
    ASCENDING,
    DESCENDING,
    Collection,
    IndexModel,
    Mongo,
    ReplaceOne,
    portions,
    transient,
)

JOBS, PIECES, TROUBLES = "imports", "import_pieces", "import_troubles"
PIECE_BYTES = 1_048_576
"""Every piece of a file but the last has this size."""
TRIES = 8
WRITES_AT_ONCE = 200
_ARRIVAL = (("arrived_at", ASCENDING), ("_id", ASCENDING))


@dataclass(frozen=True, slots=True)
class ImportTally:
    """How many imports there are."""

    by_state: Mapping[State, int]
    waiting_since: datetime | None
    """When the one arrived that has waited longest; None: none waits."""


class ImportStore(Protocol):
    """Keeps imports. Every call raises `TransientFailure` when it cannot answer."""

    async def save(self, job: ImportJob) -> ImportJob:
        """Write it if it is still stored with the revision it was read with, 0 for a new one.

        Raises `Conflict` when it is not, when another of its dealer runs, and when another is the
        same file.
        """
        ...

    async def find(self, import_id: str) -> ImportJob | None: ...

    async def same_as(self, same: str) -> ImportJob | None:
        """The import that is this file already."""
        ...

    async def page(
        self, dealer_id: str, *, source: str | None = None, after: str, limit: int
    ) -> Sequence[ImportJob]:
        """A dealer's that have arrived, of one source or all, the newest first; those before the id
        `after`."""
        ...

    async def heads(self) -> Sequence[ImportJob]:
        """Of each dealer the one that runs, else the first to have arrived that waits; the first
        to have arrived of all comes first."""
        ...

    async def to_come(self, dealer_id: str) -> int:
        """How many of a dealer's arrive, wait or pause."""
        ...

    async def tally(self) -> ImportTally: ...

    async def to_clear(self, now: datetime, ended_before: datetime) -> Sequence[ImportJob]:
        """Some whose file is not needed any more, that were never whole, or that ended so long
        ago."""
        ...

    async def remove(self, import_id: str) -> None:
        """Its file, its account, and itself."""
        ...

    async def put_piece(self, import_id: str, number: int, content: bytes) -> None: ...

    async def piece(self, import_id: str, number: int) -> bytes | None:
        """None: it is not there."""
        ...

    async def drop_file(self, import_id: str) -> None: ...

    async def put_troubles(self, import_id: str, troubles: Sequence[RecordTrouble]) -> None:
        """What is put twice is there once."""
        ...

    async def troubles(
        self, import_id: str, *, kind: TroubleKind | None, after: int, limit: int
    ) -> Sequence[RecordTrouble]:
        """In the order of the file; those after the record `after`."""
        ...

    async def drop_troubles(self, import_id: str) -> None: ...


def arrival(job: ImportJob) -> tuple[datetime, str]:
    """What imports are in the order of."""
    return job.arrived_at or job.created_at, job.import_id


async def changed(
    store: ImportStore, import_id: str, decide: Callable[[ImportJob], ImportJob | None]
) -> ImportJob | None:
    """The import as `decide` makes it of what is stored; None: there is none, or it makes none.

    Decides anew where another writer was first. Raises `TransientFailure`.
    """
    for tries_left in reversed(range(TRIES)):
        job = await store.find(import_id)
        wanted = None if job is None else decide(job)
        if wanted is None or wanted is job:
            return wanted
        try:
            return await store.save(wanted)
        except Conflict:
            if not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


class MongoImports:
    """Imports in MongoDB. Connects on first use, inside the running loop."""

    def __init__(self, mongo: Callable[[], Mongo]) -> None:
        self._mongo = mongo

    async def prepare(self) -> None:
        """Create the indexes; repeating it changes nothing."""
        jobs = [
            IndexModel([("dealer_id", ASCENDING), ("_id", DESCENDING)], name="of_dealer"),
            IndexModel([("state", ASCENDING), ("arrived_at", ASCENDING)], name="by_state"),
            IndexModel([("same", ASCENDING)], name="same", unique=True, sparse=True),
            IndexModel([("runs_for", ASCENDING)], name="one_runs", unique=True, sparse=True),
        ]
        async with transient():
            await self._in(JOBS).create_indexes(jobs)

    async def save(self, job: ImportJob) -> ImportJob:
        written = job.model_copy(update={"revision": job.revision + 1})
        document = written.model_dump(exclude={"import_id"}, exclude_none=True)
        document["_id"] = job.import_id
        if job.state == "running":
            document["runs_for"] = job.dealer_id  # of each dealer one import runs at a time
        async with transient():
            if not job.revision:
                await self._in(JOBS).insert_one(document)
                return written
            guard = {"_id": job.import_id, "revision": job.revision}
            result = await self._in(JOBS).replace_one(guard, document)
        if not result.matched_count:
            raise Conflict("another writer changed the import")
        return written

    async def find(self, import_id: str) -> ImportJob | None:
        return await self._one({"_id": import_id})

    async def same_as(self, same: str) -> ImportJob | None:
        return await self._one({"same": same})

    async def page(
        self, dealer_id: str, *, source: str | None = None, after: str, limit: int
    ) -> Sequence[ImportJob]:
        query: dict[str, Any] = {"dealer_id": dealer_id, "state": {"$ne": "arriving"}}
        if source is not None:
            query["source"] = source
        if after:
            query["_id"] = {"$lt": after}
        return await self._many(query, [("_id", DESCENDING)], limit)

    async def heads(self) -> Sequence[ImportJob]:
        waiting = {"state": "waiting"}
        async with transient():
            dealers = await self._in(JOBS).distinct("dealer_id", waiting)
        found = {job.dealer_id: job for job in await self._many({"state": "running"}, _ARRIVAL, 0)}
        for dealer_id in set(dealers) - found.keys():
            for job in await self._many({**waiting, "dealer_id": dealer_id}, _ARRIVAL, 1):
                found[dealer_id] = job
        return sorted(found.values(), key=arrival)

    async def to_come(self, dealer_id: str) -> int:
        query = {"dealer_id": dealer_id, "state": {"$in": list(TO_COME)}}
        async with transient():
            return int(await self._in(JOBS).count_documents(query))

    async def tally(self) -> ImportTally:
        async with transient():
            by_state = {
                state: await self._in(JOBS).count_documents({"state": state}) for state in STATES
            }
        waiting = await self._many({"state": "waiting"}, _ARRIVAL, 1)
        return ImportTally(by_state, waiting[0].arrived_at if waiting else None)

    async def to_clear(self, now: datetime, ended_before: datetime) -> Sequence[ImportJob]:
        query = {
            "$or": [
                {"file_until": {"$lte": now}},
                {"state": "arriving", "held_until": {"$lte": now}},
                {"ended_at": {"$lte": ended_before}},
            ]
        }
        return await self._many(query, [("_id", ASCENDING)], 100)

    async def remove(self, import_id: str) -> None:
        await self.drop_file(import_id)
        await self.drop_troubles(import_id)
        async with transient():
            await self._in(JOBS).delete_one({"_id": import_id})

    async def put_piece(self, import_id: str, number: int, content: bytes) -> None:
        document = {"_id": f"{import_id}/{number:08d}", "content": content}
        async with transient():
            await self._in(PIECES).replace_one({"_id": document["_id"]}, document, upsert=True)

    async def piece(self, import_id: str, number: int) -> bytes | None:
        async with transient():
            found = await self._in(PIECES).find_one({"_id": f"{import_id}/{number:08d}"})
        return None if found is None else bytes(found["content"])

    async def drop_file(self, import_id: str) -> None:
        async with transient():
            await self._in(PIECES).delete_many({"_id": _below(import_id)})

    async def put_troubles(self, import_id: str, troubles: Sequence[RecordTrouble]) -> None:
        for some in portions(troubles, WRITES_AT_ONCE):
            writes = []
            for trouble in some:
                id_ = f"{import_id}/{trouble.number:012d}"
                document = {"_id": id_, "import_id": import_id, **trouble.model_dump()}
                writes.append(ReplaceOne({"_id": id_}, document, upsert=True))
            async with transient():
                await self._in(TROUBLES).bulk_write(writes, ordered=False)

    async def troubles(
        self, import_id: str, *, kind: TroubleKind | None, after: int, limit: int
    ) -> Sequence[RecordTrouble]:
        query: dict[str, Any] = {"_id": {**_below(import_id), "$gt": f"{import_id}/{after:012d}"}}
        if kind is not None:
            query["kind"] = kind
        async with transient():
            cursor = self._in(TROUBLES).find(query).sort("_id", ASCENDING).limit(limit)
            return [RecordTrouble.model_validate(found) for found in await cursor.to_list(None)]

    async def drop_troubles(self, import_id: str) -> None:
        async with transient():
            await self._in(TROUBLES).delete_many({"_id": _below(import_id)})

    def _in(self, name: str) -> Collection:
        return self._mongo().database[name]

    async def _one(self, query: Mapping[str, Any]) -> ImportJob | None:
        async with transient():
            found = await self._in(JOBS).find_one(query)
        return None if found is None else _job(found)

    async def _many(
        self, query: Mapping[str, Any], order: Sequence[tuple[str, int]], limit: int
    ) -> list[ImportJob]:
        async with transient():
            found = await self._in(JOBS).find(query).sort(list(order)).limit(limit).to_list(None)
        return [_job(document) for document in found]


def _below(import_id: str) -> dict[str, str]:
    """The condition on an id of being one of this import's; '0' is what follows '/'."""
    return {"$gt": f"{import_id}/", "$lt": f"{import_id}0"}


def _job(document: Mapping[str, Any]) -> ImportJob:
    return ImportJob.model_validate({**document, "import_id": document["_id"]})
