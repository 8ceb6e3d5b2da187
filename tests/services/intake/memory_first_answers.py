"""First answers in memory; honours the same contract suite as those in MongoDB."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from services.intake.domain.first_answers import (
    GivenAnswer,
    KeyClaim,
    KeyRow,
    KeyTaken,
    claimed,
    taken,
)
from shared.platform.errors import TransientFailure


class MemoryFirstAnswers:
    """Rows in a dictionary; `away` makes every call fail."""

    def __init__(self) -> None:
        self.rows: dict[str, KeyRow] = {}
        self.away = False

    async def claim(self, key: str, *, digest: str, now: datetime) -> KeyClaim | KeyTaken:
        self._called()
        row = self.rows.get(key)
        found = None if row is None else taken(row, digest=digest, now=now)
        if found is not None:
            return found
        token = uuid4().hex
        self.rows[key] = claimed(digest=digest, token=token, now=now)
        return KeyClaim(key, token)

    async def keep(self, claim: KeyClaim, answer: GivenAnswer) -> None:
        self._called()
        row = self.rows.get(claim.key)
        if row is not None and row.token == claim.token:
            self.rows[claim.key] = replace(row, answer=answer)

    async def release(self, claim: KeyClaim) -> None:
        self._called()
        row = self.rows.get(claim.key)
        if row is not None and row.token == claim.token:
            del self.rows[claim.key]

    def _called(self) -> None:
        if self.away:
            raise TransientFailure("away")
