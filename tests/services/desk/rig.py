"""A desk over the other five services, all in this process, and browsers of its users."""

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from jwt import PyJWK
from pydantic import SecretStr

from services.desk.adapters.assets import Assets
from services.desk.adapters.lately import KEPT_FOR, MOST
from services.desk.adapters.live import Hub
from services.desk.adapters.pages import Pages
from services.desk.adapters.passes import Passes
from services.desk.adapters.reporting import Reporting
from services.desk.adapters.staff import Staff
from services.desk.adapters.upstream import OtherServices, ServiceAway, WrittenVersion
from services.desk.api.desk import Desk
from services.desk.api.visitor import PLAIN_COOKIE, csrf_of
from services.desk.app import make_app_of_pages
from services.desk.domain.commands import SOURCE
from services.desk.domain.find.asked import Sought
from services.desk.domain.find.documents import KeptDocument
from services.desk.domain.find.matches import MOST_HITS, Hits, hit
from services.desk.domain.people import CustomerCard
from services.desk.domain.sessions import Session, digest_of
from services.desk.domain.users import Language, User
from services.desk.settings import DeskSettings
from shared.auth.tokens import Expected
from shared.contracts.envelope import Event
from shared.contracts.identifiers import dealer_of
from shared.contracts.intake import Recorded
from shared.contracts.topics import CUSTOMERS
from shared.platform.signing import public_part
from shared.platform.token_keys import KeySet, key_set
from shared.platform.tokens import Issuer, SignedTokens
from shared.settings import AuthSettings
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from tests.access.dealers import DEALERS, MINE
from tests.access.services import NOW, Houses, followup_with
from tests.services.desk.memory import (
    MemoryAttempts,
    MemoryPresence,
    MemorySessions,
    MemoryTrail,
    MemoryUsers,
)
from tests.services.intake.given import message_of

BASE = f"/d/{MINE}"
SECRET = "a secret of the tests, long enough for all"


class MemoryCommands:
    """As `services.desk.adapters.commands.Commands` promises."""

    def __init__(self) -> None:
        self.first: dict[str, datetime] = {}
        self.at_intake: set[str] = set()

    async def first_sent(self, command_id: str, now: datetime) -> datetime:
        return self.first.setdefault(command_id, now)

    async def sent_at(self, command_id: str) -> datetime | None:
        return self.first.get(command_id)

    async def taken(self, command_id: str) -> None:
        self.at_intake.add(command_id)

    async def is_taken(self, command_id: str) -> bool:
        return command_id in self.at_intake


class MemoryLately:
    """As `services.desk.adapters.lately.Lately` promises."""

    def __init__(self) -> None:
        self.noted: dict[str, tuple[str, WrittenVersion, datetime]] = {}

    async def note(self, dealer_id: str, key: str, written: WrittenVersion, now: datetime) -> None:
        self.noted[key] = dealer_id, written, now

    async def at(self, dealer_id: str, now: datetime) -> Mapping[str, WrittenVersion]:
        found = self.noted.items()
        theirs = [each for each in found if each[1][0] == dealer_id and each[1][2] > now - KEPT_FOR]
        newest = sorted(theirs, key=lambda each: each[1][2], reverse=True)[:MOST]
        return {key: written for key, (_, written, _) in newest}


class MemoryDirectory:
    """As `services.desk.adapters.directory.Directory` promises."""

    def __init__(self) -> None:
        self.known: dict[str, CustomerCard] = {}
        self.kept: list[KeptDocument] = []
        self.always: Hits | None = None
        """What is found, whatever is asked for."""

    async def of(self, keys: Collection[str]) -> Mapping[str, CustomerCard]:
        return {key: self.known[key] for key in keys if key in self.known}

    async def anew(self, key: str) -> CustomerCard | None:
        return self.known.get(key)

    async def find(self, dealer_id: str, asked: Sought) -> Hits:
        if self.always is not None:
            return self.always
        theirs = (each for key, each in self.known.items() if dealer_of(key) == dealer_id)
        hits = [found for each in theirs if (found := hit(asked, each)) is not None]
        hits.sort(key=lambda each: each.order)
        return Hits(tuple(hits[:MOST_HITS]), len(hits) > MOST_HITS)

    async def documents(self, key: str) -> Sequence[KeptDocument]:
        return [each for each in self.kept if each.customer_key == key]


@dataclass(frozen=True)
class _OneKey:
    """The keys of an issuer who has one."""

    keys: KeySet

    async def find(self, key_id: str | None, algorithm: str) -> PyJWK | None:
        return self.keys.find(key_id, algorithm)


