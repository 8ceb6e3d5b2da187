"""An import: a file that was sent, and how far it has come in. Each step of its life is a function
from the job to the job; None: it cannot be, or is not this instance's any more.

    arriving -> waiting -> running -> done | failed
                   ^          |
                   +- paused <+         cancelled, from wherever it has not ended

Whoever works on a job holds it by a lease: `owner`, until `held_until`. A job that runs and is
held by nobody any more is taken up by another instance, from its last checkpoint on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from services.intake.domain.mappings.converted import MappingNote
from services.intake.domain.mappings.feed_mapping import FeedMapping
from shared.contracts.values import Instant

State = Literal["arriving", "waiting", "running", "paused", "done", "failed", "cancelled"]
Wish = Literal["pause", "resume", "cancel"]
TroubleKind = Literal["refused", "rejected", "warned"]
"""What is kept of single records: `refused`: no event could be made of it; `rejected`: intake did
not take it; `warned`: it was taken, and something looks wrong."""
UNFINISHED = ("waiting", "running", "paused")
TO_COME = ("arriving", "waiting", "paused")
"""States of files that are still to be taken in."""
KNOWN_AGAIN = (*UNFINISHED, "done")
"""States in which the same file, sent again, is this import."""
MOST_FAULTS = 20
"""Of a file, or of one record of it, that are told."""
MOST_LETTERS = 500
NO_LEAVE = "the key of who sent it may not report for this source any more: resume it with another"
STATES: tuple[State, ...] = get_args(State)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RecordCounts(_Frozen):
    """Events by what became of them, and records of which none was made."""

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    refused: int = 0
    skipped: int = 0
    warned: int = 0
    """Of those that were accepted or known, the ones with warnings."""

    def plus(self, more: "RecordCounts") -> "RecordCounts":
        """Both together."""
        both = {name: value + getattr(more, name) for name, value in self.model_dump().items()}
        return RecordCounts(**both)


class FileFault(_Frozen):
    """What is wrong with a file as a whole, or with a record of it."""

    field: str
    column: str
    detail: str

    @classmethod
    def of(cls, note: MappingNote) -> "FileFault":
        """Cut to what can be shown: a heading that is meant may be of any length."""
        return cls(field=_cut(note.field), column=_cut(note.column), detail=_cut(note.detail))


class ImportJob(_Frozen):
    """A file that was sent, and how far it has come in. Holds nothing of its content."""

    import_id: str
    dealer_id: str
    source: str
    mapping: str
    mapping_digest: str
    """Of the mapping that its records were read by so far, else as it was when it was sent."""
    name: str = ""
    """The file's, as its sender calls it."""
    sent_by: str | None = None
    """Who sent it, or resumed it last: the id of a principal. None: a door of the operators'
    own, such as a folder; then nothing is asked before it goes on."""
    same: str | None = None
    """What the same file, sent again, has too; None: it may be sent again."""
    state: State = "arriving"
    asked: Literal["pause", "cancel"] | None = None
    """What is to become of it at its next checkpoint."""
    because: str = ""
    """Why it failed or waits."""
    faults: tuple[FileFault, ...] = ()
    created_at: Instant
    arrived_at: Instant | None = None
    begun_at: Instant | None = None
    ended_at: Instant | None = None
    updated_at: Instant
    owner: str | None = None
    held_until: Instant | None = None
    size: int = 0
    """Bytes, unpacked."""
    digest: str = ""
    has_file: bool = True
    file_until: Instant | None = None
    """When the file is deleted; None: it is still needed."""
    number: int = 0
    """Of the last record that is done: where it goes on."""
    records: int = 0
    bytes_read: int = 0
    seconds: float = 0
    """Spent on the records that are done."""
    counts: RecordCounts = Field(default_factory=RecordCounts)
    kept: dict[TroubleKind, int] = Field(default_factory=dict)
    """How many records of each kind are kept in its account."""
    revision: int = 0
    """The guard of the compare-and-set; 0: it is not stored yet."""


