"""The desk, put together: the only place where its parts meet the outside."""

import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from services.desk.adapters.assets import Assets
from services.desk.adapters.attempts import MongoAttempts
from services.desk.adapters.commands import MongoCommands
from services.desk.adapters.directory import MongoDirectory
from services.desk.adapters.directory.door import GROUP, TOPICS, DirectoryDoor
from services.desk.adapters.directory.secrets import Secrets
from services.desk.adapters.elsewhere import SignInElsewhere
from services.desk.adapters.lately import MongoLately
from services.desk.adapters.live import Hub
from services.desk.adapters.live_topics import FollowedTopics
from services.desk.adapters.pages import Pages
from services.desk.adapters.passes import Passes
from services.desk.adapters.presence import MongoPresence
from services.desk.adapters.reporting import Reporting
from services.desk.adapters.sessions import MongoSessions
from services.desk.adapters.staff import Staff
from services.desk.adapters.trail import MongoTrail
from services.desk.adapters.trail_record import MongoTrailRecord
from services.desk.adapters.upstream import OtherServices
from services.desk.adapters.users import MongoUsers
from services.desk.api import routes
from services.desk.api.desk import Desk
from services.desk.api.form_limit import FormLimit
from services.desk.api.headers import SecurityHeaders
from services.desk.api.troubles import of_a_defect, tell_troubles
from services.desk.domain.derived import key_for
from services.desk.domain.live import FOLLOWED
from services.desk.settings import (
    TOKEN_KEY_VARIABLE,
    DeskSettings,
    OidcSettings,
    ServiceAddresses,
)
from shared.contracts.topics import DEAD_LETTERS
from shared.dealers.dealer import Dealers
from shared.platform.doorman import Doorman
from shared.platform.errors import TransientFailure
from shared.platform.front_door import connecting_doorman
from shared.platform.http import Lifespan, Readiness, make_app, operations, run
from shared.platform.kafka import make_consumer, partition_counts
from shared.platform.keys import DATABASE as ACCESS
from shared.platform.logs import configure_logging
from shared.platform.mongo import Database, Mongo
from shared.platform.preparing import at_work, prepare_when_it_answers
from shared.platform.publisher import Publisher, connecting_publisher
from shared.platform.rights import require_rights, to_work
from shared.platform.signing import WrongSigningKey, read_signing_key
from shared.platform.tls import TlsFiles, client_context
from shared.platform.usable import require_usable
from shared.settings import PREFIX, WrongSettings, from_environment, starting
from shared.time.clock import SystemClock, TimeSource
from shared.yaml_file import WrongFile

NAME = "desk"
RIGHTS = to_work(reads={*TOPICS, *FOLLOWED}, writes={DEAD_LETTERS.name}, group=GROUP)
"""What the desk's user has to be allowed on Kafka."""
LEAST_PACKED = 1_000
"""Bytes of an answer that is sent packed; streams never are. A cookie of the desk's comes with no
request of another site, so nobody can find out by lengths what a page has."""
OIDC_PREFIX = f"{PREFIX}DESK_OIDC__"
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
        of_a_defect=of_a_defect,
    )
    app.router.redirect_slashes = False  # it would tell whatever host a request names
    app.include_router(operations(readiness))
    for router in routes(assets):
        app.include_router(router)
    tell_troubles(app)
    app.add_middleware(FormLimit)
    app.add_middleware(GZipMiddleware, minimum_size=LEAST_PACKED)
    app.add_middleware(SecurityHeaders)
    return app


