"""The addresses of customers and cases, and which key or id an address means.

A key's number is percent-encoded already, and an address encodes it once more: what is decoded on
its way is the key's own text again.
"""

from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from shared.contracts.identifiers import (
    customer_key,
    dealer_of,
    is_customer_key,
    kind_in,
    name_within,
    number_in,
    source_of,
)
from shared.contracts.values import CaseId, RecordKey

MOST_OF_AN_ADDRESS = 2_000
"""No key or id is longer."""
_KEY: TypeAdapter[str] = TypeAdapter(RecordKey)
_CASE: TypeAdapter[str] = TypeAdapter(CaseId)
_DOTS = frozenset({".", ".."})


def place_of(key: str) -> str:
    """`source/number`: a customer, a car or a lead within the addresses of their dealer's pages."""
    return quote(key.split("/", 2)[2], safe="/")


def key_at(dealer_id: str, source: str, number: str) -> str | None:
    """The key at a place, whose number is decoded once; None where no key is written so."""
    return _as_composed(_KEY, f"{dealer_id}/{source}/{number}")


def place_of_case(case_id: str) -> tuple[str, str]:
    """The address of a case behind `/d/`, and its number: of what is no id of a case, nothing, and
    itself. `case_id`: with or without the customer's key before it."""
    complaint = name_within(case_id) or case_id
    parts = complaint.split("/", 4)
    if len(parts) != 5 or parts[3] != "complaint":
        return "", case_id
    place = quote(f"{source_of(complaint)}/{parts[4]}", safe="/")
    return f"{dealer_of(complaint)}/cases/{place}", number_in(complaint)


def case_at(dealer_id: str, source: str, number: str) -> str | None:
    """The id of the case at a place, as `key_at`."""
    return _as_composed(_CASE, f"{dealer_id}/{source}/complaint/{number}")


def place_of_customer(key: str, screen: str) -> str:
    """The address of a customer on a screen, such as `customers` or `calls`, behind `/d/`. Of a
    document that names nobody, nothing."""
    if not is_customer_key(key) and kind_in(key) == "doc":
        return ""
    return f"{dealer_of(key)}/{screen}/{place_of(key)}"


def _as_composed(kind: TypeAdapter[str], written: str) -> str | None:
    """What is written, where a number is encoded so and in no other way."""
    try:
        found = kind.validate_python(written)
    except ValidationError:
        return None
    if _DOTS & {*found.split("/")}:
        return None
    before, last = found.rpartition("/")[0].rsplit("/", 1)
    composed = customer_key(before, last, number_in(found))
    return found if composed == found else None
