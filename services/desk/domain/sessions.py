"""How long somebody stays signed in."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.desk.domain.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who has signed in, at one browser."""

    digest: str = field(repr=False)
    """Of the id that the browser has."""
    user: User
    began_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long sessions last."""

    whole: timedelta
    idle: timedelta

    def is_over(self, session: Session, now: datetime) -> bool:
        """Whether it has lasted too long, or nothing was done for too long."""
        return now >= session.began_at + self.whole or now >= session.used_at + self.idle


def digest_of(session_id: str) -> str:
    """What is kept of the id that a browser has."""
    return hashlib.sha256(session_id.encode()).hexdigest()
