"""Whose tasks were written of a moment ago, at any instance of the desk.

A dealer's lists of tasks are a moment behind its customers: for as long as that may last, what was
just done or claimed is read from the customer's own plan.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from services.desk.adapters.upstream import WrittenVersion
from shared.platform.mongo import ASCENDING, DESCENDING, Database, IndexModel, transient

KEPT_FOR = timedelta(seconds=30)
"""By the computer's clock; lists are behind by less."""
MOST = 20
"""How many customers of a dealer are told, the last ones."""
COLLECTION = "lately"


class Lately(Protocol):
    """Remembers writes for `KEPT_FOR`. Each call raises `TransientFailure`."""

    async def note(self, dealer_id: str, key: str, written: WrittenVersion, now: datetime) -> None:
        """This was written of the customer; in place of what was before."""
        ...

    async def at(self, dealer_id: str, now: datetime) -> Mapping[str, WrittenVersion]:
        """Customer's key -> the last that was written of them, of the last `MOST`."""
        ...


class MongoLately:
    """In the desk's database."""

    def __init__(self, database: Database) -> None:
        self._noted = database[COLLECTION]

    async def prepare(self) -> None:
        """Creates the index that finds and forgets. Raises `TransientFailure`."""
        async with transient():
            await self._noted.create_indexes(
                [
                    IndexModel([("dealer", ASCENDING), ("at", DESCENDING)], name="by_dealer"),
                    IndexModel(
                        [("at", ASCENDING)],
                        name="forgotten",
                        expireAfterSeconds=int(KEPT_FOR.total_seconds()),
                    ),
                ]
            )

    async def note(self, dealer_id: str, key: str, written: WrittenVersion, now: datetime) -> None:
        noted = {
            "dealer": dealer_id,
            "document": written.document_id,
            "version": written.version,
            "at": now,
        }
        async with transient():
            await self._noted.update_one({"_id": key}, {"$set": noted}, upsert=True)

    async def at(self, dealer_id: str, now: datetime) -> Mapping[str, WrittenVersion]:
        asked = {"dealer": dealer_id, "at": {"$gt": now - KEPT_FOR}}
        async with transient():
            found = await self._noted.find(asked).sort("at", DESCENDING).limit(MOST).to_list(None)
        return {each["_id"]: WrittenVersion(each["document"], each["version"]) for each in found}
