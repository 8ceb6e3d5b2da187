"""Who is signed in: by digests of what their browsers hold."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from services.desk.domain.sessions import Session
from services.desk.domain.users import Language, User
from shared.platform.mongo import ASCENDING, Database, IndexModel, transient

COLLECTION = "sessions"
FORGOTTEN_AFTER = timedelta(days=15)
"""No session lasts so long."""


class Sessions(Protocol):
    """Who is signed in. Each call raises `TransientFailure`."""

    async def begin(self, session: Session) -> None: ...

    async def find(self, digest: str) -> Session | None: ...

    async def used(self, digest: str, at: datetime) -> None:
        """Something was done in it then."""
        ...

    async def speak(self, digest: str, language: Language) -> None:
        """In this language, from now on."""
        ...

    async def end(self, digest: str) -> None:
        """It is there no more."""
        ...

    async def all_of(self, username: str) -> list[Session]:
        """Those of this user, the one used last first."""
        ...

    async def end_all_of(self, username: str, *, but: str | None = None) -> int:
        """All of this user, but for the one of this digest; how many there were."""
        ...


class MongoSessions:
    """In the desk's database. A session holds who its user was when it began; `aftercare users`
    ends the sessions of whom it changes."""

    def __init__(self, database: Database) -> None:
        self._sessions = database[COLLECTION]

    async def prepare(self) -> None:
        """Creates its indexes. Raises `TransientFailure`."""
        seconds = int(FORGOTTEN_AFTER.total_seconds())
        async with transient():
            await self._sessions.create_indexes(
                [
                    IndexModel(
                        [("began_at", ASCENDING)], name="forgotten", expireAfterSeconds=seconds
                    ),
                    IndexModel([("user.username", ASCENDING)], name="by_user"),
                ]
            )

    async def begin(self, session: Session) -> None:
        user = session.user
        document = {
            "_id": session.digest,
            "user": {
                "username": user.username,
                "name": user.name,
                "staff_id": user.staff_id,
                "grants": list(user.grants),
                "language": user.language,
            },
            "began_at": session.began_at,
            "used_at": session.used_at,
        }
        async with transient():
            await self._sessions.insert_one(document)

    async def find(self, digest: str) -> Session | None:
        async with transient():
            found = await self._sessions.find_one({"_id": digest})
        return None if found is None else _session(found)

    async def used(self, digest: str, at: datetime) -> None:
        async with transient():
            await self._sessions.update_one({"_id": digest}, {"$set": {"used_at": at}})

    async def speak(self, digest: str, language: Language) -> None:
        async with transient():
            await self._sessions.update_one({"_id": digest}, {"$set": {"user.language": language}})

    async def end(self, digest: str) -> None:
        async with transient():
            await self._sessions.delete_one({"_id": digest})

    async def all_of(self, username: str) -> list[Session]:
        async with transient():
            found = await self._sessions.find({"user.username": username}).to_list(None)
        return sorted(map(_session, found), key=lambda each: each.used_at, reverse=True)

    async def end_all_of(self, username: str, *, but: str | None = None) -> int:
        theirs: dict[str, Any] = {"user.username": username}
        async with transient():
            found = await self._sessions.delete_many(
                theirs if but is None else theirs | {"_id": {"$ne": but}}
            )
        return int(found.deleted_count)


def _session(document: dict[str, Any]) -> Session:
    user = document["user"]
    return Session(
        digest=document["_id"],
        user=User(**{**user, "grants": tuple(user["grants"])}),
        began_at=document["began_at"],
        used_at=document["used_at"],
    )
