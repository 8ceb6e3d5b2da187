"""Whether a customer is the one whom somebody asked for, and by what."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.desk.domain.find.asked import FEWEST_FIRST, Asked, Way
from services.desk.domain.find.terms import (
    Term,
    TermKind,
    digits_of,
    of_email,
    of_name,
    of_phone,
    of_plate,
    of_vin,
    plain_number,
    plain_vin,
    whole_name,
)
from services.desk.domain.people import KnownCustomer
from shared.contracts.identifiers import number_in
from shared.contracts.intake import ProfileRecorded

MOST_HITS = 20
_LEAST_NATIONAL = 7
"""A shorter number that begins with zeros is the end of one, not one with a trunk prefix."""
_OF_A_NAME: frozenset[TermKind] = frozenset(
    {"name", "bigram", "character", "initials", "word", "beginning"}
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer who may be meant."""

    customer: KnownCustomer
    by: TermKind
    """What of theirs was asked for, or is nearest to it."""

    @property
    def order(self) -> tuple[int, str]:
        return FEWEST_FIRST[self.by], self.customer.customer_key


@dataclass(frozen=True, slots=True)
class Hits:
    """Who may be meant, the surest first."""

    found: tuple[Hit, ...] = ()
    more: bool = False
    """Whether there are, or may be, others than these."""


def hit(asked: Asked, customer: KnownCustomer) -> Hit | None:
    """Whether this customer is meant."""
    by = [way.term.kind for way in asked.whole if is_met(way, customer)]
    each = [[way.term.kind for way in ways if is_met(way, customer)] for ways in asked.words]
    if each and all(each):
        by += [kind for kinds in each for kind in kinds]
    return Hit(customer, min(by, key=FEWEST_FIRST.__getitem__)) if by else None


def is_met(way: Way, customer: KnownCustomer) -> bool:
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
            words = _terms(kind, profile) if profile.name else ()
            return any(each.kind == "word" and each.text.startswith(way.text) for each in words)
        case "ends" if kind == "phone_tail":
            return any(_ends(digits_of(each.e164), way.text) for each in profile.phones)
        case "ends":
            return any(plain_vin(vin).endswith(way.text) for vin in profile.vehicles)
        case "equal":
            return way.term in _terms(kind, profile)


def _ends(number: str, asked: str) -> bool:
    """Whether a number may be meant: with its country's code, or a prefix of zeros instead."""
    if number.endswith(asked):
        return True
    national = asked.lstrip("0")
    return len(national) >= _LEAST_NATIONAL and number.endswith(national)


def _terms(kind: TermKind, profile: ProfileRecorded) -> Iterable[Term]:
    """Those of the sort that this kind is of."""
    if kind in _OF_A_NAME:
        return tuple(of_name(profile.name)) if profile.name else ()
    if kind in ("phone", "phone_tail"):
        return tuple(term for each in profile.phones for term in of_phone(each.e164))
    if kind in ("vin", "vin_tail"):
        return tuple(term for vin in profile.vehicles for term in of_vin(vin))
    if kind in ("plate", "plate_tail"):
        plates = (each.plate for each in profile.vehicles.values() if each.plate)
        return tuple(term for plate in plates for term in of_plate(plate))
    if kind == "email" and profile.email:
        return (of_email(profile.email),)
    return ()
