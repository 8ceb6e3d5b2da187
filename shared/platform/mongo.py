"""How every MongoDB client of ours is made. Majority and journaled writes, primary reads.

The driver is a setting: motor, or PyMongo's own asyncio client, which is its successor. Both
are used through the calls they share.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any, NamedTuple, TypeAlias, TypeVar

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import (
    ASCENDING,
    DESCENDING,
    AsyncMongoClient,
    DeleteMany,
    IndexModel,
    InsertOne,
    ReadPreference,
    ReplaceOne,
    UpdateOne,
)
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.platform.errors import Conflict, RefusedDocuments, TransientFailure
from shared.platform.mongo_words import in_words, tls_options
from shared.settings import MongoSettings

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "DUPLICATE_KEY",
    "WRITES_A_COMMAND",
    "BulkWriteError",
    "Collection",
    "Database",
    "DeleteMany",
    "IndexModel",
    "InsertOne",
    "Mongo",
    "ReplaceOne",
    "UpdateOne",
    "by_portions",
    "encoded",
    "guarded_bulk",
    "of_dealer",
    "portions",
    "transient",
]

DUPLICATE_KEY = 11000
REFUSALS = frozenset({2, 14, 22, 121, 10334, 17280, 17419})
"""Codes of what is wrong with a document itself: a bad value or type, not valid BSON, against the
collection's rules, too large, a key too long for an index, too large once written."""
MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
OPERATION_TIMEOUT_MS = 10_000
SELECTION_TIMEOUT_MS = 3_000

IDS_A_QUERY = 64
"""How many ids are asked for in one query: see docs/operations/embedded.md."""

READS_AT_ONCE = 8
"""How many queries for portions are under way at the same time: where the database is slow, each of
more would wait for all, and none would end in time."""
WRITES_A_COMMAND = 500
"""How many documents are written by one command: so many are in time on a database that takes
20 ms for each."""
ENCODED_AT_ONCE = 64
"""How many documents are encoded before others have a turn: these take about two milliseconds."""
JOURNALED_EACH = 4
"""How many documents are replaced with a wait for the journal each; of more, all wait together: see
docs/operations/embedded.md."""
_NOT_JOURNALED = WriteConcern(w="majority", wtimeout=OPERATION_TIMEOUT_MS)

T = TypeVar("T")
R = TypeVar("R")
Collection: TypeAlias = Any
"""A motor or PyMongo collection: neither is typed to the other, their calls agree."""
Database: TypeAlias = Any


class _Write(NamedTuple):
    """The write of one document."""

    id: str
    guarded: int
    """What its guard is from then on."""
    operation: "InsertOne[Any] | ReplaceOne[Any]"


class _Done(NamedTuple):
    """What became of a bulk."""

    refused: Sequence[str]
    """The ids of what the database never takes."""
    conflict: str
    """Not empty: another writer was first with some."""


class Mongo:
    """A client and the database of one service. Connects on first use."""

    def __init__(self, settings: MongoSettings, service: str) -> None:
        options: dict[str, Any] = {
            "tz_aware": True,
            "serverSelectionTimeoutMS": SELECTION_TIMEOUT_MS,
            "socketTimeoutMS": OPERATION_TIMEOUT_MS,
            "retryWrites": False,  # our writes are guarded; a blind repeat would look like a loss
            "appname": f"aftercare-{service}",
            **tls_options(settings),
        }
        uri = settings.uri.get_secret_value()
        self._client: Any = (
            _motor_client(uri, options)
            if settings.driver == "motor"
            else AsyncMongoClient(uri, **options)
        )
        self._prefix = settings.database_prefix
        self.database = self.beside(service)

    def beside(self, name: str) -> Database:
        """Another database, over the same connections."""
        return self._client.get_database(
            f"{self._prefix}{name}",
            read_preference=ReadPreference.PRIMARY,
            read_concern=ReadConcern("majority"),
            write_concern=WriteConcern(w="majority", j=True, wtimeout=OPERATION_TIMEOUT_MS),
        )

    async def ping(self) -> None:
        """Raises `TransientFailure` when the database does not answer."""
        async with transient():
            await self.database.command("ping")

    async def close(self) -> None:
        closing = self._client.close()
        if closing is not None:
            await closing


def _motor_client(uri: str, options: Mapping[str, Any]) -> Any:
    """Imported here, so that nobody needs motor who has chosen its successor."""
    motor = import_module("motor.motor_asyncio")
    return motor.AsyncIOMotorClient(uri, io_loop=asyncio.get_running_loop(), **options)


@asynccontextmanager
async def transient() -> AsyncIterator[None]:
    """Driver errors inside become `TransientFailure`; a duplicate key becomes `Conflict`."""
    try:
        yield
    except DuplicateKeyError as error:
        raise Conflict("duplicate key") from error
    except PyMongoError as error:
        raise TransientFailure(f"database: {in_words(error)}") from error


def portions(wanted: Sequence[T], size: int = IDS_A_QUERY) -> Iterator[Sequence[T]]:
    """What is wanted, in its order, `size` at a time; the last portion may be smaller."""
    return (wanted[start : start + size] for start in range(0, len(wanted), size))


