"""Imports in words for people."""

from collections.abc import Iterator, Sequence

from deploy.cli.terminal import count, hint
from shared.contracts.http.intake_imports import Import, ImportDetail, ImportedRecord, ImportFault


def summary(found: Import) -> str:
    """How far it has come, in one line."""
    counts = found.counts
    parts = [
        f"{counts.accepted:,} accepted",
        f"{counts.duplicate:,} duplicate",
        f"{counts.rejected:,} rejected",
        f"{counts.refused:,} refused",
    ]
    if counts.skipped:
        parts.append(f"{counts.skipped:,} skipped")
    warned = f"; {counts.warned:,} with warnings" if counts.warned else ""
    return f"{count(found.records, 'record')}: {', '.join(parts)}{warned}"


def listed(found: Import) -> str:
    """One of a list."""
    name = f" {found.name}" if found.name else ""
    return (
        f"{found.import_id}  {found.created_at[:19]}  {state_of(found):<9}  "
        f"{found.mapping}/{found.source}{name}  {summary(found)}"
    )


def state_of(found: Import) -> str:
    """What it is, or is about to be."""
    match found.asked:
        case "pause":
            return "pausing"
        case "cancel":
            return "ending"
        case None:
            return found.state


def details(found: ImportDetail) -> Iterator[str]:
    """All that is to be said of one."""
    yield f"import {found.import_id} of {found.dealer_id}: {state_of(found)}"
    sent_as = f" ({found.name})" if found.name else ""
    yield f"sent {found.created_at}{sent_as}, mapping {found.mapping}, source {found.source}"
    yield from outcome(found)


def outcome(found: ImportDetail) -> Iterator[str]:
    """What became of it, the first records that are to be looked at, and what to do."""
    if found.because:
        yield f"{found.state}: {found.because}"
    for fault in found.faults:
        yield f"  {fault_in_words(fault)}"
    yield from record_lines(found.first)
    counts = found.counts
    told = {record.number for record in found.first}
    left = counts.rejected + counts.refused + counts.warned - len(told)
    if left > 0:
        command = hint(f"imports show {found.import_id} --records all", data_dir="")
        yield f"… and {count(left, 'more record')} to look at: {command}"
    yield summary(found) + _speed(found)
    if found.state in ("failed", "done") and found.can_be_resumed:
        command = hint(f"imports resume {found.import_id}", data_dir="")
        yield f"the file is kept until {found.file_until}: mend the mapping, then {command}"


def record_lines(records: Sequence[ImportedRecord]) -> Iterator[str]:
    """A line for each fault."""
    for record in records:
        for fault in record.faults:
            yield f"{record.place}: {record.outcome}: {fault_in_words(fault)}"
        if record.more_faults:
            yield f"{record.place}: {record.outcome}: and {record.more_faults} more"


def fault_in_words(fault: ImportFault) -> str:
    """`column '车架号' (vehicle.vin): …`."""
    column = f"column '{fault.column}'" if fault.column else ""
    field = f"({fault.field})" if fault.field and column else fault.field
    where = " ".join(filter(None, (column, field)))
    return f"{where}: {fault.detail}" if where else fault.detail


def _speed(found: Import) -> str:
    if found.records_per_second is None:
        return ""
    return f" ({found.records_per_second:,.0f} a second)"
