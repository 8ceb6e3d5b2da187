"""The desk, put together: the only place where its parts meet the outside."""

import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI

from services.desk.adapters.assets import Assets
from services.desk.adapters.commands import MongoCommands
from services.desk.adapters.directory import EmptyDirectory
from services.desk.adapters.pages import Pages
from services.desk.adapters.passes import Passes
from services.desk.adapters.reporting import Reporting
from services.desk.adapters.sessions import MongoSessions
from services.desk.adapters.trail import MongoTrail
from services.desk.adapters.upstream import Services
from services.desk.adapters.users import MongoUsers
from services.desk.api import routes
from services.desk.api.desk import Desk
from services.desk.api.headers import SecurityHeaders
from services.desk.api.troubles import tell_troubles
from services.desk.settings import TOKEN_KEY_VARIABLE, DeskSettings, ServiceAddresses
from shared.contracts.topics import (
    CASES,
    COMPLAINTS,
    DEAD_LETTERS,
    ESCALATIONS,
    GRADES,
    PROFILES,
    SALES,
    SCORES,
    TASKS,
    VISITS,
)
from shared.platform.doorman import Doorman
from shared.platform.errors import TransientFailure
from shared.platform.front_door import connecting_doorman
from shared.platform.http import Lifespan, Readiness, make_app, operations, run
from shared.platform.kafka import group_of
from shared.platform.keys import DATABASE as ACCESS
from shared.platform.logs import configure_logging
from shared.platform.mongo import Mongo
from shared.platform.preparing import at_work, prepare_when_it_answers
from shared.platform.rights import to_work
from shared.platform.signing import WrongSigningKey, read_signing_key
from shared.platform.tls import TlsFiles, client_context
from shared.platform.usable import require_usable
from shared.settings import PREFIX, from_environment, starting
from shared.time.clock import SystemClock
from shared.yaml_file import WrongFile

NAME = "desk"
INDEXED = (PROFILES, SALES, VISITS, COMPLAINTS)
"""The topics by which customers are found."""
WATCHED = (PROFILES, TASKS, ESCALATIONS, CASES, SCORES, GRADES)
"""Those of which the desk tells open pages that something has changed."""
RIGHTS = to_work(
    reads={topic.name for topic in (*INDEXED, *WATCHED)},
    writes={DEAD_LETTERS.name},
    group=group_of(NAME),
)
"""What the desk's user has to be allowed on Kafka."""
BY_KEY = ("/metrics", "/docs", "/openapi.json", "/static-offline-docs")
"""What is not for browsers with a session, but for who shows a key."""


def make_app_of_pages(
    assets: Assets,
    *,
    doorman: Doorman,
    readiness: Readiness,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """The pages of the desk that `lifespan`, or who makes it, puts at `app.state.desk`."""
    app = make_app(
        title="Aftercare desk",
        doorman=doorman,
        is_open=lambda path: not path.startswith(BY_KEY),
        lifespan=lifespan,
    )
    app.include_router(operations(readiness))
    for router in routes(assets):
        app.include_router(router)
    tell_troubles(app)
    app.add_middleware(SecurityHeaders)
    return app


def compose(settings: DeskSettings) -> FastAPI:
    """The desk on MongoDB, beside the other services. Starts while any of them is away.

    Raises `WrongSettings` and `WrongFile`.
    """
    settings.require_secret()
    key = token_key(settings)
    mongo = functools.cache(functools.partial(Mongo, settings.mongo, NAME))
    clients = connections(settings.desk_services)
    dealers, assets = settings.dealers(), Assets()
    real_clock, clock = SystemClock(), settings.clock.clock()
    services = Services(clients.__getitem__, Passes(key, settings.auth, real_clock))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = mongo().database
        sessions, commands = MongoSessions(database), MongoCommands(database)
        app.state.desk = Desk(
            settings=settings,
            dealers=dealers,
            clock=clock,
            real_clock=real_clock,
            pages=Pages(assets),
            users=MongoUsers(database),
            sessions=sessions,
            services=services,
            reporting=Reporting(services, commands, clock),
            directory=EmptyDirectory(),
            trail=MongoTrail(database, real_clock),
        )
        try:
            async with at_work(prepare_when_it_answers(sessions.prepare, commands.prepare)):
                yield
        finally:
            for client in clients.values():
                await client.aclose()
            await mongo().close()

    async def readiness() -> list[str]:
        try:
            await mongo().ping()
        except TransientFailure as failure:
            return [str(failure)]
        return []

    doorman = connecting_doorman(settings.auth, lambda: mongo().beside(ACCESS))
    return make_app_of_pages(assets, doorman=doorman, readiness=readiness, lifespan=lifespan)


def token_key(settings: DeskSettings) -> ec.EllipticCurvePrivateKey:
    """What its users' tokens are signed with. Raises `WrongFile`."""
    file = settings.desk_token_key_file
    assert file is not None, "the settings were checked"
    try:
        return read_signing_key(file)
    except WrongSigningKey as wrong:
        raise WrongFile([f"{TOKEN_KEY_VARIABLE}: {file}: {wrong}"]) from None


def connections(addresses: ServiceAddresses) -> dict[str, httpx.AsyncClient]:
    """Service -> what it is asked with. Raises `WrongFile`."""
    trusted = client_context(
        TlsFiles(settings=f"{PREFIX}DESK_SERVICES__", authorities=addresses.ca_file)
    )
    urls = addresses.model_dump(exclude={"ca_file", "timeout_seconds"})
    return {
        name: httpx.AsyncClient(base_url=url, verify=trusted, timeout=addresses.timeout_seconds)
        for name, url in urls.items()
    }


def main() -> None:
    """Serve until told to stop."""
    with starting(NAME):
        settings = from_environment(DeskSettings)
        require_usable(settings)
        configure_logging(service=NAME, level=settings.log_level, form=settings.log_format)
        app = compose(settings)
    run(app, settings.http, graceful_stop_seconds=settings.runtime.graceful_stop_seconds)
