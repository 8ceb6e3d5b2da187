"""A sender who comes up against a limit is told which, and when to come again; others are not
concerned."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY
from starlette.requests import Request

from services.intake.adapters.webhooks import Webhook
from services.intake.api.callers import declared_size
from services.intake.domain.decode.body import NDJSON, SINGLE
from services.intake.domain.examine.feed import Feed
from services.intake.settings import IntakeSettings
from shared.auth.principal import Principal
from shared.dealers.dealer import Dealers
from shared.dealers.limits import DealerLimits
from shared.settings import HttpSettings
from shared.testing.doorman import KnowsEverybody
from tests.served import Client, Served, served
from tests.services.intake.given import BERLIN, DEALERS, PUDONG, event, lines, visit
from tests.services.intake.given_imports import ImportWorld, file_of, row, send, to_the_end
from tests.services.intake.over_http import post, problem
from tests.services.intake.signing import SECRET, signed
from tests.services.intake.world import World

NEVER = 1e-4
"""Events a second: an empty bucket stays empty while a test lasts."""


def with_limits(dealer_id: str, **limits: Any) -> Dealers:
    """The dealers of the tests, one with limits of its own."""
    said = DealerLimits.model_validate(limits)
    return Dealers(
        [
            dealer.model_copy(update={"limits": said}) if dealer.id == dealer_id else dealer
            for dealer in DEALERS.all()
        ]
    )


class KnowsByName(KnowsEverybody):
    """Takes whatever is shown for a name, and for a dealer where it is one."""

    async def principal(self, authorization: str | None, *, reads: bool) -> Principal:
        shown = authorization or "nobody"
        is_dealer = DEALERS.find(shown) is not None
        found = await super().principal(authorization, reads=reads)
        one = replace(found.grants[0], dealers=frozenset({shown}))
        return Principal(id=shown, grants=(one,) if is_dealer else found.grants)


def http_of(
    world: World, *, client: str = "a", app: Any = None, address: str = "10.0.0.1", **settings: Any
) -> Any:
    """A sender with a name and an address of their own."""
    app = app or app_of(world, **settings)
    transport = httpx.ASGITransport(app, client=(address, 1))
    headers = {"authorization": client}
    return httpx.AsyncClient(transport=transport, base_url="http://intake", headers=headers)


def app_of(world: World, **settings: Any) -> FastAPI:
    """Intake that tells senders apart."""
    return world.app(IntakeSettings.model_validate(settings), doorman=KnowsByName())


def limited(limit: str, dealer: str = "unknown") -> float:
    labels = {"dealer": dealer, "limit": limit}
    return REGISTRY.get_sample_value("aftercare_intake_limited_total", labels) or 0


def many(count: int) -> bytes:
    return lines([event("visit", visit(ro_no=str(number))) for number in range(count)])


async def test_over_the_rate_a_sender_waits_and_others_do_not(world: World) -> None:
    app = app_of(world, events_per_second=0.5, events_burst=3)
    before = limited("rate")
    async with http_of(world, app=app) as greedy, http_of(world, app=app, client="b") as b:
        assert (await post(greedy, many(13), NDJSON)).json()["accepted"] == 13
        answer = await post(greedy, event("visit", visit()))
        found = problem(answer, 429)
        assert found["type"].endswith(":too-many-requests")
        assert "0.5 events" in found["detail"]
        assert answer.headers["retry-after"] == "22"  # ten in debt, and one
        assert (await post(b, event("visit", visit(ro_no="other")))).status_code == 202
    assert limited("rate") == before + 1


async def body_that_is_not_read() -> AsyncIterator[bytes]:
    raise AssertionError("it was read")
    yield b""


async def test_what_is_refused_is_refused_before_it_is_read(world: World) -> None:
    async with http_of(world, events_per_second=NEVER, events_burst=1) as http:
        assert (await post(http, event("visit", visit()))).status_code == 202
        answer = await http.post(
            "/v1/events", content=body_that_is_not_read(), headers={"content-type": SINGLE}
        )
        problem(answer, 429)
    async with http_of(world, max_body_bytes=1_000) as http:
        headers = {"content-type": SINGLE, "content-length": "1001"}
        content = body_that_is_not_read()
        found = problem(await http.post("/v1/events", content=content, headers=headers), 413)
        assert "1000 bytes" in found["detail"]


async def test_all_keys_of_a_dealer_are_one_sender_with_the_limits_of_the_dealer(
    world: World,
) -> None:
    world.dealers = with_limits(PUDONG, events_per_second=NEVER, burst=1, max_batch_items=2)
    app = app_of(world)
    before = limited("batch", PUDONG)
    async with http_of(world, app=app, client=PUDONG) as http:
        assert "2 events" in problem(await post(http, many(3), NDJSON), 413)["detail"]
        problem(await post(http, many(1), NDJSON), 429)
    async with http_of(world, app=app, client=BERLIN) as http:
        assert (await post(http, many(3), NDJSON)).status_code == 200
    assert limited("batch", PUDONG) == before + 1


async def test_a_trial_and_nonsense_count_too(world: World) -> None:
    async with http_of(world, events_per_second=NEVER, events_burst=2) as http:
        assert (await post(http, b"{")).status_code == 400
        content = event("visit", visit())
        response = await http.post(
            "/v1/events?validate=true", json=content, headers={"content-type": SINGLE}
        )
        assert response.status_code == 200
        problem(await post(http, content), 429)


async def test_to_be_told_to_wait_costs_nothing(world: World) -> None:
    async with http_of(world, events_per_second=NEVER, events_burst=1) as http:
        await post(http, event("visit", visit()))
        waits = {(await post(http, b"{")).headers["retry-after"] for _ in range(5)}
    assert len(waits) == 1


async def stalled(server: Served, count: int) -> list[Client]:
    """Requests whose body does not come."""
    clients = [await server.connect() for _ in range(count)]
    for client in clients:
        await client.send(_head(1_000) + b"{")
    return clients


def _head(size: int) -> bytes:
    return (
        f"POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: {SINGLE}\r\n"
        f"content-length: {size}\r\n\r\n"
    ).encode()


async def test_over_its_requests_in_hand_a_connection_stays_usable(world: World) -> None:
    """The refused body is dropped as it comes, and the next request on it is answered."""
    settings = IntakeSettings(concurrent_requests=2, body_stall_seconds=100)
    async with served(world.app(settings), HttpSettings()) as server:
        waiting = await stalled(server, 2)
        client = await server.connect()
        large = _head(4_000_000)
        await client.send(large)
        status, content = await client.answer()
        assert (status, b"2 requests" in content) == (429, True)
        await client.send(b" " * 4_000_000 + b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n")
        assert (await client.answer())[0] == 200
        held = REGISTRY.get_sample_value("aftercare_intake_bytes_in_flight")
        assert held == 0
        for other in waiting:
            other.writer.close()


async def test_one_sender_leaves_room_for_the_bodies_of_others(world: World) -> None:
    settings = IntakeSettings(max_bytes_in_flight=1_000_000, body_stall_seconds=100)
    before = limited("bytes")
    async with served(world.app(settings), HttpSettings()) as server:
        clients = [await server.connect() for _ in range(4)]
        for client in clients:
            await client.send(_head(300_000) + b" " * 299_999)
        refused = [asyncio.create_task(client.answer()) for client in clients]
        done, others = await asyncio.wait(refused, return_when=asyncio.FIRST_COMPLETED)
        assert {task.result()[0] for task in done} == {429}
        held = REGISTRY.get_sample_value("aftercare_intake_bytes_in_flight")
        assert held is not None
        assert held <= 500_000
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
    assert limited("bytes") > before


def webhook(dealer_id: str) -> Webhook:
    dealer = DEALERS.find(dealer_id)
    assert dealer is not None
    feed = Feed(dealer_id=dealer_id, source="cdk")
    return Webhook(name="crm", dealer=dealer, feed=feed, mapping=None, secrets=(SECRET,))


async def deliver(http: httpx.AsyncClient, world: World, id_: str, body: bytes) -> httpx.Response:
    headers = signed(body, at=world.clock.now(), id_=id_) | {"content-type": NDJSON}
    return await http.post("/v1/webhooks/crm", content=body, headers=headers)


async def test_a_webhook_keeps_to_the_limits_of_its_dealer(world: World) -> None:
    world.dealers = with_limits(
        PUDONG, events_per_second=NEVER, burst=4, max_batch_items=3, max_body_bytes=10_000
    )
    app = world.app(expecting=world.expecting(webhook(PUDONG)))
    before = limited("batch", PUDONG), limited("rate", PUDONG)
    async with http_of(world, app=app) as http:
        assert "3 events" in problem(await deliver(http, world, "m0", many(4)), 413)["detail"]
        large = many(1).rstrip() + b" " * 10_000
        assert "10000 bytes" in problem(await deliver(http, world, "m1", large), 413)["detail"]
        problem(await deliver(http, world, "m2", many(1)), 429)
    assert (limited("batch", PUDONG), limited("rate", PUDONG)) == (before[0] + 1, before[1] + 1)


async def test_a_forger_uses_up_nothing_of_the_dealer(world: World) -> None:
    settings = IntakeSettings(events_per_second=NEVER, events_burst=3)
    app = world.app(settings, expecting=world.expecting(webhook(PUDONG)))
    async with http_of(world, app=app, address="10.6.6.6") as forger:
        answers = [await forger.post("/v1/webhooks/crm", content=b"{}") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    async with http_of(world, app=app) as http:
        assert (await deliver(http, world, "m1", many(1))).status_code == 200


@pytest.fixture
def imports(tmp_path: Path) -> ImportWorld:
    return ImportWorld(tmp_path, dealers=with_limits(PUDONG, imports_waiting=2))


async def test_of_a_dealer_so_many_files_wait_and_no_more(imports: ImportWorld) -> None:
    before = limited("imports", PUDONG)
    for number in (1, 2):
        await imports.sent(file_of([row(number)]))
    async with imports.client() as http:
        answer = await send(http, file_of([row(3)]))
        found = problem(answer, 429)
        assert "2 files" in found["detail"]
        assert int(answer.headers["retry-after"]) > 0
        assert len(imports.store.jobs) == 2, "nothing of it is kept"
        assert (await send(http, file_of([row(3)]), dealer_id=BERLIN)).status_code == 202
        await to_the_end(imports.runner())
        assert (await send(http, file_of([row(3)]))).status_code == 202
    assert limited("imports", PUDONG) == before + 1


async def test_a_file_is_as_large_as_its_dealer_may_send(imports: ImportWorld) -> None:
    imports.dealers = with_limits(PUDONG, import_file_bytes=1_000)
    content = file_of([row(number) for number in range(50)])
    async with imports.client() as http:
        assert "1000 bytes" in problem(await send(http, content), 413)["detail"]
        assert (await send(http, content, dealer_id=BERLIN)).status_code == 202
    assert len(imports.store.jobs) == 1


async def test_one_dealer_leaves_room_for_the_files_of_others(imports: ImportWorld) -> None:
    imports.dealers = DEALERS
    gate = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"ro_no\n"
        await gate.wait()

    async with imports.client() as http:
        arriving = [asyncio.create_task(send(http, slow(), again=True)) for _ in range(2)]
        while len(imports.store.jobs) < 2:  # noqa: ASYNC110 - a store in memory tells nobody
            await asyncio.sleep(0)
        problem(await send(http, file_of([row(1)])), 429)
        assert (await send(http, file_of([row(1)]), dealer_id=BERLIN)).status_code == 202
        gate.set()
        await asyncio.gather(*arriving)


def test_the_size_that_is_said_is_believed_only_where_it_is_one() -> None:
    def size(written: str) -> int | None:
        headers = [(b"content-length", written.encode("latin-1"))]
        return declared_size(Request({"type": "http", "headers": headers}))

    assert size("12") == 12
    assert [size(each) for each in ("", "-1", "1e3", "²", "9" * 5_000)] == [None] * 5
