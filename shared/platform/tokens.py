"""Whose bearer tokens are accepted: those that an issuer whom we know has signed, for us.

What a token says of itself decides nothing but which key of which issuer is tried.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import jwt

from shared.auth.principal import Principal
from shared.auth.tokens import Bearer, Expected, WrongToken, bearer
from shared.platform.doorman import Unauthenticated
from shared.platform.issuer import IssuerKeys, read_issuer
from shared.platform.tls import TlsFiles, client_context
from shared.platform.token_keys import ALGORITHMS, FileKeys, KeySource
from shared.settings import PREFIX, AuthSettings
from shared.time.clock import TimeSource

LONGEST = 8192
"""Characters of a token."""
KEPT_FOR = timedelta(minutes=1)
"""How long a token is taken for what it was: after so long none is accepted whose key is gone."""
MOST_KEPT = 10_000

_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_READ_ONLY = jwt.PyJWT()
_SIGNATURES = jwt.PyJWS(
    [*ALGORITHMS], {"verify_signature": True, "enforce_minimum_key_length": True}
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose tokens are accepted, and what they have to say."""

    expected: Expected
    keys: KeySource


@dataclass(frozen=True, slots=True)
class _Seen:
    """A token that held."""

    principal: Principal
    at: datetime
    until: datetime


class SignedTokens:
    """As `shared.platform.doorman.Tokens` promises. One for all requests of a process."""

    def __init__(self, issuers: Mapping[str, Issuer], clock: TimeSource) -> None:
        """`issuers` by what their tokens have in `iss`."""
        self._issuers = issuers
        self._clock = clock
        self._seen: dict[bytes, _Seen] = {}

    async def principal(self, token: str) -> Principal:
        if len(token) > LONGEST or _TOKEN.fullmatch(token) is None:
            raise Unauthenticated("this is neither a key of ours nor a token")
        digest = hashlib.sha256(token.encode()).digest()
        seen, now = self._seen.get(digest), self._clock.now()
        if seen is not None and seen.at <= now < seen.until:
            return seen.principal
        try:
            found = await self._bearer(token)
        except WrongToken as wrong:
            raise Unauthenticated(str(wrong)) from None
        if len(self._seen) >= MOST_KEPT:
            self._seen.clear()
        until = min(now + KEPT_FOR, found.expires_at)
        self._seen[digest] = _Seen(found.principal, now, until)
        return found.principal

    async def _bearer(self, token: str) -> Bearer:
        """Raises `WrongToken` and `TransientFailure`."""
        header, claims = _opened(token)
        name = claims.get("iss")
        issuer = self._issuers.get(name) if isinstance(name, str) else None
        if issuer is None:
            raise WrongToken("this token is of an issuer whom we do not know")
        key = await issuer.keys.find(header.get("kid"), header["alg"])
        if key is None:
            raise WrongToken("this token is signed with a key that its issuer does not have")
        _check_signature(token, key, header["alg"])
        return bearer(claims, issuer.expected, self._clock.now())


def known_tokens(settings: AuthSettings, clock: TimeSource) -> SignedTokens | None:
    """The tokens that these settings accept; None where they accept none.

    Raises `WrongFile`. Connects to nobody yet.
    """
    sources: dict[str, KeySource] = {}
    if settings.jwks_file is not None:
        sources[settings.jwks_issuer] = FileKeys(settings.jwks_file, clock)
    if settings.issuer:
        tls = client_context(issuer_files(settings))
        sources[settings.issuer] = IssuerKeys(partial(read_issuer, settings.issuer, tls), clock)
    issuers = {
        name: Issuer(
            Expected(issuer=name, audience=settings.audience, claim=settings.claim), source
        )
        for name, source in sources.items()
    }
    return SignedTokens(issuers, clock) if issuers else None


def issuer_files(settings: AuthSettings) -> TlsFiles:
    """Those that the issuer is reached with."""
    return TlsFiles(settings=f"{PREFIX}AUTH__", authorities=settings.ca_file)


def _opened(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stands in it, whoever wrote it. Raises `WrongToken` where we would never accept it."""
    try:
        found = _READ_ONLY.decode_complete(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise WrongToken("this is neither a key of ours nor a token") from None
    header, claims = found["header"], found["payload"]
    kind, algorithm = header.get("typ", "JWT"), header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise WrongToken("this token is not signed in a way that is accepted")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise WrongToken("this is a token for something else: its typ is neither JWT nor at+jwt")
    if "crit" in header or "b64" in header:
        raise WrongToken("this token asks for something that is not known here")
    return header, claims


def _check_signature(token: str, key: jwt.PyJWK, algorithm: str) -> None:
    try:
        _SIGNATURES.decode_complete(token, key=key, algorithms=[algorithm])
    except (jwt.PyJWTError, ValueError, TypeError):
        raise WrongToken("this token's signature does not hold") from None
