"""Whether a customer is the one whom somebody asked for, and by what."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.desk.domain.find.asked import FEWEST_FIRST, Meaning, Sought
from services.desk.domain.find.terms import (
    TermKind,
    digits_of,
    of_email,
    of_name,
    plain_number,
    plain_plate,
    plain_vin,
    whole_name,
)
from services.desk.domain.people import CustomerCard
from shared.contracts.identifiers import number_in
from shared.contracts.intake import ProfileRecorded

MOST_HITS = 20
_LEAST_NATIONAL = 7
"""A shorter number that begins with zeros is the end of one, not one with a trunk prefix."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer who may be meant."""

    customer: CustomerCard
    by: TermKind
    """What of theirs was asked for, or is nearest to it."""
    document_id: str | None = None
    """Their document, if it is the number of one, and of no other of theirs, that was asked for."""

    @property
    def order(self) -> tuple[int, str]:
        return FEWEST_FIRST[self.by], self.customer.customer_key


@dataclass(frozen=True, slots=True)
class Hits:
    """Who may be meant, the surest first."""

    found: tuple[Hit, ...] = ()
    more: bool = False
    """Whether there are, or may be, others than these."""


def hit(asked: Sought, customer: CustomerCard) -> Hit | None:
    """Whether this customer is meant."""
    by = [way.term.kind for way in asked.whole if is_met(way, customer)]
    each = [[way.term.kind for way in ways if is_met(way, customer)] for ways in asked.words]
    if each and all(each):
        by += [kind for kinds in each for kind in kinds]
    return Hit(customer, min(by, key=FEWEST_FIRST.__getitem__)) if by else None


def is_met(way: Meaning, customer: CustomerCard) -> bool:
    """Whether the text means something of this customer's."""
    kind, profile = way.term.kind, customer.profile
    if kind == "number":
        return way.term.text == plain_number(number_in(customer.customer_key))
    if profile is None:
        return False
    match way.how:
        case "within":
            return profile.name is not None and way.text in whole_name(profile.name)
        case "begins":
            words = of_name(profile.name) if profile.name else ()
            return any(each.kind == "word" and each.text.startswith(way.text) for each in words)
        case "ends":
            return any(_ends(each, way.text) for each in _ending(kind, profile))
        case "equal" if kind == "email":
            return profile.email is not None and way.term == of_email(profile.email)
        case "equal":
            return profile.name is not None and way.term in of_name(profile.name)


def _ending(kind: TermKind, profile: ProfileRecorded) -> Iterator[str]:
    """What the customer has of this kind, written as it is asked for."""
    if kind == "phone":
        yield from (digits_of(each.e164) for each in profile.phones)
    elif kind == "vin":
        yield from map(plain_vin, profile.vehicles)
    else:
        plates = (each.plate for each in profile.vehicles.values())
        yield from (plain_plate(plate) for plate in plates if plate)


def _ends(written: str, asked: str) -> bool:
    """Of a telephone number: with its country's code, or with a prefix of zeros instead."""
    if written.endswith(asked):
        return True
    national = asked.lstrip("0")
    return len(national) >= _LEAST_NATIONAL and written.endswith(national)
