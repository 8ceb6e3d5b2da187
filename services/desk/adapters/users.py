"""The desk's own users."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from services.desk.domain.users import Language, User
from shared.platform.errors import Conflict
from shared.platform.mongo import Database, transient

COLLECTION = "users"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUser:
    """A user, and what shows that it is them."""

    user: User
    password: str | None = field(default=None, repr=False)
    """Its hash; None: they sign in elsewhere, or were never given one."""
    disabled_at: datetime | None = None


class Users(Protocol):
    """Who may sign in. Each call raises `TransientFailure`."""

    async def find(self, username: str) -> StoredUser | None: ...

    async def save(self, stored: StoredUser) -> None:
        """In place of who had the name before, if anybody."""
        ...

    async def learn(self, user: User) -> None:
        """What an issuer says of them now: name, staff id and grants. Whoever is there stays
        disabled if so, and keeps password and language; who is not is there from now on."""
        ...

    async def speak(self, username: str, language: Language) -> None:
        """With them in this language, from now on, where there is such a user."""
        ...

    async def keep_password(self, username: str, password: str) -> None:
        """This hash in place of what was kept, where there is such a user."""
        ...

    async def all(self) -> list[StoredUser]:
        """By username."""
        ...


class MongoUsers:
    """In the desk's database."""

    def __init__(self, database: Database) -> None:
        self._users = database[COLLECTION]

    async def find(self, username: str) -> StoredUser | None:
        async with transient():
            found = await self._users.find_one({"_id": username})
        return None if found is None else _read(found)

    async def save(self, stored: StoredUser) -> None:
        document = _written(stored)
        async with transient():
            await self._users.replace_one({"_id": document["_id"]}, document, upsert=True)

    async def learn(self, user: User) -> None:
        document = _written(StoredUser(user=user))
        said = {name: document.pop(name) for name in ("name", "staff_id", "grants")}
        found = {"_id": document.pop("_id")}
        try:
            async with transient():
                await self._users.update_one(
                    found, {"$set": said, "$setOnInsert": document}, upsert=True
                )
        except Conflict:  # they have come to be there at the same moment
            async with transient():
                await self._users.update_one(found, {"$set": said})

    async def speak(self, username: str, language: Language) -> None:
        await self._set(username, "language", language)

    async def keep_password(self, username: str, password: str) -> None:
        await self._set(username, "password", password)

    async def _set(self, username: str, field: str, value: str) -> None:
        async with transient():
            await self._users.update_one({"_id": username}, {"$set": {field: value}})

    async def all(self) -> list[StoredUser]:
        async with transient():
            found = await self._users.find({}).to_list(None)
        return sorted((_read(each) for each in found), key=lambda each: each.user.username)


def _read(document: dict[str, Any]) -> StoredUser:
    return StoredUser(
        user=User(
            username=document["_id"],
            name=document["name"],
            staff_id=document["staff_id"],
            grants=tuple(document["grants"]),
            language=document["language"],
        ),
        password=document["password"],
        disabled_at=document["disabled_at"],
    )


def _written(stored: StoredUser) -> dict[str, Any]:
    user = stored.user
    return {
        "_id": user.username,
        "name": user.name,
        "staff_id": user.staff_id,
        "grants": list(user.grants),
        "language": user.language,
        "password": stored.password,
        "disabled_at": stored.disabled_at,
    }
