"""Who saw, exported and changed what: written down for good."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

from services.desk.domain.trail import (
    NO_ENTRIES,
    Chain,
    TrailAct,
    TrailEnd,
    TrailEntry,
    TrailHead,
    TrailNote,
)
from services.desk.domain.users import User
from shared.platform.errors import Conflict, TransientFailure
from shared.platform.mongo import (
    ASCENDING,
    DESCENDING,
    DUPLICATE_KEY,
    BulkWriteError,
    Database,
    IndexModel,
    transient,
)
from shared.time.clock import TimeSource

COLLECTION, HEADS = "trail", "trail_head"
HEAD = "head"
MOST_AT_ONCE = 500
"""How many entries are written by one command."""
NUMBERED = {"_id": {"$gt": 0}}
"""What else may lie in the collection is no entry."""
TRIES = 20
"""How often another instance may be first."""
UNREADABLE, NEVER = -1, datetime(1, 1, 2, tzinfo=UTC)

log = structlog.get_logger()


class Trail(Protocol):
    """What was done at the desk, kept for good."""

    async def note(
        self,
        user: User,
        dealer_id: str | None,
        what: TrailAct,
        about: str,
        *,
        customer: str = "",
        how: str = "",
    ) -> None:
        """`about`: a customer's key, a document's id, the name of a table; nothing personal.
        `customer` and `how` as `TrailNote` has them. Raises `TransientFailure`: what cannot be
        written down is not shown."""
        ...


class MongoTrail:
    """In the desk's database. Whoever notes something while another writes has it written with all
    that came meanwhile, by one command."""

    def __init__(self, database: Database, clock: TimeSource, key: bytes) -> None:
        """`key`: `key_for(secret, "trail")`."""
        self._entries = database[COLLECTION]
        self._heads = database[HEADS]
        self._clock = clock
        self._chain = Chain(key)
        self._end: TrailEnd | None = None
        self._waiting: list[tuple[TrailNote, asyncio.Future[TransientFailure | None]]] = []
        self._writing = asyncio.Lock()

    async def prepare(self) -> None:
        """Creates its indexes, and logs where it stands. Raises `TransientFailure`."""
        async with transient():
            await self._entries.create_indexes(
                [
                    IndexModel([(field, ASCENDING), ("_id", DESCENDING)], name=f"by_{field}")
                    for field in ("username", "dealer_id", "about", "customer", "at")
                ]
            )
        self._end = await self._read_end()
        log.info("the trail is kept", end=self._end.in_words())

    async def note(
        self,
        user: User,
        dealer_id: str | None,
        what: TrailAct,
        about: str,
        *,
        customer: str = "",
        how: str = "",
    ) -> None:
        noted = TrailNote(
            at=_in_milliseconds(self._clock.now()),
            username=user.username,
            dealer_id=dealer_id,
            what=what,
            about=about,
            customer=customer,
            how=how,
        )
        written: asyncio.Future[TransientFailure | None]
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((noted, written))
        async with self._writing:
            if not written.done():
                await self._write_waiting()
        if (failure := written.result()) is not None:
            raise TransientFailure(str(failure))

    async def _write_waiting(self) -> None:
        batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        failure: TransientFailure | None = TransientFailure("the trail was not written")
        try:
            await self._write([noted for noted, _ in batch])
            failure = None
        except TransientFailure as failed:
            failure = failed
        finally:
            if failure is not None:
                self._end = None  # nobody knows what was written
            for _, written in batch:
                if not written.done():
                    written.set_result(failure)

    async def _write(self, noted: Sequence[TrailNote]) -> None:
        for _ in range(TRIES):
            end = self._end or await self._read_end()
            entries = self._chain.after(end, noted)
            done = await self._insert(entries)
            if done:
                last = entries[done - 1]
                self._end = TrailEnd(sequence=last.sequence, mark=last.mark)
            if done == len(entries):
                await self._say_head(self._end or end)
                return
            noted, self._end = noted[done:], None
        raise TransientFailure("the trail is being written by too many at once")

    async def _insert(self, entries: Sequence[TrailEntry]) -> int:
        """How many of them are written: fewer where another instance was first with a number."""
        async with transient():
            try:
                await self._entries.insert_many([written_entry(each) for each in entries])
            except BulkWriteError as failed:
                first = failed.details["writeErrors"][0]
                if first["code"] != DUPLICATE_KEY:
                    raise
                return int(first["index"])
        return len(entries)

    async def _say_head(self, end: TrailEnd) -> None:
        head = self._chain.head(end)
        said = {"sequence": end.sequence, "mark": end.mark, "seal": head.seal}
        try:
            async with transient():
                await self._heads.update_one(
                    {"_id": HEAD, "sequence": {"$lt": end.sequence}}, {"$set": said}, upsert=True
                )
        except Conflict:  # another instance has said a later one
            return

    async def _read_end(self) -> TrailEnd:
        """Where the next entry goes: after the head, too, where entries were taken away."""
        async with transient():
            found = await self._entries.find(NUMBERED).sort("_id", DESCENDING).limit(1).to_list(1)
        head = await read_head(self._heads)
        last = NO_ENTRIES
        if found:
            entry = read_entry(found[0])
            last = TrailEnd(sequence=entry.sequence, mark=entry.mark)
        if head is not None and head.end.sequence > last.sequence and self._chain.is_ours(head):
            return head.end
        return last


async def read_head(heads: Any) -> TrailHead | None:
    """What the head says. Raises `TransientFailure`."""
    async with transient():
        found = await heads.find_one({"_id": HEAD})
    if found is None:
        return None
    sequence = found.get("sequence")
    end = TrailEnd(
        sequence=sequence if isinstance(sequence, int) else UNREADABLE,
        mark=_bytes(found.get("mark")),
    )
    return TrailHead(end=end, seal=_bytes(found.get("seal")))


def written_entry(entry: TrailEntry) -> dict[str, Any]:
    """As it is kept."""
    noted = entry.noted
    return {
        "_id": entry.sequence,
        "at": noted.at,
        "username": noted.username,
        "dealer_id": noted.dealer_id,
        "what": noted.what,
        "about": noted.about,
        **{name: said for name, said in _more(noted).items() if said},
        "mark": entry.mark,
    }


def _more(noted: TrailNote) -> dict[str, str]:
    return {"customer": noted.customer, "how": noted.how}


def read_entry(document: dict[str, Any]) -> TrailEntry:
    """As it is there; what was made something else is read so, and does not fit its mark."""
    number, at = document["_id"], document.get("at")
    dealer_id = document.get("dealer_id")
    return TrailEntry(
        sequence=number if isinstance(number, int) else UNREADABLE,
        noted=TrailNote(
            at=at if isinstance(at, datetime) else NEVER,
            username=str(document.get("username")),
            dealer_id=None if dealer_id is None else str(dealer_id),
            what=str(document.get("what")),
            about=str(document.get("about")),
            customer=str(document.get("customer", "")),
            how=str(document.get("how", "")),
        ),
        mark=_bytes(document.get("mark")),
    )


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes) else b""


def _in_milliseconds(at: datetime) -> datetime:
    """As the database keeps it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
