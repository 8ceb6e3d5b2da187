"""Customers who were found, as a list shows them: their names, and little else of them."""

from dataclasses import dataclass, field

from services.desk.domain.find.matches import Hit
from services.desk.domain.find.terms import TermKind
from services.desk.domain.people import CustomerCard, masked_phone, masked_plate
from services.desk.views.places import place_of, place_of_case
from shared.contracts.identifiers import dealer_of, number_in

SHOWN_CARS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRow:
    """One of them."""

    dealer_id: str
    place: str
    name: str | None = field(repr=False)
    number: str
    by: TermKind
    phone: str | None = field(repr=False)
    """Masked."""
    cars: tuple[str, ...] = field(repr=False)
    """Make, model and masked plate, of the last ones."""
    case: str
    """The address behind `/d/` of the case whose number was asked for; empty: it was none."""


def hit_row(hit: Hit) -> HitRow:
    """As it is shown."""
    known = hit.customer
    return HitRow(
        dealer_id=dealer_of(known.customer_key),
        place=place_of(known.customer_key),
        name=known.name,
        number=number_in(known.customer_key),
        by=hit.by,
        phone=masked_phone(known.phones[0].e164) if known.phones else None,
        cars=cars_of(known),
        case=place_of_case(hit.document_id)[0] if hit.document_id else "",
    )


def cars_of(known: CustomerCard) -> tuple[str, ...]:
    """The last ones, each in a few words."""
    told = []
    for car in list(known.vehicles.values())[-SHOWN_CARS:]:
        plate = masked_plate(car.plate) if car.plate else None
        words = " ".join(each for each in (car.make, car.model, plate) if each)
        told.append(words)
    return tuple(each for each in reversed(told) if each)
