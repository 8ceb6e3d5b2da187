"""Where first answers are kept, in intake's own database; see `domain/first_answers`."""

import asyncio
import gzip
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from services.intake.domain.first_answers import (
    MOST_BYTES_KEPT,
    GivenAnswer,
    KeyClaim,
    KeyRow,
    KeyTaken,
    claimed,
    taken,
)
from shared.platform.errors import Conflict
from shared.platform.mongo import ASCENDING, IndexModel, Mongo, transient
from shared.platform.mongo import Collection as MongoCollection

COLLECTION = "first_answers"
MOST_KEPT = 500_000
"""The most keys that are remembered; the oldest make room."""
ROOM_MADE_EVERY = 1_000
"""Once in as many claims of an instance it is looked whether there are too many."""
ATTEMPTS = 5


class FirstAnswers(Protocol):
    """Keeps the first answer to each key. Calls raise `TransientFailure` when it cannot."""

    async def claim(self, key: str, *, digest: str, now: datetime) -> KeyClaim | KeyTaken:
        """The work, if the key is free; else what it is taken for."""
        ...

    async def keep(self, claim: KeyClaim, answer: GivenAnswer) -> None:
        """This is the answer from now on, unless another has claimed the key meanwhile."""
        ...

    async def release(self, claim: KeyClaim) -> None:
        """Nothing was done: whoever comes next may do it."""
        ...


class MongoFirstAnswers:
    """In MongoDB, for all instances. Connects on first use."""

    def __init__(self, mongo: Callable[[], Mongo], *, most_kept: int = MOST_KEPT) -> None:
        self._mongo = mongo
        self._most_kept = most_kept
        self._claims = 0

    async def prepare(self) -> None:
        """Create the index; repeating it changes nothing."""
        ends = IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="ends")
        async with transient():
            await self._rows.create_indexes([ends])

    async def claim(self, key: str, *, digest: str, now: datetime) -> KeyClaim | KeyTaken:
        await self._make_room()
        token = uuid4().hex
        document = {"_id": key, **_written(claimed(digest=digest, token=token, now=now))}
        for _ in range(ATTEMPTS):
            if await self._inserted(document):
                return KeyClaim(key, token)
            async with transient():
                found = await self._rows.find_one({"_id": key})
            if found is None:
                continue
            row = _row(found)
            is_taken = taken(row, digest=digest, now=now)
            if is_taken is not None:
                return is_taken
            async with transient():
                done = await self._rows.replace_one({"_id": key, "token": row.token}, document)
            if done.matched_count:
                return KeyClaim(key, token)
        return "in hand"

    async def keep(self, claim: KeyClaim, answer: GivenAnswer) -> None:
        packed = await asyncio.to_thread(gzip.compress, answer.body, 1, mtime=0)
        if len(packed) > MOST_BYTES_KEPT:
            await self.release(claim)
            return
        kept = {**asdict(answer), "body": packed}
        async with transient():
            await self._rows.update_one(_of(claim), {"$set": {"answer": kept}})

    async def release(self, claim: KeyClaim) -> None:
        async with transient():
            await self._rows.delete_one(_of(claim))

    async def make_room(self) -> None:
        """Forget the oldest keys beyond as many as are kept."""
        async with transient():
            beyond = await self._rows.estimated_document_count() - self._most_kept
            if beyond <= 0:
                return
            oldest = self._rows.find({}, {"expires_at": 1}).sort("expires_at", ASCENDING)
            last = await oldest.skip(beyond - 1).limit(1).to_list(None)
            for row in last:
                await self._rows.delete_many({"expires_at": {"$lte": row["expires_at"]}})

    async def _make_room(self) -> None:
        self._claims += 1
        if self._claims % ROOM_MADE_EVERY == 0:
            await self.make_room()

    async def _inserted(self, document: Mapping[str, Any]) -> bool:
        try:
            async with transient():
                await self._rows.insert_one(dict(document))
        except Conflict:
            return False
        return True

    @property
    def _rows(self) -> MongoCollection:
        return self._mongo().database[COLLECTION]


def _of(claim: KeyClaim) -> dict[str, str]:
    return {"_id": claim.key, "token": claim.token}


def _written(row: KeyRow) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if value is not None}


def _row(document: Mapping[str, Any]) -> KeyRow:
    answer = document.get("answer")
    given = None
    if answer is not None:
        body = gzip.decompress(bytes(answer["body"]))
        given = GivenAnswer(answer["status"], answer["media_type"], body)
    return KeyRow(
        digest=document["digest"],
        token=document["token"],
        claimed_until=document["claimed_until"],
        expires_at=document["expires_at"],
        answer=given,
    )
