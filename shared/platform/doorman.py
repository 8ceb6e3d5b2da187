"""Knows who asks by what they show: a key, or a token."""

import asyncio
import base64
import binascii
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from shared.auth.keys import ApiKey, ShownKey, is_a_key, read_key
from shared.auth.principal import KEY_HOLDERS, TOKEN_HOLDERS, Principal
from shared.auth.scopes import Scope
from shared.platform.errors import TransientFailure
from shared.platform.keys import Keys
from shared.time.clock import TimeSource

KEPT_FOR = timedelta(seconds=1)
"""How long a key is taken for what it was when it was last looked at: after so long at most one
that was revoked opens nothing more."""
MOST_KEPT = 10_000
USE_NOTED_EVERY = timedelta(minutes=1)

log = structlog.get_logger()


class Unauthenticated(Exception):
    """Nobody that we know. Its text says what is to be shown, and nothing of what was."""


class Tokens(Protocol):
    """Knows whom a bearer token is of."""

    async def principal(self, token: str) -> Principal:
        """Raises `Unauthenticated`, and `TransientFailure` while that cannot be said."""
        ...


class Doorman:
    """Knows who asks. One for all requests of a process."""

    def __init__(self, keys: Keys, clock: TimeSource, *, tokens: Tokens | None = None) -> None:
        self._keys = keys
        self._clock = clock
        self._tokens = tokens
        self._seen: dict[str, tuple[ApiKey | None, datetime]] = {}
        self._noted: dict[str, datetime] = {}
        self._noting: set[asyncio.Task[None]] = set()

    async def principal(self, authorization: str | None, *, reads: bool) -> Principal:
        """Who shows this `Authorization`; `reads`: the request changes nothing, so that a password
        may be a key, for browsers and calendars, which send passwords by themselves.

        Raises `Unauthenticated`, and `TransientFailure` while it cannot be said.
        """
        shown = _shown(authorization or "", basic=reads)
        if is_a_key(shown):
            return await self._holder(read_key(shown))
        if self._tokens is None:
            raise Unauthenticated("this is no key of ours")
        return await self._tokens.principal(shown)

    async def still_may(
        self, principal_id: str, scope: Scope, dealer_id: str, source: str | None = None
    ) -> bool:
        """Whether the holder of a key, who showed it before, may still do this; not where it was
        revoked, has expired or is gone. What holders of tokens might do is as it was when they
        showed them. Raises `TransientFailure` while it cannot be said.
        """
        kind, _, key_id = principal_id.partition("/")
        if kind != KEY_HOLDERS:
            return kind == TOKEN_HOLDERS
        key = await self._key(key_id)
        if key is None or key.state(self._clock.now()) != "valid":
            return False
        return key.principal().may(scope, dealer_id, source)

    async def _holder(self, shown: ShownKey | None) -> Principal:
        key = None if shown is None else await self._key(shown.id)
        if shown is None or key is None or not key.is_held_by(shown.secret):
            raise Unauthenticated("this is no key of ours")
        now = self._clock.now()
        match key.state(now):
            case "revoked":
                raise Unauthenticated("this key was revoked")
            case "expired":
                raise Unauthenticated("this key has expired")
            case "valid":
                self._note_use(key.id, now)
                return key.principal()

    async def _key(self, key_id: str) -> ApiKey | None:
        now = self._clock.now()
        known = self._seen.get(key_id)
        if known is not None and now - KEPT_FOR < known[1] <= now:
            return known[0]
        found = await self._keys.find(key_id)
        if len(self._seen) >= MOST_KEPT:
            self._seen.clear()
        self._seen[key_id] = (found, now)
        return found

    def _note_use(self, key_id: str, now: datetime) -> None:
        """Nobody waits for it, and nothing fails with it."""
        noted = self._noted.get(key_id)
        if noted is not None and now - noted < USE_NOTED_EVERY:
            return
        self._noted[key_id] = now
        task = asyncio.create_task(self._write_use(key_id, now))
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)

    async def _write_use(self, key_id: str, now: datetime) -> None:
        try:
            await self._keys.used(key_id, now)
        except TransientFailure as failure:
            self._noted.pop(key_id, None)
            log.warning("the use of a key was not noted", because=str(failure))


def _shown(authorization: str, *, basic: bool) -> str:
    """What stands for the one who asks. Raises `Unauthenticated` where nothing does."""
    scheme, _, rest = authorization.strip().partition(" ")
    match scheme.lower():
        case "bearer" if rest.strip():
            return rest.strip()
        case "basic" if basic:
            return _password(rest.strip())
        case "basic":
            raise Unauthenticated("a password is taken for reading alone: send Bearer and the key")
        case _:
            raise Unauthenticated("send Authorization: Bearer and a key or a token")


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        raise Unauthenticated("the password cannot be read") from None
