"""Every store there is, for the suites that all of them must pass."""

from collections.abc import AsyncIterator
from typing import Literal

import pytest

from shared.platform.mongo import Mongo
from shared.runtime.mongo_store import MongoStore
from shared.runtime.store import Store
from shared.settings import MongoSettings
from shared.testing.store import MemoryStore
from tests.servers import ON_A_DATABASE


@pytest.fixture(params=["memory", *ON_A_DATABASE])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    settings: MongoSettings = request.getfixturevalue("mongo_settings")
    driver: Literal["motor", "pymongo"] = "motor" if request.param == "motor" else "pymongo"
    mongo = Mongo(settings.model_copy(update={"driver": driver}), "contract")
    real = MongoStore(mongo.database, listed=True)
    await real.prepare()
    yield real
    await mongo.close()
