"""Signing in with an OpenID Connect issuer: what browsers carry, and whom it names."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias

from services.desk.domain.users import User, checked_grant
from shared.auth.principal import WrongGrant

GOOD_FOR = timedelta(minutes=10)
"""How long somebody may take to sign in there."""
PREFIX = "oidc:"
"""What the names of an issuer's users begin with: no user of the desk's own has such a one."""
MOST_OF_A_NAME = 100
_MOST_OF_A_SUBJECT = 255

Why: TypeAlias = Literal[
    "refused", "astray", "forged", "nobody", "no role", "no staff id", "disabled"
]
"""`astray`: what comes back is not the way back of this browser."""


class NotLetInElsewhere(Exception):
    """Somebody who did not come back from the issuer as one who may use the desk."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """One way there and back. All of it follows from what the browser keeps and from a key of the
    desk, so that it can be gone by this browser alone, and is kept nowhere else."""

    kept: str = field(repr=False)
    """In a cookie."""
    key: bytes = field(repr=False)

    @classmethod
    def begin(cls, key: bytes, *, chance: str, now: datetime, then: str) -> "RoundTrip":
        """`chance`: at random, without dots; `then`: the page that is asked for."""
        where = urlsafe_b64encode(then.encode()).decode()
        return cls(f"{int(now.timestamp())}.{chance}.{where}", key)

    @property
    def state(self) -> str:
        """Comes back with them."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Stands in the token of the issuer."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Shows the issuer that who exchanges the code is who began (PKCE)."""
        return self._derived("verifier")

    def then(self, state: str, now: datetime) -> str:
        """The page that was asked for. Raises `NotLetInElsewhere` where this is not the way back of
        this browser, or it has taken too long."""
        if not hmac.compare_digest(self.state.encode(), state.encode()):
            raise NotLetInElsewhere("astray")
        began, _, rest = self.kept.partition(".")
        since = now - datetime.fromtimestamp(int(began), UTC)
        if not timedelta(seconds=-1) <= since <= GOOD_FOR:
            raise NotLetInElsewhere("astray")
        return urlsafe_b64decode(rest.partition(".")[2]).decode()

    def _derived(self, purpose: str) -> str:
        found = hmac.digest(self.key, f"{purpose} {self.kept}".encode(), "sha256")
        return urlsafe_b64encode(found).rstrip(b"=").decode()


def user_in(claims: Mapping[str, Any], *, claim: str, staff_id_claim: str) -> User:
    """Whom an issuer names. Raises `NotLetInElsewhere` where the desk can make no user of it.

    `claim`: that which lists `ROLE@DEALERS`; what is no role at all is for others.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _MOST_OF_A_SUBJECT:
        raise NotLetInElsewhere("nobody")
    grants = tuple(text for text in _texts(claims.get(claim)) if _is_grant(text))
    if not grants:
        raise NotLetInElsewhere("no role")
    staff_id = _text(claims.get(staff_id_claim))
    if staff_id is None:
        raise NotLetInElsewhere("no staff id")
    name = _text(claims.get("name")) or _text(claims.get("preferred_username")) or staff_id
    return User(
        username=f"{PREFIX}{subject}",
        name=name,
        staff_id=staff_id,
        grants=grants,
        language="zh" if str(claims.get("locale")).lower().startswith("zh") else "en",
    )


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return value.split()
    found = value if isinstance(value, list) else []
    return [each for each in dict.fromkeys(found) if isinstance(each, str)]


def _text(value: object) -> str | None:
    """A short, printable text."""
    text = value.strip() if isinstance(value, str) else ""
    return text if 0 < len(text) <= MOST_OF_A_NAME and text.isprintable() else None


def _is_grant(text: str) -> bool:
    try:
        checked_grant(text)
    except WrongGrant:
        return False
    return True
