"""An issuer's keys: read from it over HTTP, known while it is away, asked for again seldom."""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi import Response

from shared.platform.errors import TransientFailure
from shared.platform.issuer import (
    AGAIN_AFTER,
    CURRENT_FOR,
    DOCUMENT,
    KNOWN_FOR,
    MOST_BYTES,
    IssuerKeys,
    read_issuer,
)
from shared.platform.tls import TlsFiles, client_context
from shared.settings import HttpSettings
from shared.testing.clock import ManualClock
from tests.certificates import Authority
from tests.issuer import Provider, Signer, jwks, no_tls, provided

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
FIRST, SECOND, THIRD = Signer("first"), Signer("second", "RS256", "RSA"), Signer("third")
ONCE = [DOCUMENT, "/keys"]


class Knowing:
    """What is known of a provider's keys."""

    def __init__(self, issuer: str) -> None:
        self.clock = ManualClock(NOW)
        self.keys = IssuerKeys(partial(read_issuer, issuer, no_tls()), self.clock)

    async def knows(self, signer: Signer) -> bool:
        return await self.keys.find(signer.id, signer.algorithm) is not None


async def test_nobody_is_asked_before_a_token_is_shown() -> None:
    provider = Provider([FIRST.jwk()])
    async with provided(provider) as issuer:
        knowing = Knowing(issuer)
        assert provider.asked == []
        assert await knowing.knows(FIRST)
        assert await knowing.knows(FIRST)
        assert provider.asked == ONCE


async def test_one_asks_for_all_who_wait() -> None:
    provider = Provider([FIRST.jwk()])
    provider.answers.clear()
    async with provided(provider) as issuer:
        knowing = Knowing(issuer)
        waiting = asyncio.gather(*(knowing.knows(FIRST) for _ in range(20)))
        while not provider.asked:  # noqa: ASYNC110 - the server has nothing to wait for
            await asyncio.sleep(0)
        provider.answers.set()
        assert all(await waiting)
        assert provider.asked == ONCE


async def test_a_new_key_is_found_when_a_token_names_it() -> None:
    provider = Provider([FIRST.jwk()])
    async with provided(provider) as issuer:
        knowing = Knowing(issuer)
        assert await knowing.knows(FIRST)
        provider.keys = [SECOND.jwk(), FIRST.jwk()]
        assert not await knowing.knows(SECOND), "it was asked a moment ago"
        knowing.clock.advance(AGAIN_AFTER)
        assert await knowing.knows(SECOND)
        assert await knowing.knows(FIRST)
        assert provider.asked == ONCE * 2


async def test_whatever_strangers_name_it_is_asked_seldom() -> None:
    provider = Provider([FIRST.jwk()])
    async with provided(provider) as issuer:
        knowing = Knowing(issuer)
        for name in range(50):
            assert not await knowing.knows(Signer(f"invented-{name}"))
        assert provider.asked == ONCE
        assert await knowing.knows(FIRST)


async def test_a_key_that_was_withdrawn_is_forgotten() -> None:
    provider = Provider([FIRST.jwk(), SECOND.jwk()])
    async with provided(provider) as issuer:
        knowing = Knowing(issuer)
        assert await knowing.knows(FIRST)
        provider.keys = [SECOND.jwk()]
        knowing.clock.advance(CURRENT_FOR)
        assert not await knowing.knows(FIRST)
        assert await knowing.knows(SECOND)
        assert provider.asked == ONCE * 2


async def test_who_shows_a_known_key_does_not_wait_for_anothers_answer() -> None:
    provider = Provider([FIRST.jwk()])
    async with provided(provider) as issuer:
        knowing = Knowing(issuer)
        assert await knowing.knows(FIRST)
        provider.answers.clear()
        knowing.clock.advance(CURRENT_FOR)
        asking = asyncio.create_task(knowing.knows(FIRST))
        while provider.asked == ONCE:  # noqa: ASYNC110 - the server has nothing to wait for
            await asyncio.sleep(0)
        assert await knowing.knows(FIRST)
        assert not asking.done()
        provider.answers.set()
        assert await asking


