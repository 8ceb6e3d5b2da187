"""The whole of Aftercare on one machine: broker, database, topics, and the six services.

The broker and the database are the embedded ones unless the environment names others
(`AFTERCARE_KAFKA__BOOTSTRAP_SERVERS`, `AFTERCARE_MONGO__URI`).
"""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from deploy.cli.address_file import SERVICES, service_ports
from deploy.cli.failures import CannotRun
from deploy.cli.intake_client import IntakeClient
from deploy.cli.keys.work import kept_keys, make_key, revoke_all_named
from deploy.cli.readiness import what_keeps
from deploy.cli.republish import PutBack, republish
from deploy.cli.terminal import hint
from deploy.cli.topics import provision_topics
from deploy.sandbox.desk_access import SignIn, desk_access, desk_users
from deploy.sandbox.embedded import embedded_broker, embedded_database
from deploy.sandbox.processes import Child, free_port, require_free, spawn, stop_all
from services.identity.settings import SECRET_VARIABLE
from services.intake.adapters.rejected.seal import new_key
from shared.auth.keys import ShownKey
from shared.auth.principal import EVERYWHERE, Grant
from shared.auth.scopes import SCOPES
from shared.policies.paths import VARIABLE as RULES_VARIABLE
from shared.settings import KafkaSettings, MongoSettings, ServiceSettings
from shared.time.clock import SystemClock

BROKER_VARIABLE = "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS"
DATABASE_VARIABLE = "AFTERCARE_MONGO__URI"
CERTIFICATE_VARIABLE = "AFTERCARE_HTTP__TLS_CERTIFICATE_FILE"
REJECTED_KEY_VARIABLE = "AFTERCARE_REJECTED_KEY"
SECRET = "for-trials-on-this-machine-alone"
READY_SECONDS = 90.0
_EMBEDDED_BROKER = {
    "AFTERCARE_KAFKA__FETCH_WAIT_MS": "20",
    "AFTERCARE_KAFKA__IDEMPOTENT_PRODUCER": "false",
    "AFTERCARE_KAFKA__PARTITIONS": "6",
    "AFTERCARE_KAFKA__REPLICATION_FACTOR": "1",
}


EVERYTHING = Grant(scopes=frozenset(SCOPES), dealers=frozenset({EVERYWHERE}))

N = TypeVar("N", bound=BaseModel)
Say = Callable[[str], None]
"""Called with what is going on, in words for the operator."""


