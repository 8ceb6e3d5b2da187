"""Child processes: they die with their parent, write to a log file, and stop when asked to."""

import contextlib
import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.cli.failures import CannotRun

STOP_SECONDS = 10.0
"""How long a server may take to stop before it is killed."""
POLL_SECONDS = 0.05
_PR_SET_PDEATHSIG = 1
_HOST = "127.0.0.1"
_PORTS = range(20_000, 32_000)
_unused_ports = iter(random.sample(_PORTS, len(_PORTS)))
"""In random order, as other processes choose theirs at the same time."""


@dataclass(slots=True)
class Child:
    """A process that this one started."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    start: Callable[[], subprocess.Popen[bytes]]
    """Starts the same command once more."""

    def restart(self) -> None:
        """Start it again, after it ended or was killed."""
        self.kill()
        self.process = self.start()

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.process.poll()

    def terminate(self) -> None:
        """Ask it to stop, and return at once."""
        if self.exit_code is None:
            self.process.terminate()

    def kill(self) -> None:
        """Stop it as a crash would, and wait until it is gone."""
        if self.exit_code is None:
            self.process.kill()
        self.process.wait()

    def stop(self, *, within_seconds: float = STOP_SECONDS) -> None:
        """Ask it to stop; kill it, and what it started, when it has not stopped in time."""
        self.terminate()
        try:
            self.process.wait(within_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_words(self, lines: int = 5) -> str:
        """The end of its log, for an error message."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.strip().splitlines()[-lines:])

    def wait_until(self, ready: Callable[[], bool], *, within_seconds: float) -> None:
        """Return when `ready` says so.

        Raises `CannotRun` when the process ends first, or is not ready in time.
        """
        deadline = time.monotonic() + within_seconds
        while not self.ended_within(POLL_SECONDS):
            if ready():
                return
            if time.monotonic() > deadline:
                raise CannotRun(
                    f"{self.name} runs but was not ready within {within_seconds:.0f} s. "
                    f"Its log is {self.log}:\n{self.last_words()}"
                )
        raise CannotRun(
            f"{self.name} ended at its start (exit code {self.exit_code}). "
            f"Its log is {self.log}:\n{self.last_words()}"
        )

    def ended_within(self, seconds: float) -> bool:
        """Whether it ends, waiting for `seconds` at most."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


def spawn(
    name: str,
    command: Sequence[str],
    *,
    logs: Path,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Child:
    """Start `command` with its output in `logs/NAME.log`.

    It gets a process group of its own, so that Ctrl-C reaches the parent alone, and is killed
    when the parent dies (on Linux). Call it from the main thread: the kernel counts the death
    of the thread that started it.
    """
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"

    def start() -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment) if environment is not None else None,
                cwd=directory,
                start_new_session=True,
                preexec_fn=_bound_to(os.getpid())  # noqa: PLW1509 - allocates nothing after fork
                if sys.platform == "linux"
                else None,
            )

    return Child(name=name, process=start(), log=log, start=start)


@contextmanager
def running(child: Child, *, stop_seconds: float = STOP_SECONDS) -> Iterator[Child]:
    """Stop `child` at the end, whatever happened."""
    try:
        yield child
    finally:
        child.stop(within_seconds=stop_seconds)


def stop_all(children: Sequence[Child], *, within_seconds: float) -> None:
    """Ask all to stop, then wait for each: they stop side by side."""
    for child in children:
        child.terminate()
    for child in children:
        child.stop(within_seconds=within_seconds)


def free_port(*, among: Iterator[int] = _unused_ports) -> int:
    """A port that nobody listens on, and that this process was not given before.

    It is below those that systems give to outgoing connections, which would take it before the
    server that it is for does. Raises `CannotRun` when there is none left.
    """
    for port in among:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((_HOST, port))
                return port
    raise CannotRun(f"no port is left from {_PORTS.start} to {_PORTS.stop}")


def require_free(port: int, *, wanted_by: str, advice: str) -> None:
    """Raises `CannotRun` when somebody listens on `port` already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise CannotRun(
                f"port {port}, which {wanted_by} needs, is in use by another process. {advice}"
            ) from error


def _bound_to(parent: int) -> Callable[[], None]:
    """What the child does before it becomes the program: die when `parent` does."""
    prctl = ctypes.CDLL(None).prctl

    def bind() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return bind
