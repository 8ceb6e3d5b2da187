"""How documents and those whom they name are identified: what all kinds share."""

from collections.abc import Mapping
from typing import TypedDict
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from shared.contracts import identifiers
from shared.contracts.feed_parts import Customer
from shared.contracts.feeds import ComplaintReported, Document, VisitReported
from shared.contracts.values import CustomerNumber, Number

_NUMBER: TypeAdapter[str] = TypeAdapter(Number)
_CUSTOMER_NUMBER: TypeAdapter[str] = TypeAdapter(CustomerNumber)


class RecordFields(TypedDict):
    """What every record of intake has."""

    document_id: str
    version: str
    customer_key: str
    dealer_id: str


def noun_of(report: type[Document]) -> str:
    """`sale`, `visit`, `complaint-step`…: the noun of the report's type."""
    return report.TYPE.split(".")[2]


def document_id(report: Document, numbers: Mapping[str, str]) -> str:
    """The one id of the reported document; `numbers`: by which its source knows it."""
    noun = noun_of(type(report))
    return identifiers.document_id(report.dealer_id, report.source, noun, *numbers.values())


def record_fields(
    report: Document, numbers: Mapping[str, str], *, customer_key: str
) -> RecordFields:
    """What every record of the document has, without a version so far."""
    return RecordFields(
        document_id=document_id(report, numbers),
        version="",
        customer_key=customer_key,
        dealer_id=report.dealer_id,
    )


def key_named(report: Document, *, number: str | None, key: str | None) -> str:
    """The customer whom a report names: by the number of its own source, or by the key itself."""
    if key is not None:
        return key
    assert number is not None, "the contract wants one of them"
    return identifiers.customer_key(report.dealer_id, report.source, number)


def key_of(report: Document, customer: Customer) -> str:
    """The key of a customer whom a document describes."""
    return key_named(report, number=customer.source_customer_id, key=customer.customer_key)


def key_of_document(report: VisitReported | ComplaintReported, number: str) -> str | None:
    """The customer, else the car, else the document; None for the dealership itself."""
    if report.customer is not None:
        return None if report.customer.kind == "internal" else key_of(report, report.customer)
    if report.vehicle is not None and report.vehicle.vin is not None:
        return identifiers.vin_key(report.dealer_id, report.source, report.vehicle.vin)
    return identifiers.document_key(report.dealer_id, report.source, number)


def is_as_answered(identifier: str) -> bool:
    """Whether a key or id is written as intake writes it; no other ever meets what it names."""
    number = identifiers.number_in(identifier)
    kind = _CUSTOMER_NUMBER if identifiers.is_customer_key(identifier) else _NUMBER
    try:
        read = kind.validate_python(number)
    except ValidationError:
        return False
    return read == number and quote(number, safe="") == identifier.rpartition("/")[2]