@dataclass
class Rig:
    """A desk, and what it works with."""

    app: FastAPI
    desk: Desk
    houses: Houses
    users: MemoryUsers
    sessions: MemorySessions
    commands: MemoryCommands
    directory: MemoryDirectory
    trail: MemoryTrail
    lately: MemoryLately
    live: Hub
    presence: MemoryPresence
    away: set[str]
    """The services that do not answer at present."""

    @classmethod
    async def open(cls, folder: Path) -> "Rig":
        """With what `tests.access` has at each dealer in each service."""
        key, auth = ec.generate_private_key(ec.SECP256R1()), AuthSettings()
        clock = ManualClock(NOW)
        houses = await Houses.open(folder, tokens=_tokens(key, auth, clock))
        away: set[str] = set()

        def client(service: str) -> httpx.AsyncClient:
            if service in away:
                raise ServiceAway(service)
            return houses.client(service)

        services = OtherServices(client, Passes(key, auth, clock))
        users, sessions, commands = MemoryUsers(), MemorySessions(), MemoryCommands()
        directory, trail, assets = MemoryDirectory(), MemoryTrail(houses.clock), Assets()
        attempts = MemoryAttempts()
        lately = MemoryLately()
        live, presence = Hub(most=100), MemoryPresence()
        desk = Desk(
            settings=DeskSettings(desk_secret=SecretStr(SECRET)),
            dealers=DEALERS,
            clock=houses.clock,
            real_clock=houses.clock,
            pages=Pages(assets),
            users=users,
            sessions=sessions,
            attempts=attempts,
            services=services,
            reporting=Reporting(services, commands, houses.clock),
            directory=directory,
            trail=trail,
            record=trail,
            elsewhere=None,
            lately=lately,
            staff=Staff(users, houses.clock),
            live=live,
            presence=presence,
        )

        async def ready() -> list[str]:
            return []

        app = make_app_of_pages(assets, doorman=KnowsEverybody(), readiness=ready)
        app.state.desk = desk
        return cls(
            app=app,
            desk=desk,
            houses=houses,
            users=users,
            sessions=sessions,
            commands=commands,
            directory=directory,
            trail=trail,
            lately=lately,
            live=live,
            presence=presence,
            away=away,
        )

    async def followup_hears(self) -> None:
        """Of what intake has recorded of customers since, as it would from the topic."""
        told = [each for each in self.reported() if type(each).TOPIC == CUSTOMERS]
        events = [
            Event(
                id=f"{each.document_id}@{each.version}",
                key=each.customer_key,
                dealer_id=each.dealer_id,
                recorded_at=self.houses.clock.now(),
                data=each,
            )
            for each in told
        ]
        now = self.houses.clock.now()
        await self.houses.tell("followup", followup_with(*events, now=now))

    def reported(self) -> list[Recorded]:
        """What intake has recorded and published of what the desk reported, in order."""
        found = map(message_of, self.houses.intake.publisher.records)
        return [each for each in found if f"/{SOURCE}/" in each.document_id]

    @asynccontextmanager
    async def browser(
        self,
        *grants: str,
        username: str = "lin",
        name: str = "",
        language: Language = "en",
        session: str = "a browser",
    ) -> AsyncIterator["Browser"]:
        """Of somebody who has signed in with these roles; an agent where none is said. `session`:
        another for each browser of theirs."""
        user = User(
            username=username,
            name=name or f"{username.title()} of the tests",
            staff_id=f"s-{username}",
            grants=grants or (f"agent@{MINE}",),
            language=language,
        )
        now, session_id = self.desk.real_clock.now(), f"{session} of {username}"
        begun = Session(digest=digest_of(session_id), user=user, began_at=now, used_at=now)
        await self.sessions.begin(begun)
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://desk", cookies={PLAIN_COOKIE: session_id}
        ) as client:
            yield Browser(client, user, csrf_of(self.desk, begun.digest))


@dataclass(frozen=True)
class Browser:
    """Asks for pages and sends forms, as somebody's does."""

    client: httpx.AsyncClient
    user: User
    csrf: str

    async def get(self, url: str, **more: str) -> httpx.Response:
        """`more`: in the query."""
        return await self.client.get(url, params=more or None)

    async def post(self, url: str, **fields: str) -> httpx.Response:
        """A form of a page of theirs, with these fields."""
        return await self.client.post(url, data={"csrf": self.csrf, **fields})


def _tokens(
    key: ec.EllipticCurvePrivateKey, settings: AuthSettings, clock: ManualClock
) -> SignedTokens:
    """Those that the desk signs are accepted."""
    keys = key_set(json.dumps({"keys": [public_part(key)]}).encode(), all_usable=True)
    expected = Expected(
        issuer=settings.jwks_issuer, audience=settings.audience, claim=settings.claim
    )
    return SignedTokens({settings.jwks_issuer: Issuer(expected, _OneKey(keys))}, clock)
