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
from services.intake.domain.documents.naming import key_named, record_fields
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


def customer_of(report: CustomerLinkReported) -> str:
    """The key of the reporting dealer's own customer."""
    return key_named(report, number=report.customer_id, key=report.customer_key)


def other_of(report: CustomerLinkReported) -> str:
    """The key of the other customer."""
    return key_named(report, number=report.other_customer_id, key=report.other_customer_key)


def named_by_id(report: CustomerLinkReported) -> Iterator[Named]:
    if report.customer_key is not None:
        yield Named("/customer_key", report.customer_key)
    if report.other_customer_key is not None:
        yield NamedInGroup("/other_customer_key", report.other_customer_key)


def known_customers(report: CustomerLinkReported) -> Iterator[Named]:
    """Both: a link with a mistyped number links nobody."""
    field = "customer_key" if report.customer_key else "customer_id"
    yield Named(f"/{field}", customer_of(report))
    field = "other_customer_key" if report.other_customer_key else "other_customer_id"
    yield Named(f"/{field}", other_of(report))


def contradictions(report: CustomerLinkReported) -> Iterator[Finding]:
    if customer_of(report) == other_of(report):
        yield Finding("", "customers cannot be linked with themselves")


def happened(report: CustomerLinkReported) -> Iterator[tuple[str, date | None]]:
    yield "at", report.at


def messages(report: CustomerLinkReported, _: Dealer) -> dict[str, Recorded]:
    """Each is told of the other, as a customer of its own dealer."""
    customer, other = customer_of(report), other_of(report)
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
