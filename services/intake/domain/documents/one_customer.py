"""What consents, surveys and what is said of tasks share: each is about one known customer."""

from collections.abc import Iterator

from services.intake.domain.documents.kind import Named
from services.intake.domain.documents.naming import RecordFields, key_named
from shared.contracts.feeds import CustomerReport
from shared.contracts.intake import CustomerMoved

NOT_RECORDED = frozenset({"source", "dealer_id", "source_customer_id", "customer_key", "known_by"})
"""Fields that the record tells in its own way."""


def named_by_id(report: CustomerReport) -> Iterator[Named]:
    """The customer's key, where that is named instead of a number."""
    if report.customer_key is not None:
        yield Named("/customer_key", report.customer_key)


def known_customers(report: CustomerReport) -> Iterator[Named]:
    """The customer, however named."""
    field = "customer_key" if report.customer_key else "source_customer_id"
    if report.known_by is not None:
        field = "known_by"
    yield Named(f"/{field}", key_of_customer(report))


def key_of_customer(report: CustomerReport) -> str:
    """The key of the one customer."""
    return key_named(report, number=report.source_customer_id, key=report.customer_key)


def moved(fields: RecordFields, _: str | None) -> CustomerMoved:
    """What takes it away from a customer."""
    return CustomerMoved(**fields)
