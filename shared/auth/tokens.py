"""Whom a bearer token is of, from its claims. That its signature holds is known already."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from urllib.parse import urlsplit

from shared.auth.principal import Grant, Principal, WrongGrant
from shared.auth.roles import granted

LEEWAY = timedelta(seconds=30)
"""How far the clock of who issues tokens may be from ours."""
LONGEST = timedelta(hours=24)
"""How long a token may still be good for: none is ever revoked."""
MOST_OF_A_SUBJECT = 255

_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()

_HERE = frozenset({"127.0.0.1", "::1", "localhost"})

Claims: TypeAlias = Mapping[str, object]


class WrongToken(ValueError):
    """A token that lets nobody in. Its text says why, and nothing of what stands in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What tokens of an issuer have to say."""

    issuer: str
    audience: str
    """Whom they are for: us."""
    claim: str
    """The name of the claim that says what their holder may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whom a token is of, and how long."""

    principal: Principal
    expires_at: datetime


def bearer(claims: Claims, expected: Expected, now: datetime) -> Bearer:
    """Whom a token with these claims is of. Raises `WrongToken`.

    A token that grants nothing is one all the same: it is known who asks, and that they may not.
    """
    if claims.get("iss") != expected.issuer:
        raise WrongToken("this token is of an issuer whom we do not know")
    if not _is_for(claims.get("aud"), expected.audience):
        raise WrongToken("this token is not for us: its audience is another")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not _can_be_a_subject(subject):
        raise WrongToken("this token does not say whom it is of: sub")
    return Bearer(
        principal=Principal(
            id=_id_of(expected.issuer, subject),
            grants=tuple(_grants(claims.get(expected.claim))),
            subject=subject,
        ),
        expires_at=_checked_times(claims, now),
    )


def can_be_believed(address: str) -> bool:
    """Whether what is read from this address is what its owner says: it is read over TLS, or from
    this machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or not address.isprintable() or " " in address:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _HERE)


def _is_for(audience: object, us: str) -> bool:
    return us in audience if isinstance(audience, list) else audience == us


def _can_be_a_subject(text: str) -> bool:
    return 0 < len(text) <= MOST_OF_A_SUBJECT and text.isprintable() and not text.isspace()


def _id_of(issuer: str, subject: str) -> str:
    """The same for all tokens of the same holder; it does not tell who that is."""
    both = f"{issuer}\n{subject}"  # neither holds a line's end
    return f"token/{hashlib.sha256(both.encode()).hexdigest()[:32]}"


def _checked_times(claims: Claims, now: datetime) -> datetime:
    """When it expires. Raises `WrongToken`."""
    expires_at = _instant(claims, "exp")
    if expires_at is None:
        raise WrongToken("this token does not say how long it is good for: exp")
    if expires_at <= now - LEEWAY:
        raise WrongToken("this token has expired")
    if expires_at > now + LONGEST + LEEWAY:
        raise WrongToken(f"this token is good for too long: {LONGEST // timedelta(hours=1)} hours")
    for name in ("nbf", "iat"):
        begins_at = _instant(claims, name)
        if begins_at is not None and begins_at > now + LEEWAY:
            raise WrongToken(f"this token is not good yet: {name}")
    return expires_at


def _instant(claims: Claims, name: str) -> datetime | None:
    """None where there is none. Raises `WrongToken` where it is none."""
    if name not in claims:
        return None
    seconds = claims[name]
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise WrongToken(f"this token's {name} is no instant")
    if not 0 <= seconds <= _LATEST:  # NaN is not
        raise WrongToken(f"this token's {name} is no instant")
    return datetime.fromtimestamp(seconds, UTC)


def _grants(claim: object) -> Iterator[Grant]:
    """What is granted, as a list or in one text with spaces.

    What we do not understand grants nothing and spoils nothing: issuers put other words into the
    same claim, and services of two versions read the same tokens.
    """
    found = claim.split() if isinstance(claim, str) else claim
    listed = found if isinstance(found, list) else []
    for text in dict.fromkeys(each for each in listed if isinstance(each, str)):
        try:
            yield granted(text)
        except WrongGrant:
            continue
