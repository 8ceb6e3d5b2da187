"""MongoDB over TLS, which is ended before the database: the embedded one speaks none."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pymongo.errors import OperationFailure

from shared.platform.errors import TransientFailure
from shared.platform.mongo import Mongo, transient
from shared.settings import MongoSettings
from tests.certificates import HERE, Authority
from tests.servers import ON_A_DATABASE, Driver, MongoServer

PASSWORD = "open sesame"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "certificates")


@asynccontextmanager
async def before(server: MongoServer, context: ssl.SSLContext) -> AsyncIterator[str]:
    """The address of what ends TLS in front of a database."""
    host, _, port = server.uri.rpartition("/")[2].partition(":")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection(host, int(port))
        await asyncio.gather(_pass_on(reader, outer), _pass_on(inner, writer))

    serving = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield f"127.0.0.1:{serving.sockets[0].getsockname()[1]}"
    finally:
        serving.close()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await source.read(65536):
            target.write(some)
            await target.drain()
    target.close()


def ending(authority: Authority, hosts: tuple[str, ...] = HERE) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority.certificate("mongo", hosts).together)
    return context


async def pinged(settings: MongoSettings) -> str:
    """What keeps it; empty: it answers."""
    mongo = Mongo(settings, "tried")
    try:
        await mongo.ping()
    except TransientFailure as failure:
        return str(failure)
    finally:
        await mongo.close()
    return ""


@pytest.mark.parametrize("driver", ON_A_DATABASE)
async def test_it_is_reached_over_tls(
    mongo_server: MongoServer, authority: Authority, driver: Driver
) -> None:
    asking = ending(authority)
    asking.verify_mode = ssl.CERT_REQUIRED
    asking.load_verify_locations(authority.file)
    own = authority.certificate("scoring")
    both = authority.folder / "scoring-both.pem"
    both.write_bytes(own.encrypted(PASSWORD).read_bytes() + own.chain.read_bytes())
    async with before(mongo_server, asking) as address:
        trusting = MongoSettings(
            uri=SecretStr(f"mongodb://{address}"), driver=driver, tls_ca_file=authority.file
        )
        known = trusting.model_copy(
            update={"tls_certificate_file": both, "tls_key_password": SecretStr(PASSWORD)}
        )
        assert await pinged(known) == ""
        in_the_uri = f"mongodb://{address}/?tls=true&tlsCAFile={authority.file}"
        named = known.model_copy(update={"uri": SecretStr(in_the_uri), "tls_ca_file": None})
        assert await pinged(named) == ""
        refused = await pinged(trusting)
    assert "AFTERCARE_MONGO__TLS_CERTIFICATE_FILE" in refused


Spoil = Callable[[Authority, str], MongoSettings]


def _strange_authority(authority: Authority, address: str) -> MongoSettings:
    stranger = Authority(authority.folder / "stranger")
    return MongoSettings(uri=SecretStr(f"mongodb://{address}"), tls_ca_file=stranger.file)


def _usual_authorities(authority: Authority, address: str) -> MongoSettings:
    return MongoSettings(uri=SecretStr(f"mongodb://{address}/?tls=true"))


def _no_tls(authority: Authority, address: str) -> MongoSettings:
    return MongoSettings(uri=SecretStr(f"mongodb://{address}"))


@pytest.mark.parametrize(
    ("spoil", "words", "setting"),
    [
        (_strange_authority, "is not trusted", "AFTERCARE_MONGO__TLS_CA_FILE"),
        (_usual_authorities, "is not trusted", "AFTERCARE_MONGO__TLS_CA_FILE"),
        (_no_tls, "it may want TLS", "AFTERCARE_MONGO__URI"),
    ],
)
async def test_what_is_wrong_is_told_with_its_setting(
    mongo_server: MongoServer, authority: Authority, spoil: Spoil, words: str, setting: str
) -> None:
    async with before(mongo_server, ending(authority)) as address:
        told = await pinged(spoil(authority, address))
    assert words in told
    assert setting in told


async def test_a_server_by_another_name_is_told(
    mongo_server: MongoServer, authority: Authority
) -> None:
    async with before(mongo_server, ending(authority, ("elsewhere.example",))) as address:
        uri = SecretStr(f"mongodb://{address}")
        told = await pinged(MongoSettings(uri=uri, tls_ca_file=authority.file))
    assert told == (
        "database: the server's certificate is not for the name that AFTERCARE_MONGO__URI has"
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (18, "database: user or password is refused: look at AFTERCARE_MONGO__URI"),
        (13, "it needs readWrite on this service's database"),
        (1, "database: OperationFailure"),
    ],
)
async def test_who_is_refused_is_told_and_not_what_was_said(code: int, words: str) -> None:
    details: dict[str, Any] = {"errmsg": "anna may not", "code": code}
    with pytest.raises(TransientFailure) as told:
        async with transient():
            raise OperationFailure("anna may not", code, details)
    assert words in str(told.value)
    assert "anna" not in str(told.value)