class PortionDone(_Frozen):
    """What one portion adds."""

    after: int
    """The number of the last record that was done before it."""
    number: int
    records: int
    counts: RecordCounts
    kept: dict[TroubleKind, int]
    bytes_read: int
    seconds: float


def same_file(job: ImportJob, digest: str) -> str:
    """What the same file of the same dealer, source and mapping has too, whenever it is sent."""
    parts = (job.dealer_id, job.source, job.mapping, job.mapping_digest, digest)
    return sha256("\n".join(parts).encode()).hexdigest()


def digest_of(mapping: FeedMapping) -> str:
    """Tells one mapping from another of the same name."""
    return sha256(mapping.model_dump_json().encode()).hexdigest()[:16]


def arrived(
    job: ImportJob, *, digest: str, size: int, now: datetime, again: bool
) -> ImportJob | None:
    """Its file is whole and stored. `again`: also where the same was sent before."""
    if job.state != "arriving":
        return None
    return _changed(
        job,
        now,
        state="waiting",
        digest=digest,
        size=size,
        same=None if again else same_file(job, digest),
        arrived_at=now,
        owner=None,
        held_until=None,
    )


def is_free(job: ImportJob, now: datetime) -> bool:
    """Whether it may be taken up: it waits, or whoever took it is gone."""
    if job.state == "waiting":
        return True
    return job.state == "running" and (job.held_until is None or job.held_until <= now)


def taken(job: ImportJob, owner: str, now: datetime, lease: timedelta) -> ImportJob | None:
    """It is `owner`'s, or is what was asked for while nobody had it."""
    if not is_free(job, now):
        return None
    if job.asked is not None:
        return _as_asked(job, now)
    return _changed(
        job,
        now,
        state="running",
        because="",
        owner=owner,
        held_until=now + lease,
        begun_at=job.begun_at or now,
    )


def held_longer(job: ImportJob, owner: str, now: datetime, lease: timedelta) -> ImportJob | None:
    """It stays `owner`'s; of one that arrives, too."""
    if job.owner != owner or job.state not in ("running", "arriving"):
        return None
    return _changed(job, job.updated_at, held_until=now + lease)


def released(job: ImportJob, owner: str, now: datetime) -> ImportJob | None:
    """Another instance may take it up at once."""
    if job.owner != owner or job.state != "running":
        return None
    return _changed(job, now, owner=None, held_until=None)


def opened_by(job: ImportJob, owner: str, mapping_digest: str, now: datetime) -> ImportJob | None:
    """Its records are read by this mapping: from the beginning, if it was another so far."""
    if job.owner != owner or job.state != "running":
        return None
    if job.mapping_digest == mapping_digest:
        return job
    return _changed(_from_the_beginning(job), now, mapping_digest=mapping_digest)


def checkpoint(job: ImportJob, owner: str, done: PortionDone, now: datetime) -> ImportJob | None:
    """A portion is done; what was asked for meanwhile comes true."""
    if job.owner != owner or job.state != "running":
        return None
    if job.number == done.number != done.after:
        return job  # it was noted, and the reply was lost
    if job.number != done.after:
        return None
    kept = {kind: job.kept.get(kind, 0) + done.kept.get(kind, 0) for kind in _KINDS}
    found = _changed(
        job,
        now,
        number=done.number,
        records=job.records + done.records,
        counts=job.counts.plus(done.counts),
        kept=kept,
        bytes_read=max(job.bytes_read, done.bytes_read),
        seconds=job.seconds + done.seconds,
    )
    return found if found.asked is None else _as_asked(found, now)


def without_leave(job: ImportJob, owner: str, now: datetime) -> ImportJob | None:
    """Whoever sent it may not report any more: it waits for somebody who may, unless it is to be
    cancelled anyway."""
    if job.owner != owner or job.state != "running":
        return None
    if job.asked == "cancel":
        return _as_asked(job, now)
    return _as_asked(job.model_copy(update={"because": NO_LEAVE}), now)


def ended(job: ImportJob, owner: str, now: datetime, *, keep: timedelta) -> ImportJob | None:
    """All of its records are done. The file is kept for a while where some are to be mended."""
    if job.owner != owner or job.state != "running":
        return None
    clean = not (job.counts.rejected or job.counts.refused)
    return _ended(
        job, now, state="done", file_until=now if clean else now + keep, bytes_read=job.size
    )


