"""A correction of what is known of a customer: the profile has it, the record says of what."""

from collections.abc import Collection, Iterator
from datetime import date

from services.intake.domain.documents import one_customer
from services.intake.domain.documents.kind import (
    Described,
    no_doubts,
    no_parent,
    no_readings,
)
from services.intake.domain.documents.naming import record_fields
from services.intake.domain.findings import Finding
from shared.contracts.corrections import CustomerCorrected, CustomerReported, Particular
from shared.contracts.feed_parts import Customer
from shared.contracts.identifiers import is_customer_key, is_of_a_car
from shared.contracts.intake import Recorded
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = CustomerCorrected
EXPLAINS = False
FREE_WORDS: tuple[str, ...] = ()
WHOLE = ""
"""The pointer of its customer: the report itself is what is said of them."""
NOTHING_SAID = (
    "nothing is corrected: name, phones, email, language, birth_year, occupation or area is needed"
)
NO_PROFILE = "a lead or a document without a customer has no profile"
PARTICULARS: tuple[Particular, ...] = (
    *("name", "phones", "email", "language"),
    *("birth_year", "occupation", "area"),
)

parent = no_parent
named_by_id = one_customer.named_by_id
known_customers = one_customer.known_customers
impossible_readings = no_readings
doubtful = no_doubts
moved = one_customer.moved


def numbers(report: CustomerReported) -> dict[str, str]:
    return {"correction_no": report.correction_no}


def described(report: CustomerReported) -> Described:
    """The customer, of whom nothing is said but what the report names."""
    who = {"source_customer_id": report.source_customer_id, "customer_key": report.customer_key}
    said: dict[str, object] = {name: getattr(report, name) for name in _named(report)}
    return Described({WHOLE: Customer().model_copy(update={**who, **said})}, None)


def as_read(
    report: CustomerReported, described: Described, left_out: Collection[str]
) -> CustomerReported:
    """The report without what was `left_out` (pointers); of telephone numbers those that could be
    read."""
    phones = described.customers[WHOLE].phones
    lost = {name for name in _named(report) if f"/data/{name}" in left_out}
    if phones:
        lost.discard("phones")
    values = {name: value for name, value in report if name not in lost}
    if "phones" in values:
        values["phones"] = phones
    fields = report.model_fields_set - lost
    return CustomerReported.model_construct(_fields_set=fields, **values)


def contradictions(report: CustomerReported) -> Iterator[Finding]:
    if not _named(report):
        yield Finding("", NOTHING_SAID)
    key = report.customer_key
    if key is not None and not (is_customer_key(key) or is_of_a_car(key)):
        yield Finding("/customer_key", NO_PROFILE)


def happened(report: CustomerReported) -> Iterator[tuple[str, date | None]]:
    yield "at", report.at


def content(report: CustomerReported) -> dict[str, object]:
    """Of what is personal that it is said, and not what."""
    found = report.model_dump(
        exclude={"source_modified_at", "known_by", *PARTICULARS}, exclude_defaults=True
    )
    return {**found, "corrected": _corrected(report), "removed": _removed(report)}


def messages(report: CustomerReported, _: Dealer) -> dict[str, Recorded]:
    key = one_customer.key_of_customer(report)
    recorded = CustomerCorrected(
        **record_fields(report, numbers(report), customer_key=key),
        at=report.at,
        by=report.by,
        corrected=_corrected(report),
        removed=_removed(report),
    )
    return {"customer": recorded}


def _named(report: CustomerReported) -> tuple[Particular, ...]:
    return tuple(name for name in PARTICULARS if name in report.model_fields_set)


def _corrected(report: CustomerReported) -> tuple[Particular, ...]:
    return tuple(name for name in _named(report) if _says_something(getattr(report, name)))


def _removed(report: CustomerReported) -> tuple[Particular, ...]:
    return tuple(name for name in _named(report) if getattr(report, name) in (None, ()))


def _says_something(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)
