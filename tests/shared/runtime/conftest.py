"""Every store there is, for the suites that all of them must pass."""

from collections.abc import AsyncIterator
from typing import Literal

import pytest

from shared.platform.mongo import Mongo
from shared.runtime.mongo_store import MongoStore
from shared.runtime.mongo_summaries import MongoSummaries
from shared.runtime.store import Store
from shared.runtime.summaries import SummaryStore
from shared.settings import MongoSettings
from shared.testing.store import MemoryStore
from shared.testing.summaries import MemorySummaries
from tests.servers import ON_A_DATABASE


@pytest.fixture(params=["memory", *ON_A_DATABASE])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    mongo = _client(request)
    real = MongoStore(mongo.database, listed=True)
    await real.prepare()
    yield real
    await mongo.close()


@pytest.fixture(params=["memory", *ON_A_DATABASE])
async def summary_store(request: pytest.FixtureRequest) -> AsyncIterator[SummaryStore]:
    if request.param == "memory":
        yield MemorySummaries()
        return
    mongo = _client(request)
    real = MongoSummaries(mongo.database, ("points", "late", "by"))
    await real.prepare()
    yield real
    await mongo.close()


def _client(request: pytest.FixtureRequest) -> Mongo:
    settings: MongoSettings = request.getfixturevalue("mongo_settings")
    driver: Literal["motor", "pymongo"] = "motor" if request.param == "motor" else "pymongo"
    return Mongo(settings.model_copy(update={"driver": driver}), "contract")