def failed(
    job: ImportJob,
    owner: str,
    now: datetime,
    *,
    because: str,
    faults: Sequence[MappingNote] = (),
    keep: timedelta,
) -> ImportJob | None:
    """It cannot be read, or not further. What was taken stays; it can be resumed once the fault is
    mended."""
    if job.owner != owner or job.state != "running":
        return None
    told = tuple(map(FileFault.of, faults[:MOST_FAULTS]))
    return _ended(
        job, now, state="failed", because=because, faults=told, file_until=now + keep, same=None
    )


def without_file(job: ImportJob, now: datetime) -> ImportJob | None:
    """Its file is to be deleted: it cannot be resumed any more."""
    if job.file_until is None or job.file_until > now:
        return None
    return job.model_copy(update={"has_file": False})


def file_deleted(job: ImportJob) -> ImportJob | None:
    """It is."""
    return None if job.has_file else job.model_copy(update={"file_until": None})


def may_be_resumed(job: ImportJob, now: datetime) -> bool:
    """Whether one that has ended may still end otherwise."""
    if job.state not in ("failed", "done") or not job.has_file:
        return False
    return job.file_until is not None and job.file_until > now


def wished(job: ImportJob, wish: Wish, now: datetime, *, by: str | None) -> ImportJob | None:
    """As it is, or will be, by what people ask for; None: it cannot be.

    `by`: who asks, as in `sent_by`. What they have go on is from then on as if they had sent it.
    """
    match wish:
        case "pause":
            return _paused(job, now)
        case "cancel":
            return _cancelled(job, now)
        case "resume":
            return _resumed(job, now, by)


def _paused(job: ImportJob, now: datetime) -> ImportJob | None:
    match job.state:
        case "waiting":
            return _changed(job, now, state="paused")
        case "running" if job.asked != "cancel":
            return _changed(job, now, asked="pause")
        case "paused":
            return job
        case _:
            return None


def _cancelled(job: ImportJob, now: datetime) -> ImportJob | None:
    match job.state:
        case "waiting" | "paused":
            return _ended(job, now, state="cancelled", same=None, file_until=now)
        case "running":
            return _changed(job, now, asked="cancel")
        case "cancelled":
            return job
        case "failed" if job.has_file:
            return _ended(job, now, state="cancelled", same=None, file_until=now)
        case _:
            return None


def _resumed(job: ImportJob, now: datetime, by: str | None) -> ImportJob | None:
    match job.state:
        case "waiting":
            return job
        case "running" if job.asked != "cancel":
            return job if job.asked is None else _changed(job, now, asked=None)
        case "paused":
            return _changed(job, now, state="waiting", because="", sent_by=by)
        case "failed" | "done" if may_be_resumed(job, now):
            again = _from_the_beginning(job)
            return _changed(again, now, state="waiting", file_until=None, ended_at=None, sent_by=by)
        case _:
            return None


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _as_asked(job: ImportJob, now: datetime) -> ImportJob:
    if job.asked == "cancel":
        return _ended(job, now, state="cancelled", same=None, file_until=now)
    return _changed(job, now, state="paused", asked=None, owner=None, held_until=None)


def _ended(job: ImportJob, now: datetime, **more: object) -> ImportJob:
    return _changed(job, now, ended_at=now, owner=None, held_until=None, asked=None, **more)


def _from_the_beginning(job: ImportJob) -> ImportJob:
    """What is known already is a duplicate then; what was mended is taken."""
    fresh: dict[str, object] = {
        "number": 0,
        "records": 0,
        "bytes_read": 0,
        "seconds": 0.0,
        "counts": RecordCounts(),
        "kept": {},
        "faults": (),
        "because": "",
    }
    return job.model_copy(update=fresh)


def _changed(job: ImportJob, now: datetime, **more: object) -> ImportJob:
    return job.model_copy(update={"updated_at": now, **more})


_KINDS: tuple[TroubleKind, ...] = get_args(TroubleKind)
