"""What of a customer or car cannot be read, and is taken as not said: what is known stays."""

import re

from pydantic import TypeAdapter, ValidationError

from services.intake.domain.documents.kind import Described
from services.intake.domain.findings import Findings
from shared.contracts.feed_parts import AnyVehicle, Customer
from shared.contracts.values import Term

YOUNGEST, OLDEST = 10, 110
"""The ages, in years, that a customer may have; a filler such as 1900 is beyond."""
_TERM: TypeAdapter[str] = TypeAdapter(Term)
_EMAIL = re.compile(r"[^\s@<>,;:()\[\]\"]+@[^\s@<>,;:()\[\]\"]+\.[^\s@<>,;:()\[\]\".]{2,}")
_NO_LETTER = "no letter or digit in it: left out, what is known stays"
_NO_TERM = "a term is wanted, and this may be personal: left out, what is known stays"
_NO_YEAR = "hardly the year of a customer's birth: left out, what is known stays"
_NO_EMAIL = "not an e-mail address: left out, what is known stays"


def leave_out_unreadable(described: Described, warnings: Findings, *, year: int) -> None:
    """Note what says nothing though it is not blank. Telephone numbers are in E.164 already.

    `year`: the present one.
    """
    for where, customer in described.customers.items():
        _customer(customer, f"/data{where}", warnings)
        _person(customer, f"/data{where}", warnings, year=year)
    if described.vehicle is not None:
        _vehicle(described.vehicle, warnings)


def _customer(customer: Customer, where: str, warnings: Findings) -> None:
    for name in ("name", "language"):
        _text(getattr(customer, name), f"{where}/{name}", warnings)
    email = (customer.email or "").strip()
    if email and _EMAIL.fullmatch(email) is None:
        warnings.leave_out(f"{where}/email", _NO_EMAIL)
    if f"{where}/phones" in warnings.left_out:
        what = (
            "not all could be read: the others are added to those known"
            if customer.phones
            else "none could be read: those known stay"
        )
        warnings.add(f"{where}/phones", what)


def _person(customer: Customer, where: str, warnings: Findings, *, year: int) -> None:
    """What the months of a dealer are analysed by: nothing that tells who it is."""
    for name in ("occupation", "area"):
        text = getattr(customer, name) or ""
        _text(text, f"{where}/{name}", warnings)
        if f"{where}/{name}" not in warnings.left_out and text.strip() and not _is_term(text):
            warnings.leave_out(f"{where}/{name}", _NO_TERM)
    born = customer.birth_year
    if born is not None and not YOUNGEST <= year - born <= OLDEST:
        warnings.leave_out(f"{where}/birth_year", _NO_YEAR)


def _is_term(text: str) -> bool:
    try:
        _TERM.validate_python(text)
    except ValidationError:
        return False
    return True


def _vehicle(vehicle: AnyVehicle, warnings: Findings) -> None:
    for name in ("plate", "make", "model"):
        _text(getattr(vehicle, name), f"/data/vehicle/{name}", warnings)


def _text(text: str | None, where: str, warnings: Findings) -> None:
    if text is not None and text.strip() and not any(char.isalnum() for char in text):
        warnings.leave_out(where, _NO_LETTER)
