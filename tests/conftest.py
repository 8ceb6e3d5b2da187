"""Fixtures that all tests share: running servers, and settings that reach them."""

import gc
from collections.abc import Iterator
from uuid import uuid4

import pytest

from shared.settings import KafkaSettings, MongoSettings
from tests import examples  # noqa: F401 # the profile of all properties
from tests.servers import (
    Broker,
    MongoServer,
    broker_kind,
    database_kind,
    running_broker,
    running_mongo,
)

LONG = ("/test_invariants.py", "/test_horizon.py", "tests/simulation/", "tests/e2e/")
"""Where a file of few tests takes long."""
YOUNG_OBJECTS = 50_000
"""How many are made between two looks for circles of them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that at the end no process waits for another."""
    items.sort(key=lambda item: not any(place in item.nodeid for place in LONG))


def pytest_configure() -> None:
    """Look for circles of objects seldom: a third of the time of collecting tests was that."""
    gc.set_threshold(YOUNG_OBJECTS, 20, 50)


def pytest_collection_finish() -> None:
    """What was imported stays: it is walked no more."""
    gc.freeze()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One broker for the whole run; its topics are shared, so records of other tests are there."""
    with running_broker(tmp_path_factory.mktemp("broker"), broker_kind()) as running:
        yield running


@pytest.fixture
def fresh_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker of the test's own, with empty topics."""
    with running_broker(tmp_path_factory.mktemp("broker"), broker_kind()) as running:
        yield running


@pytest.fixture(scope="session")
def mongo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoServer]:
    """One database server for the whole run."""
    with running_mongo(tmp_path_factory.mktemp("mongo"), database_kind()) as running:
        yield running


@pytest.fixture
def kafka_settings(broker: Broker) -> KafkaSettings:
    """How to reach the run's broker."""
    return broker.settings()


@pytest.fixture
def mongo_settings(mongo_server: MongoServer) -> MongoSettings:
    """How to reach the run's database server, in databases of the test's own."""
    return mongo_server.settings(database_prefix=f"test_{uuid4().hex[:12]}_")


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker of the module's own, with empty topics."""
    with running_broker(tmp_path_factory.mktemp("broker"), broker_kind()) as running:
        yield running


@pytest.fixture(scope="module")
def own_mongo(mongo_server: MongoServer) -> MongoSettings:
    """How to reach the run's database server, in databases of the module's own."""
    return mongo_server.settings(database_prefix=f"test_{uuid4().hex[:12]}_")
