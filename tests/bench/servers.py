"""Fresh servers for each measurement, and a service beside them as a process."""

import os
import shlex
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import httpx

from deploy.cli.client_key import shown
from deploy.cli.readiness import what_keeps
from deploy.sandbox.embedded import other_database
from deploy.sandbox.processes import Child, free_port, running
from deploy.sandbox.stack import key_of_everything, start_service
from shared.settings import ServiceSettings
from tests.servers import MongoServer, running_broker, running_mongo

READY_SECONDS = 60.0
CONSUMED_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Servers:
    """A broker and a database that nobody has used."""

    settings: ServiceSettings
    directory: Path

    def environment(self) -> Mapping[str, str]:
        """What a service's process needs to reach them."""
        kafka, mongo = self.settings.kafka, self.settings.mongo
        return {
            **os.environ,
            "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            "AFTERCARE_KAFKA__PARTITIONS": str(kafka.partitions),
            "AFTERCARE_KAFKA__REPLICATION_FACTOR": "1",
            "AFTERCARE_KAFKA__FETCH_WAIT_MS": str(kafka.fetch_wait_ms),
            "AFTERCARE_KAFKA__IDEMPOTENT_PRODUCER": "false",
            "AFTERCARE_MONGO__URI": mongo.uri.get_secret_value(),
            "AFTERCARE_MONGO__DATABASE_PREFIX": mongo.database_prefix,
            "AFTERCARE_LOG_LEVEL": "ERROR",
        }


@dataclass(frozen=True, slots=True)
class Process:
    """A service that runs as it ships."""

    child: Child
    url: str
    key: str

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels."""
        lines = httpx.get(
            f"{self.url}/metrics", headers=shown(self.key), timeout=30
        ).text.splitlines()
        return sum(
            float(line.rpartition(" ")[2])
            for line in lines
            if line.startswith((f"{name} ", f"{name}{{"))
        )

    def until_consumed(self, events: int) -> None:
        """Wait until it has taken so many events."""
        self.child.wait_until(
            lambda: self.metric("aftercare_records_consumed_total") >= events,
            within_seconds=CONSUMED_SECONDS,
        )


Fresh: TypeAlias = Callable[[], AbstractContextManager[Servers]]
"""Starts a broker and a database for one measurement."""


@contextmanager
def fresh_servers(database_command: str | None) -> Iterator[Servers]:
    """A broker with empty topics and a database on an empty directory.

    The database is the embedded one unless `database_command` starts another, at the `{port}` of
    loopback and on the `{directory}` that it names. Raises `CannotRun` when one does not start.
    """
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        with (
            running_broker(place / "broker", "tansu") as broker,
            _database(place, database_command) as mongo,
        ):
            settings = ServiceSettings(
                kafka=broker.settings(), mongo=mongo.settings(database_prefix="bench_")
            )
            yield Servers(settings, place)


@contextmanager
def _database(place: Path, command: str | None) -> Iterator[MongoServer]:
    if command is None:
        with running_mongo(place) as mongo:
            yield mongo
        return
    words, data = shlex.split(command), place / "data"
    data.mkdir()

    def at(port: int) -> Sequence[str]:
        return [word.format(port=port, directory=data) for word in words]

    with other_database(place, command=at) as server:
        yield MongoServer(f"mongodb://{server.address}")


@contextmanager
def running_service(
    service: str, servers: Servers, environment: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """One instance of a service, ready."""
    port = free_port()
    child = start_service(
        service,
        port=port,
        environment={**servers.environment(), **(environment or {})},
        logs=servers.directory / "logs",
    )
    url = f"http://127.0.0.1:{port}"
    with running(child), key_of_everything(servers.settings.mongo, "bench") as key:
        child.wait_until(lambda: not what_keeps(url), within_seconds=READY_SECONDS)
        yield Process(child, url, key)
