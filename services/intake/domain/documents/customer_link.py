"""A link: staff say of two customers whether they are one person; both are told.

One of them is the reporting dealer's own; the other may be of another dealer of the same group.
"""

from collections.abc import Iterator
from datetime import date

from services.intake.domain.documents import one_customer
from services.intake.domain.documents.kind import (
    Named,
    NamedInGroup,
    all_but_personal,
    describes_none,
    no_doubts,
    no_parent,
    no_readings,
)
from services.intake.domain.documents.naming import record_fields
from services.intake.domain.documents.two_customers import by_key, named
from services.intake.domain.findings import Finding
from shared.contracts.feeds import CustomerLinkReported
from shared.contracts.identifiers import dealer_of
from shared.contracts.intake import CustomerLinkMade, Recorded
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = CustomerLinkMade
EXPLAINS = False
FREE_WORDS: tuple[str, ...] = ()

parent = no_parent
content = all_but_personal
described = describes_none
impossible_readings = no_readings
doubtful = no_doubts
moved = one_customer.moved


def numbers(report: CustomerLinkReported) -> dict[str, str]:
    return {"link_no": report.link_no}


def _customer(report: CustomerLinkReported) -> Named:
    """The reporting dealer's own."""
    return named(report, "customer", number=report.customer_id, key=report.customer_key)


def _other(report: CustomerLinkReported) -> Named:
    number, key = report.other_customer_id, report.other_customer_key
    return NamedInGroup(*named(report, "other_customer", number=number, key=key))


def named_by_id(report: CustomerLinkReported) -> Iterator[Named]:
    return by_key(_customer(report), _other(report))


def known_customers(report: CustomerLinkReported) -> Iterator[Named]:
    """Both: a link with a mistyped number links nobody."""
    yield _customer(report)
    yield _other(report)


def contradictions(report: CustomerLinkReported) -> Iterator[Finding]:
    if _customer(report).identifier == _other(report).identifier:
        yield Finding("", "customers cannot be linked with themselves")


def happened(report: CustomerLinkReported) -> Iterator[tuple[str, date | None]]:
    yield "at", report.at


def messages(report: CustomerLinkReported, _: Dealer) -> dict[str, Recorded]:
    """Each is told of the other, as a customer of its own dealer."""
    customer, other = _customer(report).identifier, _other(report).identifier
    made = CustomerLinkMade(
        **record_fields(report, numbers(report), customer_key=customer),
        other_customer_key=other,
        says=report.says,
        at=report.at,
        by=report.by,
    )
    to_other = {
        "customer_key": other,
        "dealer_id": dealer_of(other),
        "other_customer_key": customer,
    }
    return {"customer": made, "other": made.model_copy(update=to_other)}
