"""When a form was sent first, and whether intake has it: one suite for both stores."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from services.desk.adapters.commands import Commands, MongoCommands
from shared.platform.mongo import Mongo
from shared.settings import MongoSettings
from tests.servers import ON_A_DATABASE
from tests.services.desk.rig import MemoryCommands

NOW = datetime(2126, 11, 21, 10, tzinfo=UTC)
"""To come: by the database's clock it has forgotten nothing of it."""


@pytest.fixture(params=["memory", *ON_A_DATABASE])
async def commands(request: pytest.FixtureRequest) -> AsyncIterator[Commands]:
    if request.param == "memory":
        yield MemoryCommands()
        return
    settings: MongoSettings = request.getfixturevalue("mongo_settings")
    mongo = Mongo(settings.model_copy(update={"driver": request.param}), "desk")
    found = MongoCommands(mongo.database)
    await found.prepare()
    yield found
    await mongo.close()


async def test_a_form_was_sent_when_it_was_sent_first(commands: Commands) -> None:
    assert await commands.sent_at("a") is None
    assert await commands.first_sent("a", NOW) == NOW
    assert await commands.first_sent("a", NOW + timedelta(minutes=1)) == NOW
    assert await commands.sent_at("a") == NOW


async def test_what_was_sent_is_not_taken_until_intake_says_so(commands: Commands) -> None:
    assert not await commands.is_taken("a")
    for each in ("a", "b"):
        await commands.first_sent(each, NOW)
    assert not await commands.is_taken("a")
    await commands.taken("a")
    assert await commands.is_taken("a")
    assert not await commands.is_taken("b")
    assert await commands.sent_at("a") == NOW
