"""A file on its way in: unpacked, measured, and stored piece by piece; nothing of one that does not
come whole."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from hashlib import sha256
from secrets import token_hex
from typing import NamedTuple

from services.intake.adapters.imports.store import PIECE_BYTES, ImportStore, changed
from services.intake.adapters.limited import refused, too_much
from services.intake.domain.imports import job as life
from services.intake.domain.imports.job import ImportJob
from services.intake.domain.limits.limiter import Excess
from services.intake.domain.limits.sender_limits import Caller
from services.intake.domain.limits.share import is_fair
from services.intake.domain.mappings.readers.gunzip import MAGIC, Gunzip
from services.intake.domain.mappings.records import UnreadableFile
from services.intake.settings import IntakeSettings
from services.intake.views import problems
from shared.platform.errors import Conflict, TransientFailure
from shared.platform.problems import Refusal
from shared.time.clock import TimeSource

AT_ONCE = 4
"""How many files may arrive at the same time in one instance: each has two pieces in memory."""
WAITING_SECONDS = 30
"""After so long it is worth asking again whether fewer files wait."""
_ONE_AFTER_ANOTHER = Excess(
    "requests", 5, "as many files of yours arrive as may at once: send one after another"
)
ARRIVING = timedelta(minutes=10)
"""What is not heard of for so long will not come any more: its pieces are deleted."""


class WantedImport(NamedTuple):
    """What somebody asks for who sends a file."""

    dealer_id: str
    source: str
    mapping: str
    mapping_digest: str
    name: str
    again: bool
    by: Caller | None = None
    """Whose limits it has to keep to; None: there is nobody who could wait."""
    sent_by: str | None = None
    """Who asks, as `ImportJob` has it."""


class Arrived(NamedTuple):
    """What became of it."""

    job: ImportJob
    is_duplicate: bool
    """It is the import that the same file was before."""


class Uploads:
    """Takes files in. Any number of instances may."""

    def __init__(self, store: ImportStore, *, clock: TimeSource, settings: IntakeSettings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._owner = token_hex(8)
        self._arriving: Counter[str] = Counter()

    async def take(
        self, chunks: AsyncIterator[bytes], wanted: WantedImport, *, is_packed: bool
    ) -> Arrived:
        """The import that it is, when all of it is stored.

        `is_packed`: with gzip, by its header; what is packed all the same is unpacked, too.
        Raises `Refusal` when it is too large, too slow, empty or damaged, `TransientFailure`, and
        what `chunks` raises; nothing of it is kept then.
        """
        sender = "" if wanted.by is None else wanted.by.id
        held, free = self._arriving[sender], AT_ONCE - self._arriving.total()
        if not free:
            raise Refusal(problems.busy())
        if wanted.by is not None and not is_fair(held=held, more=1, free=free):
            raise too_much(wanted.by, _ONE_AFTER_ANOTHER)
        self._arriving[sender] += 1
        job = _arriving(wanted, self._owner, self._clock)
        try:
            job = await self._store.save(job)
            await self._refuse_beyond(wanted)
            arrived = await self._stored(job, chunks, wanted, is_packed=is_packed)
        except BaseException:
            await asyncio.shield(self._forget(job))
            raise
        finally:
            self._arriving[sender] -= 1
            self._arriving += Counter()  # of those who send nothing, nothing is kept
        if arrived.is_duplicate:
            await self._forget(job)
        return arrived

    async def _refuse_beyond(self, wanted: WantedImport) -> None:
        """Raises `Refusal` (429), before anything is read, where with this file there are more than
        may wait."""
        if wanted.by is None:
            return
        most = wanted.by.limits.imports_waiting
        if await self._store.to_come(wanted.dealer_id) > most:
            detail = f"at most {most} files wait at the same time: send it when one of them is done"
            raise too_much(wanted.by, Excess("imports", WAITING_SECONDS, detail))

    async def _stored(
        self,
        job: ImportJob,
        chunks: AsyncIterator[bytes],
        wanted: WantedImport,
        *,
        is_packed: bool,
    ) -> Arrived:
        unpacking = _Unpacking(is_packed=is_packed)
        pieces = _Pieces(wanted.by or Caller("", self._settings.limits()))
        try:
            async for chunk in self._in_time(chunks):
                for content in unpacking.pieces(chunk):
                    for piece in pieces.add(content):
                        await self._put(job, pieces.stored - 1, piece)
            for content in unpacking.end():
                for piece in pieces.add(content):
                    await self._put(job, pieces.stored - 1, piece)
        except UnreadableFile as fault:
            raise Refusal(problems.unreadable(str(fault))) from None
        if not pieces.size:
            raise Refusal(problems.unreadable("the file is empty"))
        if rest := pieces.rest():
            await self._put(job, pieces.stored, rest)
        return await self._arrived(job, pieces, wanted)

    async def _arrived(self, job: ImportJob, pieces: "_Pieces", wanted: WantedImport) -> Arrived:
        digest = pieces.digest.hexdigest()
        same = life.same_file(job, digest)
        decide = partial(
            life.arrived,
            digest=digest,
            size=pieces.size,
            now=self._clock.now(),
            again=wanted.again,
        )
        known = None if wanted.again else await self._store.same_as(same)
        if known is not None:
            return Arrived(known, is_duplicate=True)
        try:
            found = await changed(self._store, job.import_id, decide)
        except Conflict:  # the same file, sent twice at once: the other was first
            known = await self._store.same_as(same)
            if known is None:
                raise
            return Arrived(known, is_duplicate=True)
        if found is None:
            raise Refusal(problems.too_slow())
        return Arrived(found, is_duplicate=False)

    async def _in_time(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        due = loop.time() + self._settings.import_deadline_seconds
        while True:
            stall = loop.time() + self._settings.body_stall_seconds
            try:
                async with asyncio.timeout_at(min(due, stall)):
                    chunk = await anext(chunks, None)
            except TimeoutError:
                raise Refusal(problems.too_slow()) from None
            if chunk is None:
                return
            yield chunk

    async def _put(self, job: ImportJob, number: int, piece: bytes) -> None:
        await self._store.put_piece(job.import_id, number, piece)
        longer = partial(life.held_longer, owner=self._owner, now=self._clock.now(), lease=ARRIVING)
        if number % 16 == 0 and await changed(self._store, job.import_id, longer) is None:
            raise Refusal(problems.too_slow())

    async def _forget(self, job: ImportJob) -> None:
        with suppress(TransientFailure):  # else it is deleted when its time is over
            await self._store.remove(job.import_id)


class _Pieces:
    """Content of any sizes, as pieces of one size."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._waiting = bytearray()
        self.digest = sha256()
        self.size = 0
        self.stored = 0
        """How many pieces were given."""

    def add(self, content: bytes) -> Iterator[bytes]:
        """The pieces that are full with it. Raises `Refusal` (413) where it is too much."""
        self.size += len(content)
        most = self._caller.limits.import_file_bytes
        if self.size > most:
            too_large = problems.too_large(f"a file has at most {most} bytes, unpacked")
            raise refused(self._caller, "file", too_large)
        self.digest.update(content)
        self._waiting += content
        while len(self._waiting) >= PIECE_BYTES:
            piece = bytes(self._waiting[:PIECE_BYTES])
            del self._waiting[:PIECE_BYTES]
            self.stored += 1
            yield piece

    def rest(self) -> bytes:
        """The last piece, which is smaller, or empty."""
        return bytes(self._waiting)


