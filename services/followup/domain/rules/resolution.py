"""Tasks counted from the resolution of a complaint."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from services.followup.domain.documents import CaseStands
from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion, TaskClosing
from shared.contracts.identifiers import number_in
from shared.contracts.subjects import ABOUT_THE_STANDING

COUNTED_FROM = "resolution of the complaint"
FROM = ("complaints",)
CLOSED_BY: tuple[Closer, ...] = ("called_back",)
CLOSERS: tuple[Closer, ...] = ("called_back",)
SAYS: Mapping[str, str] = {"case": "the number of the complaint"}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per case that is resolved, and another once it is resolved again after a reopening; due
    when complaints wants the customer called back, where it says so."""
    for complaint in history.complaints:
        case, case_id = complaint.case, complaint.document_id.removesuffix(f"/{ABOUT_THE_STANDING}")
        if case.resolved_at is None:
            continue
        resolved_at = case.resolved_at.astimezone(UTC)
        again = f"#{case.generation}" if case.generation > 1 else ""
        yield Occasion(
            document_id=f"{case_id}{again}",
            at=resolved_at,
            known_at=resolved_at,
            zone=history.zone,
            late=case.late.astimezone(UTC) if case.late else None,
            endings=(*_called_back(case), *_closed(case, resolved_at)),
            said={"case": number_in(case_id)},
            due_at=case.call_back_due_at.astimezone(UTC) if case.call_back_due_at else None,
        )


def _called_back(case: CaseStands) -> tuple[TaskClosing, ...]:
    if case.called_back_at is None:
        return ()
    return (TaskClosing("called_back", case.called_back_at.astimezone(UTC), "done", "called back"),)


def _closed(case: CaseStands, resolved_at: datetime) -> Iterator[TaskClosing]:
    """A case that goes on after its resolution waits for the call-back; so where it ends without
    one, none is owed. One that ended with its resolution never waited, and the call itself may end
    it."""
    called_back_at = case.called_back_at
    for span in case.spans:
        if span.until is None or (called_back_at is not None and called_back_at <= span.until):
            continue
        if span.since <= resolved_at < span.until:
            yield TaskClosing(None, span.until.astimezone(UTC), "cancelled", "case closed")
