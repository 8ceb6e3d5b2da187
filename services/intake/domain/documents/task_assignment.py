"""Who is to do a follow-up task; each claim, each assignment and each giving back is a document."""

from collections.abc import Iterator
from datetime import date

from services.intake.domain.documents import one_customer
from services.intake.domain.documents.kind import (
    all_but_personal,
    describes_none,
    no_contradictions,
    no_doubts,
    no_parent,
    no_readings,
)
from services.intake.domain.documents.naming import record_fields
from shared.contracts.feeds import TaskAssignmentReported
from shared.contracts.intake import Recorded, TaskAssigned
from shared.contracts.values import instant_text
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = TaskAssigned
EXPLAINS = False
FREE_WORDS: tuple[str, ...] = ()

parent = no_parent
content = all_but_personal
named_by_id = one_customer.named_by_id
known_customers = one_customer.known_customers
described = describes_none
contradictions = no_contradictions
impossible_readings = no_readings
doubtful = no_doubts
moved = one_customer.moved


def numbers(report: TaskAssignmentReported) -> dict[str, str]:
    """The task's, and its own; without one, two people may claim a task at the same moment."""
    if report.assignment_no is not None:
        return {"task_id": report.task_id, "assignment_no": report.assignment_no}
    return {"task_id": report.task_id, "at": instant_text(report.at), "by": report.by}


def happened(report: TaskAssignmentReported) -> Iterator[tuple[str, date | None]]:
    yield "at", report.at


def messages(report: TaskAssignmentReported, _: Dealer) -> dict[str, Recorded]:
    key = one_customer.key_of_customer(report)
    assigned = TaskAssigned(
        **record_fields(report, numbers(report), customer_key=key),
        task_id=report.task_id,
        at=report.at,
        by=report.by,
        person=report.person,
    )
    return {"customer": assigned}
