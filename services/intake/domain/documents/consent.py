"""What a customer allows."""

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
from shared.contracts.feeds import ConsentReported
from shared.contracts.intake import ConsentGiven, Recorded
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = ConsentGiven
EXPLAINS = True
FREE_WORDS: tuple[str, ...] = ()

parent = no_parent
named_by_id = one_customer.named_by_id
known_customers = one_customer.known_customers
described = describes_none
contradictions = no_contradictions
impossible_readings = no_readings
doubtful = no_doubts
moved = one_customer.moved


def numbers(report: ConsentReported) -> dict[str, str]:
    return {"consent_no": report.consent_no}


def happened(report: ConsentReported) -> Iterator[tuple[str, date | None]]:
    yield "at", report.at


def messages(report: ConsentReported, _: Dealer) -> dict[str, Recorded]:
    fields = report.model_dump(exclude={*one_customer.NOT_RECORDED, *FREE_WORDS})
    if not speaks_of_contact(report):
        fields["do_not_contact"] = None
    key = one_customer.key_of_customer(report)
    common = record_fields(report, numbers(report), customer_key=key)
    return {"customer": ConsentGiven(**common, **fields)}


def content(report: ConsentReported) -> dict[str, object]:
    """A report that does not speak of contact differs from one that allows it."""
    found = all_but_personal(report)
    return found if speaks_of_contact(report) else {**found, "do_not_contact": None}


def speaks_of_contact(report: ConsentReported) -> bool:
    """Whether it says if the customer may be contacted: one that names channels alone does not."""
    return report.model_fields_set & {"do_not_contact", "opt_outs"} != {"opt_outs"}
