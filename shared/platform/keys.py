"""Where the keys of machines are kept: one collection, in a database beside the services' own,
which all of them read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from shared.auth.keys import ApiKey
from shared.auth.principal import Grant
from shared.platform.mongo import Collection, Database, transient

DATABASE = "access"
"""What the name of the database ends with, after the prefix of all."""
COLLECTION = "keys"


class Keys(Protocol):
    """The keys by id. Every call raises `TransientFailure` when it cannot answer."""

    async def find(self, key_id: str) -> ApiKey | None:
        """The key, whatever has become of it."""
        ...

    async def used(self, key_id: str, at: datetime) -> None:
        """Note that somebody used it; an older instant than is known changes nothing."""
        ...


class MongoKeys:
    """In MongoDB. Connects on first use."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database

    async def find(self, key_id: str) -> ApiKey | None:
        async with transient():
            found = await self._rows.find_one({"_id": key_id})
        return None if found is None else _key(found)

    async def used(self, key_id: str, at: datetime) -> None:
        async with transient():
            await self._rows.update_one({"_id": key_id}, {"$max": {"last_used_at": at}})

    async def all(self) -> Sequence[ApiKey]:
        """Every key that was ever made, the newest first."""
        async with transient():
            rows = await self._rows.find({}).to_list(None)
        return sorted(map(_key, rows), key=lambda key: (key.created_at, key.id), reverse=True)

    async def add(self, key: ApiKey) -> None:
        """Raises `Conflict` where the id is taken."""
        async with transient():
            await self._rows.insert_one(_written(key))

    async def end(self, key_id: str, *, revoked_at: datetime) -> bool:
        """Have it end at an instant, unless it ends earlier; whether there is such a key."""
        async with transient():
            done = await self._rows.update_one(
                {"_id": key_id}, {"$min": {"revoked_at": revoked_at}}
            )
        return bool(done.matched_count)

    @property
    def _rows(self) -> Collection:
        return self._database()[COLLECTION]


def _written(key: ApiKey) -> dict[str, Any]:
    row: dict[str, Any] = {
        "_id": key.id,
        "name": key.name,
        "digest": key.digest,
        "scopes": sorted(key.grant.scopes),
        "dealers": sorted(key.grant.dealers),
        "source": key.grant.source,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
    }
    return {name: value for name, value in row.items() if value is not None}


def _key(row: Mapping[str, Any]) -> ApiKey:
    return ApiKey(
        id=row["_id"],
        name=row["name"],
        digest=row["digest"],
        grant=Grant(
            scopes=frozenset(row["scopes"]),
            dealers=frozenset(row["dealers"]),
            source=row.get("source"),
        ),
        created_at=row["created_at"],
        expires_at=row.get("expires_at"),
        revoked_at=row.get("revoked_at"),
        last_used_at=row.get("last_used_at"),
    )
