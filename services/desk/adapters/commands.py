"""What was asked for by a form, once, however often it is sent."""

from datetime import datetime, timedelta
from typing import Protocol

from shared.platform.errors import Conflict
from shared.platform.mongo import ASCENDING, Database, IndexModel, transient

KEPT_FOR = timedelta(days=7)
COLLECTION = "commands"


class Commands(Protocol):
    """Remembers when each form was sent first."""

    async def first_sent(self, command_id: str, now: datetime) -> datetime:
        """When it was sent first, which may be now. Raises `TransientFailure`."""
        ...

    async def sent_at(self, command_id: str) -> datetime | None:
        """When it was sent first, if ever. Raises `TransientFailure`."""
        ...

    async def taken(self, command_id: str) -> None:
        """Intake says that it has it. Raises `TransientFailure`."""
        ...

    async def is_taken(self, command_id: str) -> bool:
        """Whether intake has said so. Raises `TransientFailure`."""
        ...


class MongoCommands:
    """In the desk's database. Forgets a command after `KEPT_FOR`."""

    def __init__(self, database: Database) -> None:
        self._commands = database[COLLECTION]

    async def prepare(self) -> None:
        """Creates the index that forgets. Raises `TransientFailure`."""
        seconds = int(KEPT_FOR.total_seconds())
        async with transient():
            await self._commands.create_indexes(
                [IndexModel([("at", ASCENDING)], name="forgotten", expireAfterSeconds=seconds)]
            )

    async def first_sent(self, command_id: str, now: datetime) -> datetime:
        # milliseconds are what the database keeps: the second time has to say the same
        at = now.replace(microsecond=now.microsecond // 1000 * 1000)
        try:
            async with transient():
                await self._commands.insert_one({"_id": command_id, "at": at})
        except Conflict:
            async with transient():
                found = await self._commands.find_one({"_id": command_id})
            if found is not None:
                first: datetime = found["at"]
                return first
        return at

    async def sent_at(self, command_id: str) -> datetime | None:
        async with transient():
            found = await self._commands.find_one({"_id": command_id})
        return None if found is None else found["at"]

    async def taken(self, command_id: str) -> None:
        async with transient():
            await self._commands.update_one({"_id": command_id}, {"$set": {"taken": True}})

    async def is_taken(self, command_id: str) -> bool:
        async with transient():
            found = await self._commands.find_one({"_id": command_id, "taken": True})
        return found is not None
