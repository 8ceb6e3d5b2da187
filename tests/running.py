"""`aftercare up` as an operator runs it: a process of its own, on ports of its own."""

import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.cli.failures import CannotRun
from deploy.sandbox.processes import Child, free_port, require_free, running, spawn
from deploy.sandbox.stack import fixed_ports
from tests.servers import PATIENCE_SECONDS

COMMAND = (sys.executable, "-m", "deploy.cli.main")


def without_aftercare() -> dict[str, str]:
    """The environment but for our own variables."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AFTERCARE_")}


def free_port_base() -> int:
    """A base whose ports nobody uses."""
    while True:
        base = free_port()
        wanted = fixed_ports(base)
        assert wanted.broker is not None and wanted.database is not None
        with contextlib.suppress(CannotRun, OverflowError):
            for port in (*wanted.services.values(), wanted.broker, wanted.database):
                require_free(port, wanted_by="the test", advice="")
            return base


@contextmanager
def running_up(directory: Path, port_base: int, **environment: str) -> Iterator[Child]:
    """A running `aftercare up` with its data in `directory`/data, once it says that it is ready."""
    arguments = ["--data-dir", str(directory / "data"), "--port-base", str(port_base)]
    child = spawn(
        "up",
        [*COMMAND, "up", *arguments],
        logs=directory,
        environment=without_aftercare() | environment,
    )
    with running(child):
        child.wait_until(
            (directory / "data" / "running.json").exists, within_seconds=PATIENCE_SECONDS
        )
        yield child
