"""What intake answers of imported files (producer: intake; read by the command and by desks)."""

from typing import Literal

from shared.contracts.http.described import DescribedResponse

ImportState = Literal["arriving", "waiting", "running", "paused", "done", "failed", "cancelled"]
RecordOutcome = Literal["refused", "rejected", "warned"]


class ImportFault(DescribedResponse):
    """Something that is wrong: names and words, never what stands there."""

    field: str
    """The canonical field, such as `vehicle.vin`; empty: all of it."""
    column: str
    """The heading, or the path, that it comes from; empty: none."""
    detail: str


class ImportedRecord(DescribedResponse):
    """A record of the file that is to be looked at."""

    number: int
    """Its number in the file, from 1."""
    place: str
    """Where it stands, such as `line 12`."""
    outcome: RecordOutcome
    """`refused`: the mapping makes no event of it; `rejected`: intake did not take it; `warned`: it
    was taken, and something looks wrong."""
    faults: tuple[ImportFault, ...]
    more_faults: int = 0
    """How many more there are."""


class ImportCounts(DescribedResponse):
    """Events by what became of them, and records of which none was made."""

    accepted: int
    duplicate: int
    """Known already."""
    rejected: int
    """Not taken by intake."""
    refused: int
    """Records of which the mapping makes no event."""
    skipped: int
    """Records that are none, as the mapping says: totals, blank lines."""
    warned: int
    """Of the accepted and duplicate those with warnings."""


class Import(DescribedResponse):
    """A file that was sent, and how far it has come in."""

    import_id: str
    dealer_id: str
    source: str
    mapping: str
    name: str
    """The file's, as its sender calls it."""
    sent_by: str | None = None
    """Who sent it, or resumed it last: `key/` and what of a key may be seen, or `token/…`; null:
    it came through a door of the operators' own."""
    state: ImportState
    asked: Literal["pause", "cancel"] | None
    """What it becomes as soon as the portion in hand is done."""
    because: str
    """Why it failed, or waits for somebody to resume it."""
    faults: tuple[ImportFault, ...]
    """What is wrong with the file as a whole: columns that are missing, or stand there twice."""
    size: int
    """Bytes, unpacked."""
    bytes_read: int
    records: int
    """Records done so far."""
    records_per_second: float | None
    counts: ImportCounts
    not_kept: dict[RecordOutcome, int]
    """How many records of each kind the account does not name any more."""
    created_at: str
    arrived_at: str | None
    begun_at: str | None
    ended_at: str | None
    file_until: str | None
    """When the file is deleted, which is kept so that the import can be resumed once the fault is
    mended."""
    can_be_resumed: bool


class ImportDetail(Import):
    """An import, and the first of its records that are to be looked at."""

    first: tuple[ImportedRecord, ...]


class ImportTaken(Import):
    """An import whose file has just been sent."""

    duplicate: bool
    """The same file was sent before: this is that import. `again=true` runs it anew."""


class ImportPage(DescribedResponse):
    """A dealer's imports, the newest first."""

    imports: tuple[Import, ...]
    after: str | None
    """`after` of the next page; null: this was the last."""


class ImportedRecords(DescribedResponse):
    """Records that are to be looked at, in the order of the file."""

    records: tuple[ImportedRecord, ...]
    after: int | None
    """`after` of the next page; null: this was the last."""