class _Unpacking:
    """A file as it comes: packed by a header of the request, by itself, by both, or not at all."""

    def __init__(self, *, is_packed: bool) -> None:
        self._outer = Gunzip() if is_packed else None
        self._inner: Gunzip | None = None
        self._head = b""
        self._is_told = False

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What it holds. Raises `UnreadableFile`."""
        if self._outer is None:
            yield from self._unpacked(chunk)
            return
        for piece in self._outer.pieces(chunk):
            yield from self._unpacked(piece)

    def end(self) -> Iterator[bytes]:
        """What is left. Raises `UnreadableFile` where more should follow."""
        if self._outer is not None:
            self._outer.end()
        if not self._is_told:
            yield self._head
        if self._inner is not None:
            self._inner.end()

    def _unpacked(self, content: bytes) -> Iterator[bytes]:
        if not self._is_told:
            content = self._head = self._head + content
            if len(content) < len(MAGIC):
                return
            self._is_told = True
            self._inner = Gunzip() if content.startswith(MAGIC) else None
        if self._inner is None:
            yield content
        else:
            yield from self._inner.pieces(content)


def _arriving(wanted: WantedImport, owner: str, clock: TimeSource) -> ImportJob:
    now = clock.now()
    return ImportJob(
        import_id=f"{int(now.timestamp() * 1000):012x}{token_hex(6)}",
        dealer_id=wanted.dealer_id,
        source=wanted.source,
        mapping=wanted.mapping,
        mapping_digest=wanted.mapping_digest,
        name=wanted.name,
        sent_by=wanted.sent_by,
        created_at=now,
        updated_at=now,
        owner=owner,
        held_until=now + ARRIVING,
    )
