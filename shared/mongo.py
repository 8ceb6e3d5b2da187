"""The one module that makes MongoDB clients. Majority and journaled writes, primary reads.

The driver is a setting: motor, or PyMongo's own asyncio client, which is its successor. Both
are used through the calls they share.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import (
    ASCENDING,
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

from shared.runtime.errors import Conflict, TransientFailure
from shared.settings import MongoSettings

__all__ = [
    "ASCENDING",
    "BulkWriteError",
    "Collection",
    "Database",
    "DeleteMany",
    "IndexModel",
    "InsertOne",
    "Mongo",
    "ReplaceOne",
    "UpdateOne",
    "guarded_bulk",
    "transient",
]

DUPLICATE_KEY = 11000
OPERATION_TIMEOUT_MS = 10_000
SELECTION_TIMEOUT_MS = 3_000

Collection: TypeAlias = Any
"""A motor or PyMongo collection: neither is typed to the other, their calls agree."""
Database: TypeAlias = Any


class Mongo:
    """A client and the database of one service. Connects on first use."""

    def __init__(self, settings: MongoSettings, service: str) -> None:
        options: dict[str, Any] = {
            "tz_aware": True,
            "serverSelectionTimeoutMS": SELECTION_TIMEOUT_MS,
            "socketTimeoutMS": OPERATION_TIMEOUT_MS,
            "retryWrites": False,  # our writes are guarded; a blind repeat would look like a loss
            "appname": f"aftercare-{service}",
        }
        uri = settings.uri.get_secret_value()
        self._client: Any = (
            AsyncIOMotorClient(uri, io_loop=asyncio.get_running_loop(), **options)
            if settings.driver == "motor"
            else AsyncMongoClient(uri, **options)
        )
        self.database: Database = self._client.get_database(
            f"{settings.database_prefix}{service}",
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


@asynccontextmanager
async def transient() -> AsyncIterator[None]:
    """Driver errors inside become `TransientFailure`; a duplicate key becomes `Conflict`."""
    try:
        yield
    except DuplicateKeyError as error:
        raise Conflict("duplicate key") from error
    except PyMongoError as error:
        raise TransientFailure(f"database: {type(error).__name__}") from error


async def guarded_bulk(collection: Collection, operations: list[Any]) -> None:
    """One unordered bulk of inserts and guarded replaces (`{_id, version}`).

    Raises `Conflict` when fewer were written than sent, `TransientFailure` when nobody knows.
    """
    async with transient():
        try:
            result = await collection.bulk_write(operations, ordered=False)
        except BulkWriteError as error:
            codes = {failure.get("code") for failure in error.details.get("writeErrors", [])}
            if codes == {DUPLICATE_KEY}:
                raise Conflict("another writer inserted first") from error
            raise
    written = result.inserted_count + result.matched_count
    if written < len(operations):
        raise Conflict(f"{written} of {len(operations)} documents were written")
