"""What a route needs of whoever asks, over an app with routes of every kind."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request

from shared.auth.principal import Grant
from shared.auth.scopes import Scope
from shared.platform.doorman import Doorman
from shared.platform.errors import TransientFailure
from shared.platform.http import make_app
from shared.platform.needs import (
    TO_ALL,
    asked,
    asked_feed,
    everywhere,
    in_path,
    later,
    named,
    needs,
    principal_of,
    require,
    seen_by,
    source_asked,
)
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.keys import MemoryKeys

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SCOPE: Scope = "documents:read"
Client = Callable[..., httpx.AsyncClient]


def app_for(doorman: Doorman) -> FastAPI:
    app = make_app(
        title="a service", doorman=doorman, is_open=lambda path: path.startswith("/open/")
    )
    router = APIRouter(prefix="/v1")

    @router.get("/dealers/{group}/{dealer}", dependencies=[needs(SCOPE, in_path)])
    @router.get("/of/{key:path}", dependencies=[needs(SCOPE, named("key"))])
    @router.get("/asked", dependencies=[needs(SCOPE, asked("dealer"))])
    @router.get("/everywhere", dependencies=[needs(SCOPE, everywhere)])
    @router.get("/all", dependencies=[TO_ALL])
    @router.get("/nothing")
    async def answer() -> str:
        return "answered"

    @router.get("/feed", dependencies=[needs(SCOPE, asked_feed)])
    async def of_a_feed(source: Annotated[str | None, source_asked(SCOPE)]) -> str | None:
        return source

    @router.get("/later", dependencies=[needs(SCOPE, later)])
    async def told_later(request: Request, dealer: str, source: str | None = None) -> bool:
        require(request, SCOPE, dealer, source)
        return seen_by(request, SCOPE)(dealer, source)

    @app.get("/open/who", dependencies=[TO_ALL])
    async def who(request: Request) -> str:
        return principal_of(request).id

    @app.get("/open/none")
    async def none() -> str:
        return "answered"

    app.include_router(router)
    return app


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    def ask(*dealers: str, source: str | None = None, scope: Scope = SCOPE) -> httpx.AsyncClient:
        grant = Grant(scopes=frozenset({scope}), dealers=frozenset(dealers), source=source)
        transport = httpx.ASGITransport(app_for(KnowsEverybody(grant)))
        return httpx.AsyncClient(transport=transport, base_url="http://aftercare")

    yield ask


@pytest.mark.parametrize(
    ("path", "dealers", "source", "status"),
    [
        ("dealers/a/b", ["a/b"], None, 200),
        ("dealers/a/c", ["a/b"], None, 403),
        ("dealers/a/c", ["a/*"], None, 200),
        ("dealers/a/b", ["a/b"], "cdk", 403),
        ("of/a/b/cdk/1", ["a/b"], None, 200),
        ("of/a/b/cdk/1", ["a/b"], "cdk", 200),
        ("of/a/b/crm/1", ["a/b"], "cdk", 403),
        ("of/a/b", ["a/b"], None, 200),
        ("of/a/b", ["a/b"], "cdk", 403),
        ("of/a", ["a/b"], None, 403),
        ("of/", ["a/b"], None, 403),
        ("of//a/b", ["a/b"], None, 403),
        ("of/a%2Fb/cdk", ["a/b"], None, 200),
        ("of/a%252Fb/cdk", ["a/b"], None, 403),
        ("asked?dealer=a/b", ["a/b"], None, 200),
        ("asked?dealer=a/c", ["a/b"], None, 403),
        ("asked?dealer=a/b&dealer=a/c", ["a/b"], None, 403),
        ("asked?dealer=a/c&dealer=a/b", ["a/b"], None, 403),
        ("asked?dealer=a/b&dealer=a/c", ["a/*"], None, 200),
        ("asked", ["a/b"], None, 403),
        ("asked?dealer=", ["a/b"], None, 403),
        ("asked", ["*"], None, 200),
        ("feed?source=cdk", ["*"], "cdk", 403),
        ("asked?Dealer=a/b", ["a/b"], None, 403),
        ("feed?dealer_id=a/b&source=cdk", ["a/b"], "cdk", 200),
        ("feed?dealer_id=a/b&source=crm", ["a/b"], "cdk", 403),
        ("feed?dealer_id=a/b&source=cdk&source=crm", ["a/b"], "cdk", 403),
        ("feed?dealer_id=a/b&source=", ["a/b"], "cdk", 403),
        ("asked?dealer=a/b", ["a/b"], "cdk", 403),
        ("feed?dealer_id=a/b", ["a/b"], "cdk", 200),
        ("feed?dealer_id=a/b", ["a/b"], None, 200),
        ("feed?dealer_id=a/c", ["a/b"], "cdk", 403),
        ("feed?dealer_id=a/b&dealer_id=a/c", ["a/b"], "cdk", 403),
        ("feed", ["a/b"], "cdk", 403),
        ("everywhere", ["*"], None, 200),
        ("everywhere", ["*"], "cdk", 403),
        ("everywhere", ["a/*"], None, 403),
        ("everywhere?dealer=a/b", ["a/b"], None, 403),
        ("later?dealer=a/b", ["a/b"], None, 200),
        ("later?dealer=a/c", ["a/b"], None, 403),
        ("later?dealer=a/b&source=cdk", ["a/b"], "cdk", 200),
        ("later?dealer=a/b", ["a/b"], "cdk", 403),
        ("all", ["a/b"], "cdk", 200),
    ],
)
async def test_who_may_where(
    client: Client, path: str, dealers: list[str], source: str | None, status: int
) -> None:
    async with client(*dealers, source=source) as http:
        answer = await http.get(f"/v1/{path}")
    assert answer.status_code == status, answer.text
    assert status == 200 or answer.json()["type"] == "urn:aftercare:problem:not-allowed"


async def test_the_source_is_the_only_one_that_they_may(client: Client) -> None:
    for source, told in (("cdk", "cdk"), (None, None)):
        async with client("a/b", source=source) as http:
            assert (await http.get("/v1/feed?dealer_id=a/b")).json() == told


@pytest.mark.parametrize("path", ["dealers/a/b", "of/a/b/c", "asked?dealer=a/b", "everywhere"])
async def test_another_scope_will_not_do(client: Client, path: str) -> None:
    async with client("*", scope="scores:read") as http:
        assert (await http.get(f"/v1/{path}")).status_code == 403
        assert (await http.get("/v1/later?dealer=a/b")).status_code == 403


async def test_a_route_that_names_nothing_is_answered_to_nobody(client: Client) -> None:
    async with client("*") as http:
        for path in ("/v1/nothing", "/open/none"):
            answer = await http.get(path)
            assert answer.status_code == 500
            assert "answered" not in answer.text


def strangers(keys: MemoryKeys | None = None) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app_for(Doorman(keys or MemoryKeys(), ManualClock(NOW))))
    return httpx.AsyncClient(transport=transport, base_url="http://aftercare")


async def test_an_open_door_knows_nobody() -> None:
    async with strangers() as http:
        assert (await http.get("/open/who")).status_code == 401
        for path in ("/open", "/openx", "/v1/open/who", "//open/who", "/open%2F../v1/all"):
            assert (await http.get(path)).status_code in (401, 404)
        assert (await http.get("/v1/all")).status_code == 401


async def test_while_keys_are_away_all_are_asked_to_come_again() -> None:
    keys = MemoryKeys()
    keys.fail_next = [TransientFailure("database: no reply")]
    async with strangers(keys) as http:
        shown = {"authorization": f"Bearer ac_{'a' * 10}_{'s' * 43}"}
        answer = await http.get("/v1/all", headers=shown)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "no reply" not in answer.text


async def test_the_body_of_a_stranger_is_not_read() -> None:
    read = list[bytes]()

    async def body() -> AsyncIterator[bytes]:
        read.append(b"x")
        yield b"x"

    async with strangers() as http:
        assert (await http.post("/v1/all", content=body())).status_code == 401
    assert not read


async def test_how_to_show_who_one_is_depends_on_whether_one_reads() -> None:
    async with strangers() as http:
        reads, writes = await http.get("/v1/all"), await http.post("/v1/all")
    assert "Basic" in reads.headers["www-authenticate"]
    assert writes.headers["www-authenticate"] == 'Bearer realm="aftercare"'