def compose(settings: DeskSettings) -> FastAPI:
    """The desk on MongoDB and Kafka, beside the other services. Starts while any of them is away.

    Raises `WrongSettings` and `WrongFile`.
    """
    settings.require_secret()
    mongo = functools.cache(functools.partial(Mongo, settings.mongo, NAME))
    clients, assets = connections(settings.desk_services), Assets()
    passes = Passes(token_key(settings), settings.auth, SystemClock())
    outside = Outside(
        dealers=settings.dealers(),
        pages=Pages(assets),
        services=OtherServices(clients.__getitem__, passes),
        elsewhere=issuer(settings.desk_oidc, SystemClock()),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with at_the_desk(settings, outside, mongo().database) as desk:
                app.state.desk = desk
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What a desk works with that is not in its database."""

    dealers: Dealers
    pages: Pages
    services: OtherServices
    elsewhere: SignInElsewhere | None


@asynccontextmanager
async def at_the_desk(
    settings: DeskSettings, outside: Outside, database: Database
) -> AsyncIterator[Desk]:
    """A desk at work: it learns who customers are, and tells its pages what changes."""
    clock, real_clock = settings.clock.clock(), SystemClock()
    secret = settings.desk_secret.get_secret_value()
    trail_key = key_for(secret, "trail")
    users, sessions, lately = MongoUsers(database), MongoSessions(database), MongoLately(database)
    attempts = MongoAttempts(database, key_for(secret, "attempts"))
    trail, commands = MongoTrail(database, real_clock, trail_key), MongoCommands(database)
    directory = MongoDirectory(database, Secrets(secret), real_clock)
    live, presence = Hub(most=settings.http.max_connections // 2), MongoPresence(database)
    publisher = connecting_publisher(settings.kafka)
    desk = Desk(
        settings=settings,
        dealers=outside.dealers,
        clock=clock,
        real_clock=real_clock,
        pages=outside.pages,
        users=users,
        sessions=sessions,
        attempts=attempts,
        services=outside.services,
        reporting=Reporting(outside.services, commands, clock),
        directory=directory,
        trail=trail,
        record=MongoTrailRecord(database, trail_key),
        elsewhere=outside.elsewhere,
        lately=lately,
        staff=Staff(users, real_clock),
        live=live,
        presence=presence,
    )
    stored = (sessions, commands, attempts, trail, directory, lately, presence)
    publisher.start()
    try:
        async with at_work(
            prepare_when_it_answers(*(each.prepare for each in stored)),
            directory_door(settings, directory, publisher).run(),
            FollowedTopics(settings.kafka, live).follow(),
        ):
            yield desk
    finally:
        await publisher.stop()


def directory_door(
    settings: DeskSettings, directory: MongoDirectory, publisher: Publisher
) -> DirectoryDoor:
    """What keeps the directory up to date. It waits for a broker that is away; pages do not."""

    async def check() -> None:
        await require_rights(settings.kafka, NAME, RIGHTS)
        if len(await partition_counts(settings.kafka, [*TOPICS])) < len(TOPICS):
            raise TransientFailure(f"missing: {', '.join(TOPICS)}")

    return DirectoryDoor(
        directory,
        publisher,
        make_consumer=functools.partial(make_consumer, settings.kafka, group=GROUP, topics=TOPICS),
        check=check,
    )


def token_key(settings: DeskSettings) -> ec.EllipticCurvePrivateKey:
    """What its users' tokens are signed with. Raises `WrongFile`."""
    file = settings.desk_token_key_file
    assert file is not None, "the settings were checked"
    try:
        return read_signing_key(file)
    except WrongSigningKey as wrong:
        raise WrongFile([f"{TOKEN_KEY_VARIABLE}: {file}: {wrong}"]) from None


def issuer(settings: OidcSettings, clock: TimeSource) -> SignInElsewhere | None:
    """With whom users sign in, if with anybody. Raises `WrongSettings` where the extra is missing,
    and `WrongFile`."""
    if not settings.issuer:
        return None
    try:
        adapter = import_module("services.desk.adapters.oidc")
    except ModuleNotFoundError as missing:
        if missing.name is not None and missing.name.partition(".")[0] in ("authlib", "joserfc"):
            raise WrongSettings(
                [f"{OIDC_PREFIX}ISSUER: this needs an extra: pip install 'aftercare[oidc]'"]
            ) from None
        raise
    trusted = client_context(TlsFiles(settings=OIDC_PREFIX, authorities=settings.ca_file))
    found: SignInElsewhere = adapter.OidcIssuer(
        settings, clock, functools.partial(httpx.AsyncClient, verify=trusted)
    )
    return found


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

    def end_streams() -> None:
        app.state.desk.live.close()

    run(
        app,
        settings.http,
        graceful_stop_seconds=settings.runtime.graceful_stop_seconds,
        when_told_to_stop=end_streams,
    )
