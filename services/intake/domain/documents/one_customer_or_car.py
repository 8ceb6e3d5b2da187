"""What visits and complaints share: a customer, or else a car, or neither."""

from collections.abc import Iterator

from services.intake.domain.documents.kind import Described, Named
from shared.contracts.feeds import ComplaintReported, VisitReported


def named_by_id(report: VisitReported | ComplaintReported) -> Iterator[Named]:
    """The customer's key, where that is named instead of a number."""
    if report.customer is not None and report.customer.customer_key is not None:
        yield Named("/customer/customer_key", report.customer.customer_key)


def described(report: VisitReported | ComplaintReported) -> Described:
    """The customer and the car, if it names them."""
    customers = {} if report.customer is None else {"/customer": report.customer}
    return Described(customers, report.vehicle)
