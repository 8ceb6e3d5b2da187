"""Secured brokers; what needs them is skipped without the jars of Apache Kafka."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.sandbox.apache_kafka import LIBS_VARIABLE, kafka_libs
from tests.secured.broker import SecuredBroker, secured_broker
from tests.servers import with_topics_at


@pytest.fixture(scope="session")
def libs() -> Path:
    found = kafka_libs()
    if found is None:
        pytest.skip(f"needs Apache Kafka: {LIBS_VARIABLE} names its jars")
    return found


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, libs: Path) -> Iterator[SecuredBroker]:
    """A broker of the module's own, where every topic is, and nobody is allowed anything."""
    with secured_broker(tmp_path_factory.mktemp("secured"), libs) as running:
        with_topics_at(running.open)
        yield running


@pytest.fixture
def bare(tmp_path: Path, libs: Path) -> Iterator[SecuredBroker]:
    """A broker of the test's own, where no topic is."""
    with secured_broker(tmp_path, libs) as running:
        yield running
