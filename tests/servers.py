"""The servers that tests run on: the embedded ones, or others instead of them.

`AFTERCARE_TEST_BROKER=apache` runs the same tests on the Kafka whose jars are in the directory
`AFTERCARE_TEST_KAFKA_LIBS`, `AFTERCARE_TEST_DATABASE=mongo-java-server` on the database whose
jars `make database` fetches, `AFTERCARE_MONGO__DRIVER=pymongo` with the other driver.
"""

import asyncio
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from pydantic import SecretStr

from deploy.cli.failures import CannotRun
from deploy.cli.topics import provision_topics
from deploy.sandbox.apache_kafka import LIBS_VARIABLE, apache_kafka, kafka_libs
from deploy.sandbox.embedded import embedded_broker, embedded_database, other_database
from shared.settings import KafkaSettings, MongoSettings, ServiceSettings
from tests import PROJECT

BrokerKind = Literal["tansu", "apache"]
BROKER_VARIABLE = "AFTERCARE_TEST_BROKER"
DatabaseKind = Literal["secantusdb", "mongo-java-server"]
DATABASE_VARIABLE = "AFTERCARE_TEST_DATABASE"
Driver = Literal["motor", "pymongo"]
DRIVERS: Sequence[Driver] = ("motor", "pymongo")
_MONGO_JAVA_SERVER = PROJECT / "deploy" / "mongo-java-server"
_SMALL_JVM = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
PARTITIONS = 6
ON_A_DATABASE = [pytest.param(driver, marks=pytest.mark.database) for driver in DRIVERS]
"""The drivers, for what is tested with each of them, on every database."""
PATIENCE_SECONDS = 100.0
"""How long a test waits for what must come: on a busy machine too, so only a failure lasts so."""


@dataclass(frozen=True, slots=True)
class Broker:
    """A running broker."""

    kind: BrokerKind
    bootstrap_servers: str
    replication_factor: int = 1

    def settings(self) -> KafkaSettings:
        """How a service reaches it."""
        return KafkaSettings(
            bootstrap_servers=self.bootstrap_servers,
            idempotent_producer=self.kind == "apache",
            fetch_wait_ms=100 if self.kind == "apache" else 20,
            partitions=PARTITIONS,
            replication_factor=self.replication_factor,
        )


@dataclass(frozen=True, slots=True)
class MongoServer:
    """A running MongoDB-protocol server."""

    uri: str

    def settings(self, *, database_prefix: str) -> MongoSettings:
        """How a service reaches it, with databases of its own."""
        return MongoSettings(
            uri=SecretStr(self.uri), database_prefix=database_prefix, driver=chosen_driver()
        )


def broker_kind() -> BrokerKind:
    """Which broker this run is on; anything but the two names is an error."""
    match os.environ.get(BROKER_VARIABLE, "tansu"):
        case "tansu":
            return "tansu"
        case "apache":
            return "apache"
        case other:
            raise ValueError(f"{BROKER_VARIABLE} is '{other}', and may be 'tansu' or 'apache'")


def chosen_driver() -> Driver:
    """The driver of this run: services that tests start find it in the same variable."""
    return ServiceSettings().mongo.driver


def database_kind() -> DatabaseKind:
    """Which database this run is on; anything but the two names is an error."""
    match os.environ.get(DATABASE_VARIABLE, "secantusdb"):
        case "secantusdb":
            return "secantusdb"
        case "mongo-java-server":
            return "mongo-java-server"
        case other:
            raise ValueError(
                f"{DATABASE_VARIABLE} is '{other}', and may be 'secantusdb' or 'mongo-java-server'"
            )


@contextmanager
def running_broker(directory: Path, kind: BrokerKind) -> Iterator[Broker]:
    """A broker with every topic of Aftercare created."""
    if kind == "tansu":
        with embedded_broker(directory) as server:
            yield with_topics(Broker("tansu", server.address))
            server.child.kill()  # it forgets everything anyway, and takes five seconds to stop
    else:
        libs = kafka_libs()
        if libs is None:
            raise ValueError(f"{BROKER_VARIABLE}=apache needs {LIBS_VARIABLE}")
        with apache_kafka(directory, libs=libs) as cluster:
            yield with_topics(Broker("apache", cluster.bootstrap_servers))


@contextmanager
def running_mongo(directory: Path, kind: DatabaseKind = "secantusdb") -> Iterator[MongoServer]:
    """A database server that holds nothing yet. Raises `CannotRun` when it does not start."""
    if kind == "secantusdb":
        starting = embedded_database(directory, storage=directory / "data")
    else:
        starting = other_database(directory, command=mongo_java_server)
    with starting as server:
        yield MongoServer(f"mongodb://{server.address}")


def mongo_java_server(port: int) -> Sequence[str]:
    """The command that runs mongo-java-server. Raises `CannotRun` without its jars."""
    libs = _MONGO_JAVA_SERVER / "libs"
    if not list(libs.glob("mongo-java-server-*.jar")):
        raise CannotRun(f"there are no jars in {libs}: `make database` fetches them")
    launcher = _MONGO_JAVA_SERVER / "MongoJavaServer.java"
    return ["java", *_SMALL_JVM, "-cp", f"{libs}/*", str(launcher), str(port)]


def with_topics(broker: Broker) -> Broker:
    """`broker`, with its topics."""
    with_topics_at(broker.settings())
    return broker


def with_topics_at(settings: KafkaSettings) -> None:
    """Creates the topics; in a thread, as the caller may have an event loop running."""
    failures: list[BaseException] = []

    def create() -> None:
        try:
            asyncio.run(provision_topics(settings, create=True))
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=create)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
