"""Counts how often somebody has tried to sign in, for all instances of the desk together."""

import hmac
from datetime import datetime, timedelta
from typing import Protocol

from services.desk.domain.attempts import SPAN, limits_of
from shared.platform.errors import Conflict, TransientFailure
from shared.platform.mongo import ASCENDING, Database, IndexModel, transient

COLLECTION = "attempts"
_TRIES = 5


class SignInAttempts(Protocol):
    """Each call raises `TransientFailure`."""

    async def allow(self, username: str, address: str, now: datetime) -> timedelta | None:
        """Counts an attempt. None: it may be made; else how long none may, and what has refused it
        is the last that it counts for."""
        ...

    async def succeeded(self, username: str, address: str) -> None:
        """They have shown who they are: from there they have all their attempts again."""
        ...


class MongoAttempts:
    """In the desk's database, where neither usernames nor addresses can be read."""

    def __init__(self, database: Database, key: bytes) -> None:
        """`key`: `key_for(secret, "attempts")`."""
        self._counts = database[COLLECTION]
        self._key = key

    async def prepare(self) -> None:
        """Creates the index that forgets. Raises `TransientFailure`."""
        async with transient():
            await self._counts.create_indexes(
                [
                    IndexModel(
                        [("began_at", ASCENDING)],
                        name="forgotten",
                        expireAfterSeconds=int(2 * SPAN.total_seconds()),
                    )
                ]
            )

    async def allow(self, username: str, address: str, now: datetime) -> timedelta | None:
        for what, limit in limits_of(username, address).items():
            count, began_at = await self._count(self._id(what), now, limit.within)
            if count > limit.most:
                return began_at + limit.within - now
        return None

    async def succeeded(self, username: str, address: str) -> None:
        first = next(iter(limits_of(username, address)))
        async with transient():
            await self._counts.delete_one({"_id": self._id(first)})

    async def _count(self, count_id: str, now: datetime, within: timedelta) -> tuple[int, datetime]:
        """How many there are with this one, and since when."""
        for _ in range(_TRIES):
            async with transient():
                found = await self._counts.find_one_and_update(
                    {"_id": count_id, "began_at": {"$gt": now - within}},
                    {"$inc": {"count": 1}},
                    return_document=True,
                )
            if found is not None:
                return int(found["count"]), found["began_at"]
            try:
                async with transient():
                    await self._counts.delete_one(
                        {"_id": count_id, "began_at": {"$lte": now - within}}
                    )
                    await self._counts.insert_one({"_id": count_id, "began_at": now, "count": 1})
            except Conflict:  # another has begun to count
                continue
            return 1, now
        raise TransientFailure("attempts to sign in cannot be counted")

    def _id(self, what: str) -> str:
        return hmac.digest(self._key, what.encode(), "sha256").hex()