async def by_portions(
    wanted: Sequence[T], read: Callable[[Sequence[T]], Awaitable[Sequence[R]]]
) -> list[R]:
    """What `read` finds of each portion of what is wanted, in its order.

    Raises what the first of them raises that fails; none is begun after it, as all come again.
    """
    at_once = asyncio.Semaphore(READS_AT_ONCE)

    async def read_portion(portion: Sequence[T]) -> Sequence[R]:
        async with at_once:
            return await read(portion)

    try:
        async with asyncio.TaskGroup() as group:
            pages = [group.create_task(read_portion(portion)) for portion in portions(wanted)]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [found for page in pages for found in page.result()]


def of_dealer(dealer_id: str, *, after: str = "") -> dict[str, str]:
    """The condition on an id, a text, of being a dealer's and after the id `after`.

    Every id begins with its dealer's id and '/', and '0' is what follows '/'.
    """
    return {"$gt": max(after, f"{dealer_id}/"), "$lt": f"{dealer_id}0"}


async def guarded_bulk(
    collection: Collection, documents: Sequence[Mapping[str, Any]], *, guard: str
) -> None:
    """Write each document over its predecessor, whose `guard` is one less; over none where it is 1.

    In no order; on return the journal has all of it. Raises `Conflict` when another writer was
    first with some, `RefusedDocuments` when some can never be written; the others are.
    `TransientFailure`: nobody knows.
    """
    first: list[_Write] = []
    again: list[_Write] = []
    refused: list[str] = []
    for position, document in enumerate(documents):
        if position % ENCODED_AT_ONCE == ENCODED_AT_ONCE - 1:
            await asyncio.sleep(0)  # who else waits for the event loop has a turn
        whole = encoded(document)
        if whole is None:
            refused.append(document["_id"])
        elif document[guard] == 1:
            first.append(_Write(document["_id"], document[guard], InsertOne(whole)))
        else:
            predecessor = {"_id": document["_id"], guard: document[guard] - 1}
            again.append(_Write(document["_id"], document[guard], ReplaceOne(predecessor, whole)))
    many = len(again) > JOURNALED_EACH
    done = [await _bulk(collection, some) for some in portions(first, WRITES_A_COMMAND)]
    into = collection.with_options(write_concern=_NOT_JOURNALED) if many else collection
    for some in portions(again, WRITES_A_COMMAND):
        bulk = await _bulk(into, some)
        done.append(bulk)
        if many:
            await _into_journal(collection, some, bulk, guard)
    conflicts = [bulk.conflict for bulk in done if bulk.conflict]
    never = {id_ for bulk in done for id_ in bulk.refused}
    if conflicts:
        raise Conflict(conflicts[0])
    refused += never
    if refused:
        raise RefusedDocuments(refused)


async def _into_journal(
    collection: Collection, some: "Sequence[_Write]", bulk: "_Done", guard: str
) -> None:
    """Wait until the journal has what was written of these.

    It has what came before whatever it has: so the last document is changed once more. That it is
    there as it was written says that the database was not started anew meanwhile, without it;
    raises `TransientFailure` where it is not. Where another writer was first with some, it may be
    theirs: then all comes again anyhow.
    """
    last = next((each for each in reversed(some) if each.id not in bulk.refused), None)
    if last is None:
        return
    is_ours = {} if bulk.conflict else {guard: last.guarded}
    async with transient():
        found = await collection.update_one({"_id": last.id, **is_ours}, {"$inc": {"journaled": 1}})
    if is_ours and not found.matched_count:
        raise TransientFailure("database: what was written is not there any more")


def encoded(document: Mapping[str, Any]) -> RawBSONDocument | None:
    """As it is sent, encoded once; None where that is not possible or MongoDB would not take it."""
    try:
        whole = bson.encode(document)
    except (bson.errors.BSONError, OverflowError, UnicodeError, TypeError, ValueError):
        return None
    return RawBSONDocument(whole) if len(whole) <= MAX_DOCUMENT_BYTES else None


async def _bulk(collection: Collection, writes: "Sequence[_Write]") -> "_Done":
    """One unordered bulk."""
    refused: list[int] = []
    conflict = ""
    async with transient():
        try:
            operations = [write.operation for write in writes]
            result = (await collection.bulk_write(operations, ordered=False)).bulk_api_result
        except BulkWriteError as error:
            result = error.details
            failures = {each["index"]: each.get("code") for each in result.get("writeErrors", ())}
            if not failures or not set(failures.values()) <= {DUPLICATE_KEY, *REFUSALS}:
                raise
            if DUPLICATE_KEY in failures.values():
                conflict = "another writer inserted first"
            refused = [position for position, code in failures.items() if code in REFUSALS]
    written = result["nInserted"] + result["nMatched"]
    if not conflict and written < len(writes) - len(refused):
        conflict = f"{written} of {len(writes)} documents were written"
    return _Done(
        refused=[writes[position].id for position in refused],
        conflict=conflict,
    )
