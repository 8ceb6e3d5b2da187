"""The register of reported documents, in intake's own database."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from secrets import token_hex
from typing import Any, Literal, Protocol, get_args

from services.intake.domain.facts import Row
from services.intake.domain.hashes import key_of
from services.intake.domain.profiles.profile import PROFILE
from shared.contracts.identifiers import as_composed
from shared.platform.errors import Conflict, TransientFailure
from shared.platform.mongo import (
    ASCENDING,
    IndexModel,
    Mongo,
    by_portions,
    guarded_bulk,
    of_dealer,
    portions,
    transient,
)
from shared.platform.mongo import Collection as MongoCollection

Shelf = Literal["documents", "profiles"]
"""Where rows are kept: what is personal apart from all else, so that it can be erased."""
SECRETS = "secrets"
HASH_KEY = "hash-key"
MERGED_INTO = "recorded.merged_into"
"""Where a row says which complaint a step merges its own into."""
FREE_WORDS = {"narrative": 0, "words": 0}
NOT_LISTED = {**FREE_WORDS, "recorded": 0, "content": 0, "said": 0}


class Rows(Protocol):
    """Keeps a row per document. Every call raises `TransientFailure` when it cannot answer."""

    async def find(
        self,
        document_ids: Iterable[str],
        *,
        following: Collection[str] = (),
        limit: int | None = None,
    ) -> Mapping[str, Row]:
        """The rows of these documents, by id, in one reading; unknown ones are left out.

        `following`: complaints; with the rows of all steps on them, and of those that merge
        others into them. Of very many of these not all, but more than `limit`.
        """
        ...

    async def save(self, rows: Sequence[Row]) -> None:
        """Write each row if the register still has the revision it was read with.

        Raises `Conflict` when some were not; the others are written.
        """
        ...

    async def hash_key(self) -> bytes:
        """The key of all hashes, the same for every instance and for ever."""
        ...


class Register(Rows, Protocol):
    """And what is kept can be looked through."""

    async def page(self, whose: str, *, after: str, limit: int, kind: str | None) -> Sequence[Row]:
        """The documents of a dealer, or of one source (`group/dealer/source`), by id: those after
        the id `after`; profiles only when asked.

        Without free words, contents and what was said.
        """
        ...

    async def kept(
        self, shelf: Shelf, *, dealer_id: str | None, after: str, limit: int
    ) -> Sequence[Row]:
        """All that a shelf has of a dealer, or of all, by id: those after the id `after`.

        Without free words.
        """
        ...

    async def ping(self) -> None:
        """Returns when the register answers."""
        ...


async def row_of(register: Register, written: str) -> Row | None:
    """The row of a document, also of one whose number was percent-decoded on its way."""
    ids = (written, as_composed(written, plain=4))
    found = await register.find(set(ids))
    return next((found[id_] for id_ in ids if id_ in found), None)


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
            await self._rows("documents").create_indexes([steps, merges])

    async def find(
        self,
        document_ids: Iterable[str],
        *,
        following: Collection[str] = (),
        limit: int | None = None,
    ) -> Mapping[str, Row]:
        wanted = set(document_ids)
        profiles = {id_ for id_ in wanted if _shelf_of(id_) == "profiles"}
        read = await asyncio.gather(
            self._read("documents", "_id", wanted - profiles),
            self._read("profiles", "_id", profiles),
            self._read("documents", "parent", following, limit),
            self._read("documents", MERGED_INTO, following, limit),
        )
        found: dict[str, Row] = {}
        for row in (row for rows in read for row in rows):
            known = found.get(row.document_id)
            if known is None or known.revision < row.revision:  # read twice, at two moments
                found[row.document_id] = row
        return found

    async def save(self, rows: Sequence[Row]) -> None:
        outcomes = await asyncio.gather(
            *(self._save(shelf, rows) for shelf in get_args(Shelf)), return_exceptions=True
        )
        failures = [outcome for outcome in outcomes if outcome is not None]
        for failure in sorted(failures, key=lambda failure: isinstance(failure, Conflict)):
            raise failure

    async def page(self, whose: str, *, after: str, limit: int, kind: str | None) -> Sequence[Row]:
        shelf: Shelf = "profiles" if kind == PROFILE else "documents"
        query = {**_after(after, whose), "kind": kind if kind is not None else {"$ne": PROFILE}}
        return await self._page(shelf, query, limit, NOT_LISTED)

    async def kept(
        self, shelf: Shelf, *, dealer_id: str | None, after: str, limit: int
    ) -> Sequence[Row]:
        return await self._page(shelf, _after(after, dealer_id), limit, FREE_WORDS)

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

    def _rows(self, shelf: Shelf) -> MongoCollection:
        return self._mongo().database[shelf]

    async def _read(
        self, shelf: Shelf, field: str, values: Iterable[str], limit: int | None = None
    ) -> list[Row]:
        wanted, most = sorted(set(values)), 0 if limit is None else limit + 1

        async def read(some: Sequence[str]) -> list[Row]:
            found = self._rows(shelf).find({field: {"$in": some}}).limit(most)
            async with transient():
                return [_row(document) for document in await found.to_list(None)]

        return await by_portions(wanted, read)

    async def _page(
        self, shelf: Shelf, query: Mapping[str, Any], limit: int, left_out: Mapping[str, int]
    ) -> list[Row]:
        async with transient():
            cursor = self._rows(shelf).find(query, left_out)
            documents = await cursor.sort("_id", ASCENDING).limit(limit).to_list(None)
        return [_row(document) for document in documents]

    async def _save(self, shelf: Shelf, rows: Sequence[Row]) -> None:
        chosen = [row for row in rows if _shelf_of(row.document_id) == shelf]
        documents: list[dict[str, Any]] = []
        for some in portions(chosen):
            documents += [_written(row) for row in some]
            await asyncio.sleep(0)
        if documents:
            await guarded_bulk(self._rows(shelf), documents, guard="revision")


def _shelf_of(document_id: str) -> Shelf:
    """Ids are `group/dealer/source/kind/number…`."""
    return "profiles" if document_id.split("/", 4)[3:4] == [PROFILE] else "documents"


def _after(after: str, dealer_id: str | None) -> dict[str, Any]:
    return {"_id": {"$gt": after} if dealer_id is None else of_dealer(dealer_id, after=after)}


def _row(document: Mapping[str, Any]) -> Row:
    return Row.model_validate({**document, "document_id": document["_id"]})


def _written(row: Row) -> dict[str, Any]:
    document = row.model_dump(exclude={"document_id"}, exclude_none=True)
    return document | {"_id": row.document_id, "revision": row.revision + 1}
