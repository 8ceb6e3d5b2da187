"""The keys of an OpenID Connect issuer, read from it when they are needed.

They are asked for again when a token names one that is not among them, and now and then. While the
issuer is away those that are known are used.
"""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import jwt
import structlog

from shared.auth.tokens import can_be_believed
from shared.platform.errors import TransientFailure
from shared.platform.token_keys import KeySet, WrongKeys, key_set
from shared.settings import PREFIX
from shared.time.clock import TimeSource

DOCUMENT = "/.well-known/openid-configuration"
PATIENCE_SECONDS = 5.0
MOST_BYTES = 256 * 1024
"""Of each of its answers."""
AGAIN_AFTER = timedelta(seconds=10)
"""How long it is left alone after it was asked, whatever strangers send."""
CURRENT_FOR = timedelta(minutes=10)
KNOWN_FOR = timedelta(days=1)
"""How long keys are used while their issuer is away."""

log = structlog.get_logger()


class IssuerKeys:
    """Those that an issuer has. One for all requests of a process."""

    def __init__(self, read: Callable[[], Awaitable[KeySet]], clock: TimeSource) -> None:
        """`read` asks the issuer, and raises `TransientFailure` where it does not answer."""
        self._read = read
        self._clock = clock
        self._keys: KeySet | None = None
        self._read_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._failure: TransientFailure | None = None
        self._asking = asyncio.Lock()

    async def find(self, key_id: str | None, algorithm: str) -> jwt.PyJWK | None:
        is_current = self._is_within(CURRENT_FOR, self._read_at)
        if not is_current and not self._asking.locked():  # nobody waits for another's answer
            await self._ask()
        found = self._find(key_id, algorithm)
        if found is None:
            await self._ask()
            found = self._find(key_id, algorithm)
        if found is None and self._failure is not None:
            raise TransientFailure(str(self._failure))
        return found

    def _find(self, key_id: str | None, algorithm: str) -> jwt.PyJWK | None:
        known = self._keys is not None and self._is_within(KNOWN_FOR, self._read_at)
        return self._keys.find(key_id, algorithm) if self._keys is not None and known else None

    async def _ask(self) -> None:
        """One asks for all; the others wait for the same answer."""
        async with self._asking:
            if self._is_within(AGAIN_AFTER, self._asked_at):
                return
            self._asked_at = self._clock.now()
            try:
                self._keys, self._failure = await self._read(), None
            except TransientFailure as failure:
                self._failure = failure
                log.warning("the keys of the issuer are not to be had", because=str(failure))
            else:
                self._read_at = self._clock.now()

    def _is_within(self, span: timedelta, since: datetime | None) -> bool:
        return since is not None and since <= self._clock.now() < since + span


async def read_issuer(issuer: str, tls: ssl.SSLContext) -> KeySet:
    """The keys that an issuer has at present. Raises `TransientFailure`, whose text names the
    setting to look at."""
    try:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            httpx.AsyncClient(verify=tls, timeout=PATIENCE_SECONDS) as client,
        ):
            document = _object(await _answer(client, issuer.rstrip("/") + DOCUMENT))
            if document.get("issuer") != issuer:
                raise _Wrong("its document is of another issuer")
            address = document.get("jwks_uri")
            if not isinstance(address, str) or not can_be_believed(address):
                raise _Wrong("its document names no jwks_uri over TLS")
            return key_set(await _answer(client, address), all_usable=False)
    except (_Wrong, WrongKeys) as wrong:
        why = str(wrong)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:  # a TimeoutError is one
        why = _in_words(error)
    raise TransientFailure(f"{PREFIX}AUTH__ISSUER: {why}")


class _Wrong(Exception):
    """What an issuer does not say."""


async def _answer(client: httpx.AsyncClient, address: str) -> bytes:
    """What is answered there; nobody is followed elsewhere, and nothing is unpacked."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    async with client.stream("GET", address, headers=headers, follow_redirects=False) as answer:
        if answer.status_code != httpx.codes.OK:
            raise _Wrong(f"it answers {answer.status_code}")
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise _Wrong("it packs what it answers")
        content = b""
        async for part in answer.aiter_raw():
            content += part
            if len(content) > MOST_BYTES:
                raise _Wrong("its answer is too long")
    return content


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _Wrong("its document is no JSON object")
    return found


def _in_words(error: Exception) -> str:
    if "certificate verify failed" in str(error).lower():
        return f"its certificate is not trusted: {PREFIX}AUTH__CA_FILE names who signed it"
    timed_out = isinstance(error, TimeoutError | httpx.TimeoutException)
    return "it does not answer in time" if timed_out else "it cannot be reached"
