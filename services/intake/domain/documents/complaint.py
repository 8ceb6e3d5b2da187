"""A complaint, as filed or as corrected since: the customer's, else the car's, else its own."""

from collections.abc import Iterator
from datetime import date

from services.intake.domain.documents import one_customer_or_car
from services.intake.domain.documents.kind import (
    all_but_personal,
    no_contradictions,
    no_doubts,
    no_parent,
    no_readings,
)
from services.intake.domain.documents.naming import (
    RecordFields,
    key_of_document,
    noun_of,
    record_fields,
)
from shared.contracts.feeds import ComplaintReported
from shared.contracts.intake import ComplaintFiled, ComplaintMoved, Recorded
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = ComplaintFiled
EXPLAINS = False
FREE_WORDS: tuple[str, ...] = ("narrative", "desired_outcome")
COMPLAINT = noun_of(ComplaintReported)

parent = no_parent
content = all_but_personal
named_by_id = one_customer_or_car.named_by_id
known_customers = one_customer_or_car.named_by_id
described = one_customer_or_car.described
contradictions = no_contradictions
impossible_readings = no_readings
doubtful = no_doubts


def numbers(report: ComplaintReported) -> dict[str, str]:
    return {"case_no": report.case_no}


def happened(report: ComplaintReported) -> Iterator[tuple[str, date | None]]:
    yield "received_at", report.received_at


def messages(report: ComplaintReported, dealer: Dealer) -> dict[str, Recorded]:
    """A complaint of the dealership itself reaches nobody."""
    key = key_of_document(report, report.case_no)
    if key is None:
        return {}
    fields = report.model_dump(exclude={*FREE_WORDS, "vehicle", "customer", "source", "dealer_id"})
    filed = ComplaintFiled(
        **record_fields(report, numbers(report), customer_key=key),
        **fields,
        timezone=dealer.timezone,
    )
    return {"customer": filed}


def moved(fields: RecordFields, _: str | None) -> ComplaintMoved:
    return ComplaintMoved(**fields, case_id=fields["document_id"])
