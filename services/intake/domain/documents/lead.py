"""A lead, somebody who may buy: the customer's, else its own."""

from collections.abc import Iterator
from datetime import date

from services.intake.domain.dates import is_out_of_range
from services.intake.domain.documents import one_customer
from services.intake.domain.documents.kind import (
    Described,
    Named,
    all_but_personal,
    no_parent,
    no_readings,
)
from services.intake.domain.documents.naming import key_of, record_fields
from services.intake.domain.findings import Finding
from shared.contracts.identifiers import lead_key
from shared.contracts.intake import Recorded
from shared.contracts.leads import LeadRecorded, LeadReported
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = LeadRecorded
EXPLAINS = False
FREE_WORDS: tuple[str, ...] = ("note",)

_NEARLY = frozenset({"put_off", "undecided"})
_FOR_GOOD = frozenset({"bought_elsewhere", "unreachable"})

parent = no_parent
content = all_but_personal
impossible_readings = no_readings
moved = one_customer.moved


def numbers(report: LeadReported) -> dict[str, str]:
    return {"lead_no": report.lead_no}


def named_by_id(report: LeadReported) -> Iterator[Named]:
    if report.customer is not None and report.customer.customer_key is not None:
        yield Named("/customer/customer_key", report.customer.customer_key)


known_customers = named_by_id


def described(report: LeadReported) -> Described:
    customers = {} if report.customer is None else {"/customer": report.customer}
    return Described(customers, None)


def contradictions(report: LeadReported) -> Iterator[Finding]:
    for name, moment in _within(report):
        if is_out_of_range(moment):
            yield Finding(f"/{name}", "out of range")


def doubtful(report: LeadReported) -> Iterator[Finding]:
    if report.status == "lost" and report.reason in _NEARLY:
        yield Finding("/reason", "who puts it off or is undecided is quasi_lost, not lost")
    if report.status == "quasi_lost" and report.reason in _FOR_GOOD:
        yield Finding("/reason", "who bought elsewhere or cannot be reached is lost")
    if report.approved_by is not None and report.approved_by == report.status_by:
        yield Finding("/approved_by", "somebody else should agree that it is lost")
    if report.contacts_made is not None and report.contacts_made < len(report.contacts):
        yield Finding("/contacts_made", "more contacts are named: those are counted")


def happened(report: LeadReported) -> Iterator[tuple[str, date | None]]:
    yield "at", report.at
    yield "status_at", report.status_at
    yield "approved_at", report.approved_at
    yield from _within(report)


def _within(report: LeadReported) -> Iterator[tuple[str, date]]:
    """The moments of its contacts and earlier statuses, by their pointers."""
    for position, contact in enumerate(report.contacts):
        yield f"contacts/{position}/at", contact.at
    for position, turn in enumerate(report.earlier):
        yield f"earlier/{position}/at", turn.at
        if turn.approved_at is not None:
            yield f"earlier/{position}/approved_at", turn.approved_at


def messages(report: LeadReported, dealer: Dealer) -> dict[str, Recorded]:
    """A lead of the dealership itself reaches nobody."""
    if report.customer is None:
        key = lead_key(report.dealer_id, report.source, report.lead_no)
    elif report.customer.kind == "internal":
        return {}
    else:
        key = key_of(report, report.customer)
    lead = LeadRecorded(
        **record_fields(report, numbers(report), customer_key=key),
        **report.model_dump(exclude={*one_customer.NOT_RECORDED, *FREE_WORDS, "customer"}),
        timezone=dealer.timezone,
    )
    return {"customer": lead}
