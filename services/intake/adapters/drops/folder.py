"""One watched folder, looked at again and again.

    look -> complete? -> take -> import -> ended? -> put away -> account -> forget
                                          resumed, ended otherwise? -> account anew

A file becomes an import as one over HTTP does, and is put away when that has ended. Nothing is
in memory alone but since when a file has looked the same: what was noted on the disk is gone on
with by whoever looks next.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from os import close, pread
from typing import TypeVar

import structlog

from services.intake.adapters.drops.accounts import FileAccounts
from services.intake.adapters.drops.disk import (
    CHUNK_BYTES,
    DropDisk,
    FolderListing,
    NotAFile,
    NotPlain,
)
from services.intake.adapters.drops.drops_file import DropFolder
from services.intake.adapters.imports.store import ImportStore
from services.intake.adapters.imports.upload import Uploads, WantedImport
from services.intake.adapters.mappings import Mappings
from services.intake.domain.drops.names import mapping_for, marked_by, shown_name
from services.intake.domain.drops.taken_file import Room, TakenFile
from services.intake.domain.drops.watching import Seen, Stamp, complete, watched
from services.intake.domain.imports.job import ImportJob, digest_of
from shared.platform import metrics
from shared.platform.errors import TransientFailure
from shared.platform.problems import Refusal
from shared.time.clock import TimeSource
from shared.yaml_file import WrongFile

T = TypeVar("T")
TAKEN_AT_ONCE = 50
"""The files of a folder that are under way; the others wait where they are."""
STATES = ("waiting", "taken", "unmatched", "no_file")
OUTCOMES = ("archive", "refused")
_CLIENT_ERRORS = (400, 413)
"""The problems of a file that is not taken however often it is sent."""
_NONE = Stamp(0, 0, 0)

log = structlog.get_logger()


class StillWritten(Exception):
    """The file changed while it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTaking:
    """What makes imports of files, and where these are kept."""

    store: ImportStore
    uploads: Uploads
    mappings: Mappings
    clock: TimeSource
    wake: Callable[[], None]
    """Called when there is an import to be worked on."""
    turn: asyncio.Semaphore
    """Of all folders, how many files are read at once."""


@dataclass(slots=True)
class _Known:
    """What one instance remembers of a folder."""

    files: dict[str, Seen] = field(default_factory=dict)
    claims: dict[str, Seen] = field(default_factory=dict)


