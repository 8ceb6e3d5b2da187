"""What came of one attempt at a follow-up task; each attempt is a document."""

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
from shared.contracts.feeds import TaskOutcomeReported
from shared.contracts.intake import Recorded, TaskOutcomeRecorded
from shared.contracts.values import instant_text
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = TaskOutcomeRecorded
EXPLAINS = True
FREE_WORDS: tuple[str, ...] = ("note",)

parent = no_parent
content = all_but_personal
named_by_id = one_customer.named_by_id
known_customers = one_customer.known_customers
described = describes_none
contradictions = no_contradictions
impossible_readings = no_readings
doubtful = no_doubts
moved = one_customer.moved


def numbers(report: TaskOutcomeReported) -> dict[str, str]:
    """The task's, and the attempt's; attempts without a number are told apart by their moment."""
    return {"task_id": report.task_id, "outcome_no": report.outcome_no or instant_text(report.at)}


def happened(report: TaskOutcomeReported) -> Iterator[tuple[str, date | None]]:
    yield "at", report.at


def messages(report: TaskOutcomeReported, _: Dealer) -> dict[str, Recorded]:
    fields = report.model_dump(exclude={*one_customer.NOT_RECORDED, *FREE_WORDS})
    key = one_customer.key_of_customer(report)
    recorded = TaskOutcomeRecorded(
        **record_fields(report, numbers(report), customer_key=key), **fields
    )
    return {"customer": recorded}
