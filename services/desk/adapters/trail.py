"""Who saw, exported and changed what."""

from typing import Protocol

from services.desk.domain.trail import TrailAct
from services.desk.domain.users import User
from shared.platform.mongo import Database, transient
from shared.time.clock import TimeSource

COLLECTION = "trail"


class Trail(Protocol):
    """What was done at the desk, kept for good."""

    async def note(self, user: User, dealer_id: str | None, what: TrailAct, about: str) -> None:
        """`about`: a customer's key, a document's id, the name of a table; nothing personal.
        Raises `TransientFailure`: what cannot be written down is not shown."""
        ...


class MongoTrail:
    """In the desk's database."""

    def __init__(self, database: Database, clock: TimeSource) -> None:
        self._entries = database[COLLECTION]
        self._clock = clock

    async def note(self, user: User, dealer_id: str | None, what: TrailAct, about: str) -> None:
        async with transient():
            await self._entries.insert_one(
                {
                    "at": self._clock.now(),
                    "username": user.username,
                    "dealer_id": dealer_id,
                    "what": what,
                    "about": about,
                }
            )