@dataclass(frozen=True, slots=True)
class StackPorts:
    """The loopback ports of everything that is started."""

    services: Mapping[str, int]
    broker: int | None
    database: int | None


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs, and how to reach it."""

    kafka: KafkaSettings
    broker_is_embedded: bool
    database: str
    """Where the database is, without its password."""
    urls: Mapping[str, str]
    mongo: MongoSettings
    database_is_embedded: bool
    key: str
    """What opens every endpoint as long as it runs. Secret."""
    children: tuple[Child, ...]
    sign_in: SignIn | None = None
    """What opens the desk; None where it does not run."""
    rules: str | None = None
    """The folder of rules that complaints reads, if it has one."""
    put_back: PutBack | None = None
    """What intake kept and put on the topics of a broker that was new."""

    def ended(self) -> Child | None:
        """A process that should run and does not."""
        return next((child for child in self.children if child.exit_code is not None), None)


def fixed_ports(base: int) -> StackPorts:
    """`base`+1 to +6 for the services, +10 for the broker and +11 for the database."""
    return StackPorts(services=service_ports(base), broker=base + 10, database=base + 11)


def any_ports() -> StackPorts:
    """Free ports."""
    return StackPorts(services={name: free_port() for name in SERVICES}, broker=None, database=None)


@contextmanager
def running_stack(
    *,
    directory: Path,
    ports: StackPorts,
    environment: Mapping[str, str] | None = None,
    only: Sequence[str] = SERVICES,
    say: Say = lambda _: None,
) -> Iterator[Stack]:
    """Start everything, wait until every service is ready, and stop it all at the end.

    Data and logs are in `directory`; `environment` is added to that of the services; `only`:
    these of the services, intake among them, where the others are not needed. Where the
    broker is new and the database is not, intake first puts what it keeps on the topics: the
    other services start when it is there, so that none acts on less than was accepted. Raises
    `CannotRun` with what to do when something does not start.
    """
    _require_ports(ports)
    logs = directory / "logs"
    with ExitStack() as stopping:
        servers: list[Child] = []
        settings = {**os.environ, **(environment or {})}
        embedded = not settings.get(BROKER_VARIABLE)
        if embedded:
            say("starting the embedded broker")
            broker = stopping.enter_context(embedded_broker(logs, port=ports.broker))
            servers.append(broker.child)
            settings |= _EMBEDDED_BROKER | {BROKER_VARIABLE: broker.address}
        storage = directory / "database"
        own_database = not settings.get(DATABASE_VARIABLE)
        has_data = bool(settings.get(DATABASE_VARIABLE)) or _is_filled(storage)
        if own_database:
            say("starting the embedded database")
            database = stopping.enter_context(
                embedded_database(logs, storage=storage, port=ports.database)
            )
            servers.append(database.child)
            settings[DATABASE_VARIABLE] = f"mongodb://{database.address}"
        if not settings.get(REJECTED_KEY_VARIABLE):
            settings[REJECTED_KEY_VARIABLE] = rejected_key(directory)
        if "desk" in only:
            settings |= desk_access(directory, settings)
        kafka = _nested(KafkaSettings, "KAFKA", settings)
        mongo = _nested(MongoSettings, "MONGO", settings)
        key = stopping.enter_context(key_of_everything(mongo, f"aftercare up in {directory}"))
        say("creating the topics")
        topics = asyncio.run(provision_topics(kafka, create=True))
        is_new = all(topic.state == "created" for topic in topics)
        chosen = {name: ports.services[name] for name in only}
        services = _Services(chosen, environment=settings, logs=logs, say=say)
        stopping.callback(services.stop)
        put_back = None
        if is_new and has_data:
            services.start("intake")
            put_back = asyncio.run(_put_back(services.urls["intake"], key, say))
        services.start(*only)
        yield Stack(
            kafka=kafka,
            broker_is_embedded=embedded,
            database=settings[DATABASE_VARIABLE].rpartition("@")[2].removeprefix("mongodb://"),
            urls=services.urls,
            mongo=mongo,
            database_is_embedded=own_database,
            key=key,
            children=(*servers, *services.children.values()),
            sign_in=asyncio.run(desk_users(mongo, directory)) if "desk" in only else None,
            rules=_resolved(settings.get(RULES_VARIABLE)),
            put_back=put_back,
        )


def _resolved(folder: str | None) -> str | None:
    return str(Path(folder).resolve()) if folder else None


def _is_filled(directory: Path) -> bool:
    return directory.is_dir() and any(directory.iterdir())


async def _put_back(url: str, key: str, say: Say) -> PutBack:
    """The broker is new: what intake keeps is on its topics on return."""

    def progress(done: PutBack) -> None:
        say(f"putting documents on the topics of the new broker: {done.documents:,}")

    async with IntakeClient(url, key=key) as client:
        return await republish(client, progress=progress)


def _require_ports(ports: StackPorts) -> None:
    wanted: dict[str, int | None] = {
        **ports.services,
        "the broker": ports.broker,
        "the database": ports.database,
    }
    for name, port in wanted.items():
        if port is not None:
            require_free(
                port,
                wanted_by=name,
                advice=f"Is {hint('up')} running already? Other ports: --port-base",
            )


def rejected_key(directory: Path) -> str:
    """Seals what was rejected; of this directory for ever, which has what it opens."""
    path = directory / "rejected.key"
    directory.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError), open(path, "x", opener=_for_us_alone) as file:
        file.write(new_key())
    return path.read_text(encoding="ascii")


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def key_of_everything(mongo: MongoSettings, name: str) -> Iterator[str]:
    """A key that may do everything, good as long as this is entered; those of this name that were
    left behind are revoked."""

    async def made() -> ShownKey:
        now = SystemClock().now()
        async with kept_keys(mongo) as keys:
            await revoke_all_named(keys, name, now=now)
            return await make_key(keys, name, EVERYTHING, now=now)

    async def ended() -> None:
        async with kept_keys(mongo) as keys:
            await keys.end(key.id, revoked_at=SystemClock().now())

    key = asyncio.run(made())
    try:
        yield key.text()
    finally:
        with suppress(CannotRun):  # the database may have ended before
            asyncio.run(ended())


def _nested(kind: type[N], name: str, environment: Mapping[str, str]) -> N:
    """The settings of this name that a service with this environment has."""
    prefix = f"AFTERCARE_{name}__"
    named = {
        name.removeprefix(prefix).lower(): value
        for name, value in environment.items()
        if name.startswith(prefix)
    }
    return kind.model_validate(named)


class _Services:
    """The services as processes, those that were started."""

    def __init__(
        self, ports: Mapping[str, int], *, environment: Mapping[str, str], logs: Path, say: Say
    ) -> None:
        scheme = "https" if environment.get(CERTIFICATE_VARIABLE) else "http"
        self.urls = {name: f"{scheme}://127.0.0.1:{port}" for name, port in ports.items()}
        self.children: dict[str, Child] = {}
        self._ports = ports
        addresses = {
            f"AFTERCARE_DESK_SERVICES__{name.upper()}": url
            for name, url in self.urls.items()
            if name != "desk"
        }
        self._environment = {**environment, **addresses}
        self._logs = logs
        self._say = say

    def start(self, *names: str) -> None:
        """Start those of them that do not run yet; returns when all are ready."""
        for name in names:
            if name not in self.children:
                self.children[name] = start_service(
                    name, port=self._ports[name], environment=self._environment, logs=self._logs
                )
        for name in names:
            _wait_until_ready(self.children[name], self.urls[name], self._say)

    def stop(self) -> None:
        """Stop them all, in their time."""
        grace = ServiceSettings().runtime.graceful_stop_seconds
        stop_all(list(self.children.values()), within_seconds=grace)


def start_service(
    service: str, *, port: int, environment: Mapping[str, str], logs: Path, name: str | None = None
) -> Child:
    """One instance of a service on a loopback port; `name` tells it from others of its kind."""
    return spawn(
        name or service,
        [sys.executable, "-P", "-m", f"services.{service}"],
        logs=logs,
        environment={
            SECRET_VARIABLE: SECRET,
            **environment,
            "AFTERCARE_HTTP__PORT": str(port),
            "AFTERCARE_HTTP__HOST": "127.0.0.1",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),  # where this process finds them
        },
    )


def _wait_until_ready(child: Child, url: str, say: Say) -> None:
    troubles = ["it does not answer"]

    def ready() -> bool:
        troubles[:] = what_keeps(url)
        if troubles:
            say(f"{child.name}: {'; '.join(troubles)}")
        return not troubles

    try:
        child.wait_until(ready, within_seconds=READY_SECONDS)
    except CannotRun as failure:
        raise CannotRun(f"{failure}\nIt said: {'; '.join(troubles)}") from failure
    say(f"{child.name} is ready")