class WatchedFolder:
    """One of them. `trouble`: what is wrong with it, in words for the operator; None: nothing."""

    def __init__(
        self, folder: DropFolder, taking: FileTaking, disk: DropDisk | None = None
    ) -> None:
        self.folder = folder
        self.trouble: str | None = None
        self._taking = taking
        self._disk = disk or DropDisk(folder.path, marker=folder.marker)
        self._known = _Known()
        self._troubles: list[str] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"drops-{folder.name}")
        self._accounts = FileAccounts(
            folder,
            disk=self._disk,
            store=taking.store,
            clock=taking.clock,
            aside=self._aside,
        )

    async def look(self) -> None:
        """Do what can be done now. Never raises for what is wrong with the folder or a file:
        `trouble` says so, and the next look tries again."""
        self._troubles = []
        try:
            if await self._aside(self._disk.is_mine):
                await self._work()
            else:
                self._known = _Known()
                self._show((0, 0, 0, 0))
        except (OSError, TransientFailure) as failure:
            self._troubles.append(_words(failure))
        self._tell(self._troubles[0] if self._troubles else None)

    async def clear(self) -> None:
        """Delete what has been kept for long enough."""
        if self.folder.keep is None:
            return
        before = self._today() - self.folder.keep
        try:
            if await self._aside(self._disk.is_mine):
                await self._aside(partial(self._disk.clear, before))
        except OSError as failure:
            self._tell(_words(failure))

    def close(self) -> None:
        """Another instance may work here."""
        self._disk.leave()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _work(self) -> None:
        now = self._taking.clock.now()
        listing = await self._aside(self._disk.look)
        meant = {
            name: stamp
            for name, stamp in listing.files.items()
            if mapping_for(name, self.folder.files) is not None
        }
        files = watched(self._known.files, meant, now)
        claims = await self._aside(self._disk.claims)
        self._known = _Known(files, self._claims(claims, now))
        await self._take(listing, now, room=TAKEN_AT_ONCE - len(claims))
        claims = await self._aside(self._disk.claims)
        self._known.claims = self._claims(claims, now)
        for token in sorted(claims, key=lambda token: (claims[token] or _NONE, token)):
            await self._go_on(token, now, is_here=claims[token] is not None)
        await self._tell_anew()
        self._count(listing, taken=len(claims))

    def _claims(self, found: Mapping[str, Stamp | None], now: datetime) -> dict[str, Seen]:
        here = {token: stamp for token, stamp in found.items() if stamp is not None}
        return watched(self._known.claims, here, now)

    async def _take(self, listing: FolderListing, now: datetime, *, room: int) -> None:
        ready = complete(
            self._known.files,
            now,
            still=self.folder.still,
            marker=self.folder.marker,
            markers=listing.markers,
        )
        for name in ready[: max(0, room)]:
            try:
                await self._take_one(name, listing)
            except OSError as failure:  # what is under way goes on
                self._troubles.append(_words(failure))

    async def _take_one(self, name: str, listing: FolderListing) -> None:
        claim = await self._aside(partial(self._disk.take, name))
        if claim is None:
            return
        self._known.claims[claim.token] = self._known.files.pop(name)
        log.info("dropped file taken", folder=self.folder.name)
        if self.folder.marker is None:
            return
        folded = marked_by(name, self.folder.marker)
        for each in listing.markers:
            if each.casefold() in folded:
                await self._aside(partial(self._disk.drop_marker, each))

    async def _go_on(self, token: str, now: datetime, *, is_here: bool) -> None:
        """With one claim; what is wrong with it is the fault of no other."""
        try:
            claim = await self._aside(partial(self._disk.read_note, token))
            if claim is None:
                self._troubles.append("a file in .taken has no note: put it back into the folder")
                return
            if not is_here and not claim.is_settled:  # cut off before it was taken
                await self._aside(partial(self._disk.forget, claim))
                return
            if not claim.is_settled and self._is_still(token, now):
                claim = await self._import(claim)
            await self._end(claim, is_here=is_here)
        except (OSError, TransientFailure) as failure:
            self._troubles.append(_words(failure))
        except StillWritten:  # the next look sees it, and waits until it is still
            log.info("dropped file is still written", folder=self.folder.name)

    async def _tell_anew(self) -> None:
        for token in await self._accounts.due():
            try:
                await self._accounts.tell_anew(token)
            except (OSError, TransientFailure) as failure:
                self._troubles.append(_words(failure))

    def _is_still(self, token: str, now: datetime) -> bool:
        seen = self._known.claims.get(token)
        return seen is not None and now - seen.since >= self.folder.still

    async def _import(self, claim: TakenFile) -> TakenFile:
        """Its import, or why nothing of it can be taken: noted."""
        wanted = self._wanted(claim)
        if wanted is None:
            return claim
        try:
            async with self._taking.turn, aclosing(self._content(claim)) as content:
                job, is_same = await self._taking.uploads.take(content, wanted, is_packed=False)
            claim = claim.imported(job.import_id, is_same_as_before=is_same)
        except NotAFile:
            claim = claim.refused("it is no file, but a link, a folder or a device")
        except Refusal as refusal:
            if refusal.problem.status not in _CLIENT_ERRORS:
                raise TransientFailure(f"intake: {refusal.problem.title}") from None
            problem = refusal.problem
            claim = claim.refused(": ".join(filter(None, (problem.title, problem.detail))))
        await self._aside(partial(self._disk.note, claim))
        self._taking.wake()
        log.info("dropped file imported", folder=self.folder.name, import_id=claim.import_id)
        return claim

    def _wanted(self, claim: TakenFile) -> WantedImport | None:
        files = mapping_for(claim.name, self.folder.files)
        if files is None:
            self._troubles.append("a file that was taken fits no pattern of the folder any more")
            return None
        try:
            mapping = self._taking.mappings.find(files.mapping)
        except WrongFile:
            mapping = None
        if mapping is None:
            self._troubles.append(f"the mapping {files.mapping} cannot be used: see mapping check")
            return None
        return WantedImport(
            self.folder.dealer.id,
            files.source,
            files.mapping,
            digest_of(mapping),
            shown_name(claim.name),
            again=False,
        )

    async def _content(self, claim: TakenFile) -> AsyncGenerator[bytes, None]:
        """All of it. Raises `StillWritten` where it changed meanwhile."""
        file, before = await self._aside(partial(self._disk.opened, claim))
        try:
            if before != self._known.claims[claim.token].stamp:
                raise StillWritten
            place = 0
            while chunk := await self._aside(partial(pread, file, CHUNK_BYTES, place)):
                place += len(chunk)
                yield chunk
        finally:
            close(file)
        after = (await self._aside(self._disk.claims)).get(claim.token)
        if after != before or place != before.size:
            raise StillWritten

    async def _end(self, claim: TakenFile, *, is_here: bool) -> None:
        """Put it away once it is known what became of it, and say so beside it."""
        job = None
        if claim.import_id is not None:
            job = await self._taking.store.find(claim.import_id)
            if job is None and is_here and claim.room is None:
                await self._aside(partial(self._disk.note, claim.forgotten()))
                return
        if not claim.is_settled or (job is not None and job.ended_at is None):
            return
        if claim.room is None:
            claim = claim.placed(_room(job), self._today())
            await self._aside(partial(self._disk.note, claim))
        claim = await self._aside(partial(self._disk.put_away, claim))
        await self._accounts.tell(claim, job)
        metrics.intake_dropped_files.labels(self.folder.name, claim.room).inc()
        log.info(
            "dropped file put away",
            folder=self.folder.name,
            import_id=claim.import_id,
            to=claim.room,
        )

    def _count(self, listing: FolderListing, *, taken: int) -> None:
        unmatched = sum(mapping_for(each, self.folder.files) is None for each in listing.files)
        self._show((len(self._known.files), taken, unmatched, listing.others))

    def _show(self, counts: Sequence[int]) -> None:
        name, now = self.folder.name, self._taking.clock.now()
        for state, count in zip(STATES, counts, strict=True):
            metrics.intake_drops.labels(name, state).set(count)
        since = min((seen.since for seen in self._known.files.values()), default=now)
        metrics.intake_drop_waiting_seconds.labels(name).set((now - since).total_seconds())

    def _tell(self, trouble: str | None) -> None:
        told = None if trouble is None else f"folder {self.folder.name}: {trouble}"
        metrics.intake_drop_trouble.labels(self.folder.name).set(trouble is not None)
        if told != self.trouble and told is not None:
            log.warning("a watched folder has to be looked at", because=told)
        elif told is None and self.trouble is not None:
            log.info("a watched folder is well again", folder=self.folder.name)
        self.trouble = told

    def _today(self) -> date:
        return self._taking.clock.now().astimezone(self.folder.dealer.zone).date()

    async def _aside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _room(job: ImportJob | None) -> Room:
    return "archive" if job is not None and job.state == "done" else "refused"


def _words(failure: OSError | TransientFailure) -> str:
    """Without the names of files."""
    if isinstance(failure, NotPlain | TransientFailure):
        return str(failure.strerror if isinstance(failure, NotPlain) else failure)
    return failure.strerror or type(failure).__name__
