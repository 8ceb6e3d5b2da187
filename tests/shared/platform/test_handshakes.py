"""HTTP over TLS: as many limits as without, and a certificate that is renewed under way."""

import asyncio
import json
import ssl
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response

from shared.platform import metrics
from shared.platform.http import make_app
from shared.platform.needs import TO_ALL
from shared.settings import HttpSettings
from shared.testing.doorman import KnowsEverybody
from shared.yaml_file import WrongFile
from tests.certificates import Authority, Certificate
from tests.served import Client, Served, served

FOR_EVER = 300


def app() -> FastAPI:
    """`/scheme` tells how it was asked; `/refused` answers before the body is there."""
    made = make_app(title="tried", doorman=KnowsEverybody())

    @made.get("/scheme", dependencies=[TO_ALL])
    async def scheme(request: Request) -> str:
        return request.url.scheme

    @made.post("/refused", dependencies=[TO_ALL])
    async def refused() -> Response:
        return Response(status_code=413, headers={"connection": "close"})

    return made


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "certificates")


@pytest.fixture
def own(authority: Authority) -> Certificate:
    return authority.certificate("service")


def settings(own: Certificate, **more: object) -> HttpSettings:
    defaults = {
        "header_deadline_seconds": FOR_EVER,
        "tls_certificate_file": own.chain,
        "tls_key_file": own.key,
    }
    return HttpSettings.model_validate(defaults | more)


def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority.file)


@pytest.fixture
def looking_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each connection looks for another certificate."""
    monkeypatch.setattr("shared.platform.handshakes.LOOK_EVERY_SECONDS", 0)


async def name_shown(server: Served, authority: Authority) -> str:
    client = await server.connect(trusting(authority))
    shown: Any = client.writer.get_extra_info("peercert")
    client.writer.close()
    return str(dict(part[0] for part in shown["subject"])["commonName"])


async def test_what_is_asked_over_tls_is_answered_over_tls(
    authority: Authority, own: Certificate
) -> None:
    async with served(app(), settings(own)) as server:
        assert await server.get("/scheme", trusting(authority)) == (200, b'"https"')


async def test_who_does_not_speak_tls_is_not_answered(own: Certificate) -> None:
    closed = metrics.connections_closed.labels("handshake")
    before = closed._value.get()
    async with served(app(), settings(own)) as server:
        client = await server.connect()
        await client.send(b"GET /scheme HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b"HTTP" not in await client.rest()
    assert closed._value.get() == before + 1


async def test_who_shows_no_certificate_is_not_let_in_where_one_is_wanted(
    authority: Authority, own: Certificate
) -> None:
    wanted = settings(own, tls_client_ca_file=authority.file)
    async with served(app(), wanted) as server:
        with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
            await server.get("/scheme", trusting(authority))
        known = trusting(authority)
        known.load_cert_chain(authority.certificate("client").together)
        assert await server.get("/scheme", known) == (200, b'"https"')


async def test_silent_clients_are_sent_away(own: Certificate) -> None:
    async with served(app(), settings(own, header_deadline_seconds=0.3)) as server:
        assert await (await server.connect()).rest() == b""


async def test_silent_clients_make_room_for_who_speaks(
    authority: Authority, own: Certificate
) -> None:
    async with served(app(), settings(own, max_connections=20)) as server:
        silent = [await server.connect() for _ in range(60)]
        assert await server.get("/scheme", trusting(authority)) == (200, b'"https"')
        assert await silent[0].rest() == b""
        await silent[-1].send(b"\x16")  # the last ones may still shake hands


async def test_who_is_known_has_the_limits_of_everybody(
    authority: Authority, own: Certificate
) -> None:
    limits = settings(own, header_deadline_seconds=0.5)
    async with served(app(), limits) as server:
        client = await server.connect(trusting(authority))
        await client.send(b"GET /scheme HTTP/1.1\r\n")
        answer = await client.rest()
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 408


async def test_who_is_still_sending_reads_the_answer(
    authority: Authority, own: Certificate
) -> None:
    async with served(app(), settings(own)) as server:
        client = await server.connect(trusting(authority))
        await client.send(b"POST /refused HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n")
        sending = asyncio.create_task(_send_on(client))
        await asyncio.sleep(1.0)  # long after the answer: it is still there
        assert (await client.answer())[0] == 413
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def _send_on(client: Client) -> None:
    while True:
        await client.send(b"x" * 100)
        await asyncio.sleep(0.01)


@pytest.mark.usefixtures("looking_always")
async def test_another_certificate_is_shown_once_it_is_there(
    authority: Authority, own: Certificate
) -> None:
    async with served(app(), settings(own)) as server:
        assert await name_shown(server, authority) == "service"
        kept = await server.connect(trusting(authority))
        renewed = authority.certificate("renewed")
        # the certificate first: until its key is there too, the one before is shown
        renewed.chain.replace(own.chain)
        assert await name_shown(server, authority) == "service"
        renewed.key.replace(own.key)
        assert await name_shown(server, authority) == "renewed"
        await kept.send(b"GET /scheme HTTP/1.1\r\nhost: x\r\n\r\n")
        assert await kept.answer() == (200, b'"https"')


@pytest.mark.usefixtures("looking_always")
async def test_a_certificate_that_is_gone_leaves_the_one_before(
    authority: Authority, own: Certificate
) -> None:
    async with served(app(), settings(own)) as server:
        own.chain.unlink()
        assert await name_shown(server, authority) == "service"


async def test_a_file_that_cannot_be_used_is_told_before_anything_listens(
    own: Certificate, tmp_path: Path
) -> None:
    with pytest.raises(WrongFile, match="AFTERCARE_HTTP__TLS_KEY_FILE: "):
        async with served(app(), settings(own, tls_key_file=tmp_path / "none.key")):
            pass
