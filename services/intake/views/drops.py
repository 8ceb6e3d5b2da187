"""What is put beside a dropped file that is done: what became of it, and of its records."""

from collections.abc import Sequence
from datetime import datetime

from services.intake.domain.drops.names import shown_name
from services.intake.domain.drops.taken_file import TakenFile
from services.intake.domain.imports.account import RecordTrouble
from services.intake.domain.imports.job import ImportJob
from services.intake.views.imports import (
    HEADINGS,
    OUTCOMES,
    import_answer,
    record_rows,
    records_answer,
)
from shared.contracts.http.described import DescribedResponse
from shared.contracts.http.intake_imports import Import, ImportedRecord
from shared.contracts.http.table import Cell, Lang, csv_text
from shared.contracts.values import instant_text

MOST_RECORDS = 20_000
"""The records that an account has; `aftercare imports show` has those that are kept."""


class DropAccount(DescribedResponse):
    """What became of a file. Never a value that stood there."""

    folder: str
    file: str
    became: str
    """`taken`: all of it was read; `refused`: it could not be, and nothing more of it is taken."""
    because: str
    """Why it was refused."""
    same_as_before: bool
    """The same file was sent before: `import` is that import."""
    records: tuple[ImportedRecord, ...]
    """Those that are to be looked at."""
    told_at: str
    taken_in: Import | None
    """The import; null: it became none."""


def drop_account(
    claim: TakenFile,
    job: ImportJob | None,
    troubles: Sequence[RecordTrouble],
    *,
    folder: str,
    now: datetime,
) -> str:
    """As JSON."""
    told = None if job is None else import_answer(job, now)
    account = DropAccount(
        folder=folder,
        file=shown_name(claim.name),
        became="taken" if _is_taken(job) else "refused",
        because=claim.because or (told.because if told is not None else ""),
        same_as_before=claim.is_same_as_before,
        records=records_answer(troubles[:MOST_RECORDS]),
        told_at=instant_text(now),
        taken_in=told,
    )
    return account.model_dump_json(indent=2) + "\n"


def drop_records_csv(
    claim: TakenFile, job: ImportJob | None, troubles: Sequence[RecordTrouble], lang: Lang
) -> str:
    """A row for each fault: first of the file as a whole, then of its records."""
    refused = OUTCOMES["refused"].of(lang)
    rows: list[Sequence[Cell]] = []
    because = claim.because or (job.because if job is not None else "")
    if not _is_taken(job):
        rows.append((None, None, refused, None, None, because or "it was cancelled"))
    for fault in job.faults if job is not None else ():
        rows.append((None, None, refused, fault.field, fault.column, fault.detail))
    rows.extend(record_rows(records_answer(troubles[:MOST_RECORDS]), lang))
    return csv_text([heading.of(lang) for heading in HEADINGS], rows)


def _is_taken(job: ImportJob | None) -> bool:
    return job is not None and job.state == "done"
