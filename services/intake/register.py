"""The register of reported documents, in intake's own database."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from secrets import token_hex
from typing import Any, Protocol

from services.intake.canonical import PROFILE
from services.intake.facts import Row
from services.intake.hashes import key_of
from shared.mongo import (
    ASCENDING,
    Collection,
    IndexModel,
    Mongo,
    guarded_bulk,
    transient,
)
from shared.runtime.errors import Conflict, TransientFailure

COLLECTION = "documents"
SECRETS = "secrets"
HASH_KEY = "hash-key"
MERGED_INTO = "recorded.merged_into"
"""Where a row says which complaint a step merges its own into."""
IDS_AT_ONCE = 200
"""So many ids in one query. The embedded database compares each document it finds with every
id asked for, so that 1,600 known ids took 1.9 s in one query and 0.3 s in portions."""


class Register(Protocol):
    """Keeps a row per document. Every call raises `TransientFailure` when it cannot answer."""

    async def find(self, document_ids: Iterable[str]) -> Mapping[str, Row]:
        """The rows of these documents, by id; unknown ones are left out."""
        ...

    async def steps_of(self, case_ids: Iterable[str]) -> Sequence[Row]:
        """The rows of all steps on these complaints, and of those that merge others into them."""
        ...

    async def save(self, rows: Sequence[Row]) -> None:
        """Write each row if the register still has the revision it was read with.

        Raises `Conflict` when some were not; the others are written.
        """
        ...

    async def page(
        self, dealer_id: str, *, after: str, limit: int, kind: str | None
    ) -> Sequence[Row]:
        """A dealer's documents by id, those after the id `after`; profiles only when asked."""
        ...

    async def hash_key(self) -> bytes:
        """The key of all hashes, the same for every instance and for ever."""
        ...

    async def ping(self) -> None:
        """Returns when the register answers."""
        ...


class MongoRegister:
    """The register in MongoDB. Connects on first use, inside the running loop."""

    def __init__(self, mongo: Callable[[], Mongo], *, hash_key: str = "") -> None:
        """`hash_key`: of the operator's choosing; empty: one that is made once and kept."""
        self._mongo = mongo
        self._hash_key = key_of(hash_key) if hash_key else None

    async def prepare(self) -> None:
        """Create the indexes; repeating it changes nothing."""
        steps = IndexModel([("parent", ASCENDING)], sparse=True, name="steps")
        merges = IndexModel([(MERGED_INTO, ASCENDING)], sparse=True, name="merges")
        async with transient():
            await self._rows.create_indexes([steps, merges])

    async def find(self, document_ids: Iterable[str]) -> Mapping[str, Row]:
        return {row.document_id: row for row in await self._read("_id", document_ids)}

    async def steps_of(self, case_ids: Iterable[str]) -> Sequence[Row]:
        wanted = set(case_ids)
        on_them, into_them = await asyncio.gather(
            self._read("parent", wanted), self._read(MERGED_INTO, wanted)
        )
        return list({row.document_id: row for row in (*on_them, *into_them)}.values())

    async def save(self, rows: Sequence[Row]) -> None:
        documents: list[dict[str, Any]] = []
        for start in range(0, len(rows), IDS_AT_ONCE):
            documents += [_written(row) for row in rows[start : start + IDS_AT_ONCE]]
            await asyncio.sleep(0)
        if documents:
            await guarded_bulk(self._rows, documents, guard="revision")

    async def page(
        self, dealer_id: str, *, after: str, limit: int, kind: str | None
    ) -> Sequence[Row]:
        # ids begin with the dealer and a slash; '0' is the character after the slash
        within = {"$gt": max(after, f"{dealer_id}/"), "$lt": f"{dealer_id}0"}
        query = {"_id": within, "kind": kind if kind is not None else {"$ne": PROFILE}}
        async with transient():
            cursor = self._rows.find(query, {"narrative": 0, "recorded": 0})
            documents = await cursor.sort("_id", ASCENDING).limit(limit).to_list(None)
        return [_row(document) for document in documents]

    async def hash_key(self) -> bytes:
        if self._hash_key is None:
            self._hash_key = key_of(await self._kept_key())
        return self._hash_key

    async def _kept_key(self) -> str:
        """Whoever is first makes it."""
        kept_in = self._mongo().database[SECRETS]
        async with transient():
            kept = await kept_in.find_one({"_id": HASH_KEY})
        if kept is None:
            with suppress(Conflict):
                async with transient():
                    await kept_in.insert_one({"_id": HASH_KEY, "key": token_hex(32)})
            async with transient():
                kept = await kept_in.find_one({"_id": HASH_KEY})
        if kept is None:
            raise TransientFailure("register: the key of the hashes is not there")
        return str(kept["key"])

    async def ping(self) -> None:
        await self._mongo().ping()

    @property
    def _rows(self) -> Collection:
        return self._mongo().database[COLLECTION]

    async def _read(self, field: str, values: Iterable[str]) -> list[Row]:
        wanted = sorted(set(values))
        portions = (
            wanted[start : start + IDS_AT_ONCE] for start in range(0, len(wanted), IDS_AT_ONCE)
        )
        async with transient():
            found = await asyncio.gather(*(self._portion(field, ids) for ids in portions))
        return [row for rows in found for row in rows]

    async def _portion(self, field: str, ids: list[str]) -> list[Row]:
        documents = await self._rows.find({field: {"$in": ids}}).to_list(None)
        return [_row(document) for document in documents]


def _row(document: Mapping[str, Any]) -> Row:
    return Row.model_validate({**document, "document_id": document["_id"]})


def _written(row: Row) -> dict[str, Any]:
    document = row.model_dump(exclude={"document_id"}, exclude_none=True)
    return document | {"_id": row.document_id, "revision": row.revision + 1}