async def test_while_it_is_away_the_known_keys_are_used_for_a_day() -> None:
    provider = Provider([FIRST.jwk()])
    async with provided(provider) as issuer:
        knowing = Knowing(issuer)
        assert await knowing.knows(FIRST)
    knowing.clock.advance(KNOWN_FOR - AGAIN_AFTER)
    assert await knowing.knows(FIRST)
    with pytest.raises(TransientFailure, match="AFTERCARE_AUTH__ISSUER: it cannot be reached"):
        await knowing.knows(SECOND)  # it may be a new one
    knowing.clock.advance(AGAIN_AFTER)
    with pytest.raises(TransientFailure):
        await knowing.knows(FIRST)


async def test_it_may_come_later_than_the_service() -> None:
    provider = Provider([FIRST.jwk()])
    provider.instead = Response(status_code=503)
    async with provided(provider) as issuer:
        knowing = Knowing(issuer)
        for _ in range(3):
            with pytest.raises(TransientFailure, match="it answers 503"):
                await knowing.knows(FIRST)
        assert provider.asked == [DOCUMENT], "it is left alone for a while"
        provider.instead = None
        knowing.clock.advance(AGAIN_AFTER)
        assert await knowing.knows(FIRST)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Response(status_code=404), "404"),
        (Response(status_code=302, headers={"location": "/keys"}), "302"),
        (Response(status_code=307, headers={"location": "https://evil.example"}), "307"),
        (Response(b"{"), "no JSON object"),
        (Response(b"[]"), "no JSON object"),
        (Response(b"[" * 100_000), "no JSON object"),
        (Response(b" " * (MOST_BYTES + 1)), "too long"),
        (Response(b"{}", headers={"content-encoding": "gzip"}), "packs"),
        (Response(b"{}"), "another issuer"),
        (Response(jwks(FIRST.jwk())), "another issuer"),
    ],
    ids=range(10),
)
async def test_an_answer_that_is_none(answer: Response, why: str) -> None:
    provider = Provider([FIRST.jwk()], instead=answer)
    async with provided(provider) as issuer:
        with pytest.raises(TransientFailure, match=f"AFTERCARE_AUTH__ISSUER: .*{why}"):
            await read_issuer(issuer, no_tls())
        assert provider.asked == [DOCUMENT]


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"issuer": "https://evil.example"}, "another issuer"),
        ({"issuer": None}, "another issuer"),
        ({"jwks_uri": None}, "no jwks_uri"),
        ({"jwks_uri": 7}, "no jwks_uri"),
        ({"jwks_uri": "http://evil.example/keys"}, "no jwks_uri"),
        ({"jwks_uri": "file:///etc/passwd"}, "no jwks_uri"),
        ({"jwks_uri": "/keys"}, "no jwks_uri"),
        ({"jwks_uri": "https://anna:sesame@login.example/keys"}, "no jwks_uri"),
    ],
)
async def test_a_document_that_leads_elsewhere_is_not_followed(
    document: Mapping[str, Any], why: str
) -> None:
    provider = Provider([FIRST.jwk()], document=dict(document))
    async with provided(provider) as issuer:
        with pytest.raises(TransientFailure, match=why):
            await read_issuer(issuer, no_tls())
        assert provider.asked == [DOCUMENT]


@pytest.mark.parametrize("keys", [[], [{"kty": "oct", "k": "c2VjcmV0", "kid": "first"}]])
async def test_an_issuer_without_a_key_is_as_if_away(keys: list[dict[str, Any]]) -> None:
    async with provided(Provider(keys)) as issuer:
        with pytest.raises(TransientFailure, match="AFTERCARE_AUTH__ISSUER: "):
            await read_issuer(issuer, no_tls())


async def test_one_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.platform.issuer.PATIENCE_SECONDS", 0.05)
    provider = Provider([FIRST.jwk()])
    provider.answers.clear()
    async with provided(provider) as issuer:
        with pytest.raises(TransientFailure, match="in time"):
            await read_issuer(issuer, no_tls())
        provider.answers.set()


async def test_over_tls_only_the_issuer_itself_is_believed(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    own = authority.certificate("issuer")
    http = HttpSettings(tls_certificate_file=own.chain, tls_key_file=own.key)
    async with provided(Provider([FIRST.jwk()]), http) as issuer:
        trusting = client_context(TlsFiles(settings="x", authorities=authority.file))
        found = await read_issuer(issuer, trusting)
        assert found.find(FIRST.id, FIRST.algorithm) is not None
        with pytest.raises(TransientFailure, match="not trusted: AFTERCARE_AUTH__CA_FILE"):
            await read_issuer(issuer, ssl.create_default_context())
