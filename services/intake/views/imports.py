"""Imports as they are answered."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import get_args

from services.intake.domain.imports.account import RecordTrouble
from services.intake.domain.imports.job import FileFault, ImportJob, TroubleKind, wished
from shared.contracts.http.intake_imports import (
    Import,
    ImportCounts,
    ImportDetail,
    ImportedRecord,
    ImportFault,
    ImportTaken,
)
from shared.contracts.http.table import Cell, Heading, Lang, csv_text
from shared.contracts.values import instant_text

HEADINGS = (
    Heading("Record", "记录"),
    Heading("Place", "位置"),
    Heading("Outcome", "结果"),
    Heading("Field", "字段"),
    Heading("Column", "列"),
    Heading("Detail", "说明"),
)
OUTCOMES: Mapping[TroubleKind, Heading] = {
    "refused": Heading("refused", "未转换"),
    "rejected": Heading("rejected", "被拒收"),
    "warned": Heading("warned", "有警告"),
}


def import_answer(job: ImportJob, now: datetime) -> Import:
    """One of a list, or after something was asked of it."""
    return Import.model_validate(_fields(job, now))


def import_taken(job: ImportJob, now: datetime, *, duplicate: bool) -> ImportTaken:
    """One whose file has just been sent."""
    return ImportTaken.model_validate({**_fields(job, now), "duplicate": duplicate})


def import_detail(job: ImportJob, now: datetime, first: Sequence[RecordTrouble]) -> ImportDetail:
    """One by itself."""
    return ImportDetail.model_validate({**_fields(job, now), "first": records_answer(first)})


def records_answer(troubles: Iterable[RecordTrouble]) -> tuple[ImportedRecord, ...]:
    """The account of single records."""
    return tuple(
        ImportedRecord(
            number=trouble.number,
            place=trouble.place,
            outcome=trouble.kind,
            faults=_faults(trouble.faults),
            more_faults=trouble.more_faults,
        )
        for trouble in troubles
    )


def records_csv(records: Sequence[ImportedRecord], lang: Lang | None) -> str:
    """A row for each fault."""
    return csv_text([heading.of(lang) for heading in HEADINGS], record_rows(records, lang))


def record_rows(records: Iterable[ImportedRecord], lang: Lang | None) -> Iterator[Sequence[Cell]]:
    """The rows under `HEADINGS`."""
    for record in records:
        for fault in record.faults:
            outcome = OUTCOMES[record.outcome].of(lang)
            yield record.number, record.place, outcome, fault.field, fault.column, fault.detail


def _fields(job: ImportJob, now: datetime) -> dict[str, object]:
    counts = ImportCounts(**job.counts.model_dump())
    ends = ("created_at", "arrived_at", "begun_at", "ended_at", "file_until")
    same = ("import_id", "dealer_id", "source", "mapping", "name", "sent_by", "state", "asked")
    told = (*same, "because", "size", "bytes_read", "records")
    return {
        **{name: getattr(job, name) for name in told},
        **{name: _written(getattr(job, name)) for name in ends},
        "faults": _faults(job.faults),
        "records_per_second": round(job.records / job.seconds, 1) if job.seconds else None,
        "counts": counts,
        "not_kept": _not_kept(job, counts),
        "can_be_resumed": job.state in ("paused", "failed", "done")
        and wished(job, "resume", now, by=None) is not None,
    }


def _not_kept(job: ImportJob, counts: ImportCounts) -> dict[TroubleKind, int]:
    kinds: tuple[TroubleKind, ...] = get_args(TroubleKind)
    left = {kind: getattr(counts, kind) - job.kept.get(kind, 0) for kind in kinds}
    return {kind: number for kind, number in left.items() if number > 0}


def _faults(faults: Sequence[FileFault]) -> tuple[ImportFault, ...]:
    return tuple(ImportFault(**fault.model_dump()) for fault in faults)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else instant_text(moment)
