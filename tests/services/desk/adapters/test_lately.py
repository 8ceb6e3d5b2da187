"""One suite for what was written of a moment ago: in memory, and in MongoDB by either driver."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from services.desk.adapters.lately import KEPT_FOR, MOST, Lately, MongoLately
from services.desk.adapters.upstream import WrittenVersion
from shared.platform.mongo import Mongo
from shared.settings import MongoSettings
from tests.servers import ON_A_DATABASE
from tests.services.desk.rig import MemoryLately

NOW = datetime(2126, 11, 21, 10, 0, tzinfo=UTC)
"""So late that the database does not forget it."""
PUDONG, BERLIN = "sunrise/pudong", "sunrise/berlin"


@pytest.fixture(params=["memory", *ON_A_DATABASE])
async def lately(request: pytest.FixtureRequest) -> AsyncIterator[Lately]:
    if request.param == "memory":
        yield MemoryLately()
        return
    settings: MongoSettings = request.getfixturevalue("mongo_settings")
    mongo = Mongo(settings.model_copy(update={"driver": request.param}), "desk")
    found = MongoLately(mongo.database)
    await found.prepare()
    await found.prepare()
    yield found
    await mongo.close()


async def test_the_last_write_of_a_customer_is_told_for_a_while(lately: Lately) -> None:
    await lately.note(PUDONG, "c1", WrittenVersion("d1", "v1"), NOW)
    await lately.note(PUDONG, "c1", WrittenVersion("d2", "v2"), NOW + timedelta(seconds=1))
    await lately.note(BERLIN, "c2", WrittenVersion("d3", "v3"), NOW)
    assert await lately.at(PUDONG, NOW + timedelta(seconds=2)) == {"c1": WrittenVersion("d2", "v2")}
    assert await lately.at(PUDONG, NOW + timedelta(seconds=1) + KEPT_FOR) == {}


async def test_no_more_are_told_than_a_page_reads(lately: Lately) -> None:
    for place in range(MOST + 2):
        at = NOW + timedelta(milliseconds=place)
        await lately.note(PUDONG, f"c{place}", WrittenVersion("d", "v"), at)
    found = await lately.at(PUDONG, NOW + timedelta(seconds=1))
    assert sorted(found) == sorted(f"c{place}" for place in range(2, MOST + 2))
