"""The first answer to a key, and who may give it: the same request again is not done again. Pure.

A key stands for one request, told from others by a digest. Who claims it does the work; what was
answered is kept for a day. A claim that nobody followed up, after a crash, may be claimed anew:
documents are known by themselves, so that work which is done twice changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

KEPT_FOR = timedelta(days=1)
CLAIMED_FOR = timedelta(seconds=30)
"""Hardly any request takes longer. After it the claim is taken for one that a crash left behind."""
MOST_BYTES_KEPT = 1_000_000
"""Of one answer, packed; a larger one is not kept."""


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What was answered."""

    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """What is kept of a key."""

    digest: str
    """Of the request."""
    token: str
    """Names the claim: whoever has it may write the answer."""
    claimed_until: datetime
    expires_at: datetime
    answer: GivenAnswer | None = None


@dataclass(frozen=True, slots=True)
class KeyClaim:
    """The work is yours."""

    key: str
    token: str


KeyTaken: TypeAlias = GivenAnswer | Literal["in hand", "other request"]
"""Answered before; being worked on; or known for another request."""


def taken(row: KeyRow, *, digest: str, now: datetime) -> KeyTaken | None:
    """What a key is taken for; None: it may be claimed."""
    if row.expires_at <= now:
        return None
    if row.answer is None and row.claimed_until <= now:
        return None
    if row.digest != digest:
        return "other request"
    return "in hand" if row.answer is None else row.answer


def claimed(*, digest: str, token: str, now: datetime) -> KeyRow:
    """A key that is claimed now."""
    return KeyRow(
        digest=digest, token=token, claimed_until=now + CLAIMED_FOR, expires_at=now + KEPT_FOR
    )
