"""A desk that runs with everything behind it, and Chromium; skipped where there is none."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy.cli.address_file import SERVICES
from services.desk.adapters.users import MongoUsers
from services.desk.domain.users import LANGUAGES
from shared.platform.mongo import Mongo
from shared.settings import MongoSettings
from tests.desk.browsers import (
    NAMES,
    VARIABLE,
    Somebody,
    chromium,
    launched,
    speaking,
    staff,
)
from tests.desk.given import given
from tests.e2e.house import House, house
from tests.servers import running_broker, running_mongo


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Everything, with customers and complaints of a dealer in it. One for all tests of a process:
    each acts on a customer of its own."""
    if chromium() is None:
        pytest.skip(f"needs Chromium: {' or '.join(NAMES)} on the path, or {VARIABLE}")
    directory = tmp_path_factory.mktemp("desk")
    with (
        running_broker(directory / "broker", "tansu") as broker,
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


@pytest.fixture(scope="module")
def browser(desk: House) -> Iterator[Browser]:
    """Of a module's own: as long as Playwright runs, nothing else of this process can run a loop,
    such as what starts and stops servers, and the tests of other modules."""
    with sync_playwright() as play:
        running = launched(play)
        yield running
        running.close()


@pytest.fixture
def somebody(browser: Browser, desk: House) -> Iterator[Somebody]:
    """Makes somebody at a browser of their own: `language`, `size`, `dark`, `scripts`."""
    assert desk.stack.sign_in is not None
    make = partial(staff, browser, desk.stack.urls["desk"], desk.stack.sign_in.password)
    with ExitStack() as stopping:
        yield lambda **how: stopping.enter_context(make(**how))
