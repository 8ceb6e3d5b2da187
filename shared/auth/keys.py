"""Keys of machines: what is kept of one, and whether who shows one is its holder.

A key is `ac_` + its id + `_` + its secret. The id is no secret: it names the key in lists. Of the
secret only a digest is kept; 32 random bytes need no slow one.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from shared.auth.principal import KEY_HOLDERS, Grant, Principal

ID_LETTERS, SECRET_LETTERS = 10, 43
PREFIX = "ac_"

_KEY = re.compile(rf"{PREFIX}([a-z0-9]{{{ID_LETTERS}}})_([A-Za-z0-9_-]{{{SECRET_LETTERS}}})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is kept of a key."""

    id: str
    name: str
    """What its maker calls it."""
    digest: str
    grant: Grant
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def __repr__(self) -> str:
        return f"ApiKey({self.shown})"

    @property
    def shown(self) -> str:
        """What of the key may be shown to anybody."""
        return f"{PREFIX}{self.id}"

    def state(self, now: datetime) -> "KeyState":
        if self.revoked_at is not None and self.revoked_at <= now:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= now:
            return "expired"
        return "valid"

    def is_held_by(self, secret: str) -> bool:
        """Whether this is its secret; takes as long whatever it is."""
        return hmac.compare_digest(self.digest, digest_of(secret))

    def principal(self) -> Principal:
        """Who its holder is."""
        return Principal(id=f"{KEY_HOLDERS}/{self.id}", grants=(self.grant,))


KeyState: TypeAlias = Literal["valid", "revoked", "expired"]


@dataclass(frozen=True, slots=True)
class ShownKey:
    """What somebody shows as their key."""

    id: str
    secret: str

    def __repr__(self) -> str:
        return f"ShownKey({self.id})"

    def text(self) -> str:
        """The key as its holder keeps it. Secret."""
        return f"{PREFIX}{self.id}_{self.secret}"


def is_a_key(text: str) -> bool:
    """Whether it is meant to be a key, well written or not; a token begins otherwise."""
    return text.startswith(PREFIX)


def read_key(text: str) -> ShownKey | None:
    """The parts of a key; None where it cannot be one."""
    found = _KEY.fullmatch(text)
    return None if found is None else ShownKey(found[1], found[2])


def digest_of(secret: str) -> str:
    """What is kept instead of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
