"""What the register knows of documents, as it is answered: nothing personal, and no hash of it."""

from collections.abc import Callable, Iterable, Mapping

from services.intake.domain.facts import Row
from shared.contracts.http.intake import (
    DocumentDetail,
    Narrative,
    RegisteredDocument,
    TaskNote,
    TaskNotes,
)
from shared.contracts.identifiers import dealer_of
from shared.contracts.values import instant_text

OUTCOME = "task-outcome"
"""The kind of what is reported of an attempt at a task."""
MaySee = Callable[[str], bool]
"""Whether who asks may see what is of this dealer."""


def registered_document(row: Row, *, may_see: MaySee) -> RegisteredDocument:
    """One of a list. Customers of a dealer whom who asks may not see are not named."""
    return RegisteredDocument(
        document_id=row.document_id,
        kind=row.kind,
        version=row.version,
        customer_keys=tuple(sorted(key for key in row.keys if may_see(dealer_of(key)))),
    )


def document_detail(row: Row, *, may_see: MaySee) -> DocumentDetail:
    """One by itself."""
    return DocumentDetail(
        **registered_document(row, may_see=may_see).model_dump(),
        dealer_id=row.dealer_id,
        roles={role: key for role, key in row.customer_keys.items() if may_see(dealer_of(key))},
        parent=row.parent,
        merged_into=row.merged_into,
        first_received_at=instant_text(row.first_received_at),
        updated_at=instant_text(row.updated_at),
    )


def narrative_of(row: Row) -> Narrative | None:
    """What was written of it in free words; None where nothing was."""
    words = _written(row)
    if not words:
        return None
    return Narrative.model_validate({**words, "document_id": row.document_id})


def notes_of(rows: Iterable[Row]) -> TaskNotes:
    """What was noted of attempts at tasks; of other documents nothing is told."""
    noted = [(row.document_id, _written(row).get("note")) for row in rows if row.kind == OUTCOME]
    return TaskNotes(
        notes=tuple(TaskNote(document_id=id_, note=note) for id_, note in noted if note)
    )


def _written(row: Row) -> Mapping[str, str]:
    """Name -> text, of all that was written and not deleted."""
    if row.words is None:
        return {"narrative": row.narrative} if row.narrative else {}
    return {name: word.value for name, word in row.words.items() if isinstance(word.value, str)}
