"""Slow, silent and too many clients keep nobody from being answered."""

import asyncio
import json

import pytest
from fastapi import FastAPI, Response

from shared.platform.http import make_app
from shared.platform.needs import TO_ALL
from shared.settings import HttpSettings
from shared.testing.doorman import KnowsEverybody
from tests.served import Client, Served, served
from tests.servers import PATIENCE_SECONDS

GET = b"GET /hello HTTP/1.1\r\nhost: x\r\n\r\n"
FOR_EVER = 300


def app(held: asyncio.Event | None = None) -> FastAPI:
    """`/hello` answers at once, `/held` when `held` is set, `/large` with 20 MB."""
    made = make_app(title="tried", doorman=KnowsEverybody())

    @made.get("/hello", dependencies=[TO_ALL])
    async def hello() -> str:
        return "hello"

    @made.get("/number", dependencies=[TO_ALL])
    async def number(n: int) -> int:
        return n

    @made.get("/held", dependencies=[TO_ALL])
    async def wait() -> str:
        assert held is not None
        await held.wait()
        return "held"

    @made.post("/refused", dependencies=[TO_ALL])
    async def refused() -> Response:
        return Response(status_code=413, headers={"connection": "close"})

    @made.get("/large", dependencies=[TO_ALL])
    async def large() -> Response:
        return Response(b"x" * 20_000_000)

    return made


def limits(**more: float) -> HttpSettings:
    defaults = {"header_deadline_seconds": FOR_EVER, "answer_deadline_seconds": FOR_EVER}
    return HttpSettings.model_validate(defaults | more)


async def test_a_half_sent_header_is_answered_408_however_it_drips() -> None:
    async with served(app(), limits(header_deadline_seconds=0.5)) as server:
        client = await server.connect()
        await client.send(b"GET /hello HTTP/1.1\r\n")

        async def drip() -> None:
            while True:
                await client.send(b"x")
                await asyncio.sleep(0.05)

        dripping = asyncio.create_task(drip())
        answer = await client.rest()
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 408


async def test_a_client_that_says_nothing_is_sent_away() -> None:
    async with served(app(), limits(header_deadline_seconds=0.3)) as server:
        assert await (await server.connect()).rest() == b""


async def test_a_second_header_on_a_kept_connection_has_a_deadline_of_its_own() -> None:
    async with served(app(), limits(header_deadline_seconds=0.5)) as server:
        client = await server.connect()
        await client.send(GET)
        assert (await client.answer())[0] == 200
        await client.send(GET[:-4])
        assert b" 408 " in await client.rest()


async def test_requests_that_take_longer_than_a_header_are_answered() -> None:
    held = asyncio.Event()
    async with served(app(held), limits(header_deadline_seconds=0.2)) as server:
        client = await server.connect()
        await client.send(GET.replace(b"hello", b"held"))
        await asyncio.sleep(0.5)
        held.set()
        assert await client.answer() == (200, b'"held"')


async def test_pipelined_and_kept_connections_work() -> None:
    async with served(app(), limits(max_connections=1)) as server:
        client = await server.connect()
        await client.send(GET * 3 + GET[:10])
        for _ in range(3):
            assert await client.answer() == (200, b'"hello"')
        await client.send(GET[10:])
        assert await client.answer() == (200, b'"hello"')


async def test_half_sent_headers_make_room_for_who_asks() -> None:
    async with served(app(), limits(max_connections=20)) as server:
        stalled = [await server.connect() for _ in range(60)]
        for client in stalled[-20:]:
            await client.send(b"GET /hello HTTP/1.1\r\n")
        assert await server.get("/hello") == (200, b'"hello"')
        assert await stalled[0].rest() == b""


async def test_when_all_are_being_answered_a_new_client_shall_come_back() -> None:
    held = asyncio.Event()
    async with served(app(held), limits(max_connections=2)) as server:
        busy = [await server.connect() for _ in range(2)]
        for client in busy:
            await client.send(GET.replace(b"hello", b"held"))
        answer = await _turned_away(server)
        assert b"application/problem+json" in answer
        assert b"Retry-After" in answer
        held.set()
        for client in busy:
            assert await client.answer() == (200, b'"held"')


async def _turned_away(server: Served) -> bytes:
    """Once the server has seen that the others are being answered."""
    while True:
        answer = await (await server.connect()).rest()
        if b" 503 " in answer:
            return answer


async def test_an_answer_that_nobody_reads_is_given_up() -> None:
    async with served(app(), limits(answer_deadline_seconds=0.3, max_connections=1)) as server:
        client = await server.connect()
        client.writer.transport.pause_reading()  # type: ignore[attr-defined] # it reads too
        await client.send(GET.replace(b"hello", b"large") + GET)
        while True:  # until its place is free again
            other = await server.connect()
            await other.send(GET)
            if b'"hello"' in await other.reader.read(4096):
                break
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("nonsense", [b"\x16\x03\x01\x02\x00", b"SECRET\r\n\r\n", b"GET\r\n\r\n"])
async def test_what_is_no_http_is_a_problem(nonsense: bytes) -> None:
    async with served(app(), limits()) as server:
        client = await server.connect()
        await client.send(nonsense + b"\r\n\r\n")
        answer = await client.rest()
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 400
        assert b"SECRET" not in answer


async def test_a_wrong_query_is_told_without_what_was_sent() -> None:
    async with served(app(), limits()) as server:
        status, body = await server.get("/number?n=SECRET")
        assert status == 422
        assert [fault["pointer"] for fault in json.loads(body)["errors"]] == ["/query/n"]
        assert b"SECRET" not in body


async def test_who_is_still_sending_when_it_is_answered_reads_the_answer() -> None:
    """A socket closed with unread data is reset, and the answer with it."""
    async with served(app(), limits(header_deadline_seconds=0.5)) as server:
        for request in (b"NONSENSE\r\n\r\n", GET[:-4], _refused_body()):
            client = await server.connect()
            await client.send(request)
            sending = asyncio.create_task(_send_on(client))
            await asyncio.sleep(1.0)  # long after the answer: it is still there
            answer = await client.rest()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            assert answer.startswith(b"HTTP/1.1 4")


def _refused_body() -> bytes:
    return b"POST /refused HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n"


async def _send_on(client: Client) -> None:
    while True:
        await client.send(b"x" * 100)
        await asyncio.sleep(0.01)


async def test_who_does_not_close_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.platform.connections.FAREWELL_SECONDS", 0.2)
    async with served(app(), limits()) as server:
        client = await server.connect()
        await client.send(b"NONSENSE\r\n\r\n")
        sending = asyncio.create_task(_send_on(client))
        with pytest.raises(ConnectionError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await sending


async def test_who_does_not_close_takes_no_place() -> None:
    async with served(app(), limits(max_connections=2)) as server:
        for _ in range(5):
            client = await server.connect()
            await client.send(b"NONSENSE\r\n\r\n")
            assert (await client.answer())[0] == 400
        assert await server.get("/hello") == (200, b'"hello"')
