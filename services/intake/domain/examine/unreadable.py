"""What of a customer or car cannot be read, and is taken as not said: what is known stays."""

import re

from services.intake.domain.documents.kind import Described
from services.intake.domain.findings import Findings
from shared.contracts.feed_parts import Customer, Vehicle

_EMAIL = re.compile(r"[^\s@<>,;:()\[\]\"]+@[^\s@<>,;:()\[\]\"]+\.[^\s@<>,;:()\[\]\".]{2,}")
_NO_LETTER = "no letter or digit in it: left out, what is known stays"
_NO_EMAIL = "not an e-mail address: left out, what is known stays"


def leave_out_unreadable(described: Described, warnings: Findings) -> None:
    """Note what says nothing though it is not blank. Telephone numbers are in E.164 already."""
    for where, customer in described.customers.items():
        _customer(customer, f"/data{where}", warnings)
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


def _vehicle(vehicle: Vehicle, warnings: Findings) -> None:
    for name in ("plate", "make", "model"):
        _text(getattr(vehicle, name), f"/data/vehicle/{name}", warnings)


def _text(text: str | None, where: str, warnings: Findings) -> None:
    if text is not None and text.strip() and not any(char.isalnum() for char in text):
        warnings.leave_out(where, _NO_LETTER)
