"""Who has the same customer or case open: in the desk's database, so that its processes know of
each other's."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from services.desk.domain.users import User
from shared.platform.mongo import ASCENDING, Database, IndexModel, transient

COLLECTION = "presence"
THERE_FOR = timedelta(seconds=40)
"""Whoever has not said so again by then is there no more: a heartbeat and a half, and some."""
FORGOTTEN_AFTER = timedelta(minutes=5)
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class PresentPerson:
    """Somebody who looks at something."""

    username: str
    name: str = field(repr=False)


class Presence(Protocol):
    """Who is where. Each call raises `TransientFailure`."""

    async def here(self, about: str, tab: str, user: User, now: datetime) -> None:
        """This tab of theirs shows it at present."""
        ...

    async def gone(self, tab: str) -> None:
        """This tab does not any more."""
        ...

    async def others(self, about: str, user: User, now: datetime) -> tuple[PresentPerson, ...]:
        """Who else has it open, by name, each once."""
        ...

    async def others_at(
        self, abouts: Collection[str], user: User, now: datetime
    ) -> Mapping[str, tuple[PresentPerson, ...]]:
        """The same of each of these that anybody else has open."""
        ...


class MongoPresence:
    """In the desk's database."""

    def __init__(self, database: Database) -> None:
        self._tabs = database[COLLECTION]

    async def prepare(self) -> None:
        """Creates its indexes. Raises `TransientFailure`."""
        seconds = int(FORGOTTEN_AFTER.total_seconds())
        async with transient():
            await self._tabs.create_indexes(
                [
                    IndexModel([("at", ASCENDING)], name="forgotten", expireAfterSeconds=seconds),
                    IndexModel([("about", ASCENDING)], name="by_about"),
                ]
            )

    async def here(self, about: str, tab: str, user: User, now: datetime) -> None:
        said = {"about": about, "username": user.username, "name": user.name, "at": now}
        async with transient():
            await self._tabs.update_one({"_id": tab}, {"$set": said}, upsert=True)

    async def gone(self, tab: str) -> None:
        async with transient():
            await self._tabs.delete_one({"_id": tab})

    async def others(self, about: str, user: User, now: datetime) -> tuple[PresentPerson, ...]:
        return (await self.others_at([about], user, now)).get(about, ())

    async def others_at(
        self, abouts: Collection[str], user: User, now: datetime
    ) -> Mapping[str, tuple[PresentPerson, ...]]:
        async with transient():
            found = await self._tabs.find({"about": {"$in": sorted(abouts)}}).to_list(None)
        there: dict[str, dict[str, PresentPerson]] = {}
        for each in found:
            if each["at"] > now - THERE_FOR and each["username"] != user.username:
                person = PresentPerson(each["username"], each["name"])
                there.setdefault(each["about"], {})[person.username] = person
        return {about: _by_name(people.values()) for about, people in there.items()}


def _by_name(people: Iterable[PresentPerson]) -> tuple[PresentPerson, ...]:
    return tuple(sorted(people, key=lambda each: (each.name, each.username))[:MOST_SHOWN])
