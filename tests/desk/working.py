"""A desk at work with everything behind it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from deploy.cli.address_file import SERVICES
from services.desk.adapters.users import MongoUsers
from services.desk.domain.users import LANGUAGES
from shared.platform.mongo import Mongo
from shared.settings import MongoSettings
from tests.desk.browsers import speaking
from tests.desk.given import given
from tests.e2e.house import House, house
from tests.servers import Broker, running_mongo


@contextmanager
def desk_on(broker: Broker, directory: Path) -> Iterator[House]:
    """One on this broker, with customers and complaints of a dealer in it."""
    with (
        running_mongo(directory / "mongo", "secantusdb") as mongo,
        house(
            directory / "house",
            broker,
            mongo.settings(database_prefix="desk_"),
            only=SERVICES,
        ) as running,
    ):
        asyncio.run(also_speaking(running.stack.mongo))
        given(running)
        yield running


async def also_speaking(settings: MongoSettings) -> None:
    """The users of the sandbox once more, in each of the other languages."""
    mongo = Mongo(settings, "desk")
    try:
        users = MongoUsers(mongo.database)
        for stored in await users.all():
            for language in LANGUAGES[1:]:
                name = speaking(stored.user.username, language)
                user = replace(stored.user, username=name, language=language)
                await users.save(replace(stored, user=user))
    finally:
        await mongo.close()
