"""Imports in memory; honours the same contract suite as those in MongoDB."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.intake.adapters.imports.store import ImportTally, arrival
from services.intake.domain.imports.account import RecordTrouble
from services.intake.domain.imports.job import (
    STATES,
    TO_COME,
    ImportJob,
    TroubleKind,
)
from shared.platform.errors import Conflict


class MemoryImports:
    """Imports in dictionaries. `meanwhile` lets a test act before each call, `fail_next` fail."""

    def __init__(self) -> None:
        self.jobs: dict[str, ImportJob] = {}
        self.pieces: dict[tuple[str, int], bytes] = {}
        self.kept: dict[tuple[str, int], RecordTrouble] = {}
        self.meanwhile: Callable[[str], None] = lambda _: None
        self.fail_next: list[Exception] = []

    async def save(self, job: ImportJob) -> ImportJob:
        self._called("save")
        known = self.jobs.get(job.import_id)
        if (known.revision if known else 0) != job.revision:
            raise Conflict("another writer changed the import")
        for other in self.jobs.values():
            if other.import_id == job.import_id:
                continue
            if job.same is not None and other.same == job.same:
                raise Conflict("same")
            both_run = other.state == job.state == "running"
            if both_run and other.dealer_id == job.dealer_id:
                raise Conflict("one runs")
        written = job.model_copy(update={"revision": job.revision + 1})
        self.jobs[job.import_id] = written
        return written

    async def find(self, import_id: str) -> ImportJob | None:
        self._called("find")
        return self.jobs.get(import_id)

    async def same_as(self, same: str) -> ImportJob | None:
        self._called("same_as")
        return next((job for job in self.jobs.values() if job.same == same), None)

    async def page(
        self, dealer_id: str, *, source: str | None = None, after: str, limit: int
    ) -> Sequence[ImportJob]:
        self._called("page")
        found = [
            self.jobs[id_]
            for id_ in sorted(self.jobs, reverse=True)
            if self.jobs[id_].dealer_id == dealer_id
            and source in (None, self.jobs[id_].source)
            and self.jobs[id_].state != "arriving"
            and (not after or id_ < after)
        ]
        return found[:limit]

    async def heads(self) -> Sequence[ImportJob]:
        self._called("heads")
        first: dict[str, ImportJob] = {}
        for state in ("running", "waiting"):
            for job in sorted(self.jobs.values(), key=arrival):
                if job.state == state:
                    first.setdefault(job.dealer_id, job)
        return sorted(first.values(), key=arrival)

    async def to_come(self, dealer_id: str) -> int:
        self._called("to_come")
        found = [job for job in self.jobs.values() if job.dealer_id == dealer_id]
        return sum(job.state in TO_COME for job in found)

    async def tally(self) -> ImportTally:
        self._called("tally")
        states = [job.state for job in self.jobs.values()]
        waiting = [job.arrived_at for job in self.jobs.values() if job.state == "waiting"]
        since = min((each for each in waiting if each is not None), default=None)
        return ImportTally({state: states.count(state) for state in STATES}, since)

    async def to_clear(self, now: datetime, ended_before: datetime) -> Sequence[ImportJob]:
        self._called("to_clear")
        return [
            job
            for job in self.jobs.values()
            if (job.file_until is not None and job.file_until <= now)
            or (job.state == "arriving" and job.held_until is not None and job.held_until <= now)
            or (job.ended_at is not None and job.ended_at <= ended_before)
        ]

    async def remove(self, import_id: str) -> None:
        await self.drop_file(import_id)
        await self.drop_troubles(import_id)
        self.jobs.pop(import_id, None)

    async def put_piece(self, import_id: str, number: int, content: bytes) -> None:
        self._called("put_piece")
        self.pieces[import_id, number] = content

    async def piece(self, import_id: str, number: int) -> bytes | None:
        self._called("piece")
        return self.pieces.get((import_id, number))

    async def drop_file(self, import_id: str) -> None:
        self._called("drop_file")
        for key in [key for key in self.pieces if key[0] == import_id]:
            del self.pieces[key]

    async def put_troubles(self, import_id: str, troubles: Sequence[RecordTrouble]) -> None:
        self._called("put_troubles")
        for trouble in troubles:
            self.kept[import_id, trouble.number] = trouble

    async def troubles(
        self, import_id: str, *, kind: TroubleKind | None, after: int, limit: int
    ) -> Sequence[RecordTrouble]:
        self._called("troubles")
        found = [
            trouble
            for (id_, number), trouble in sorted(self.kept.items())
            if id_ == import_id and number > after and kind in (None, trouble.kind)
        ]
        return found[:limit]

    async def drop_troubles(self, import_id: str) -> None:
        self._called("drop_troubles")
        for key in [key for key in self.kept if key[0] == import_id]:
            del self.kept[key]

    def _called(self, name: str) -> None:
        self.meanwhile(name)
        if self.fail_next:
            raise self.fail_next.pop(0)
