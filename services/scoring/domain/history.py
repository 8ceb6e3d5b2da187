"""What a customer did, each kind in the order of time: what the rules of points look at. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from services.scoring.domain.documents import (
    Case,
    Known,
    OwnershipEnd,
    Referral,
    ReferredPurchase,
    Sale,
    Survey,
    Visit,
)
from services.scoring.domain.turns import KeptTurn
from shared.contracts.subjects import ABOUT_THE_STANDING


class End(NamedTuple):
    """A car was no longer this customer's from then on."""

    at: datetime
    traded_in: bool
    """Then they go on with another car; else it was sold on."""


class Purchase(NamedTuple):
    """A car that was sold to the customer, in whatever role."""

    at: datetime
    document_id: str
    car: str
    """Its VIN; of a sale that names none, the sale."""
    sale: Sale
    end: End | None = None
    """When they parted with it, if they did."""

    @property
    def sold_on_at(self) -> datetime | None:
        return None if self.end is None or self.end.traded_in else self.end.at


class ClosedVisit(NamedTuple):
    """A repair order that was closed, and not all internal work, of a car that was theirs."""

    at: datetime
    document_id: str
    order: Visit
    end: End | None = None
    """When they parted with that car, if they did."""

    @property
    def sold_on_at(self) -> datetime | None:
        return None if self.end is None or self.end.traded_in else self.end.at


class Refund(NamedTuple):
    """An order that did nothing but give money back."""

    at: datetime
    document_id: str
    order: Visit


class Complaint(NamedTuple):
    """A complaint and its turns in the order of time, the receipt first."""

    received_at: datetime
    document_id: str
    turns: list[KeptTurn]


class SurveyAnswer(NamedTuple):
    """An answered survey."""

    at: datetime
    document_id: str
    survey: Survey


class ReferredCustomer(NamedTuple):
    """This customer referred somebody, or whom they referred bought a car."""

    at: datetime
    document_id: str
    whom: str
    """The key of who was referred; where it is not known, the referral."""


class CustomerHistory(NamedTuple):
    """All instants in UTC: with one zone object they compare fast."""

    purchases: list[Purchase]
    visits: list[ClosedVisit]
    refunds: list[Refund]
    complaints: list[Complaint]
    answers: list[SurveyAnswer]
    recommendations: list[ReferredCustomer]
    referred_purchases: list[ReferredCustomer]
    ends: Mapping[str, Sequence[End]]
    """VIN -> when the customer parted with that car, in order."""


def history(documents: Mapping[str, Known]) -> CustomerHistory:
    """What the documents say of the customer; of one instant in the order of their ids."""
    ends: dict[str, list[End]] = {}
    found = CustomerHistory([], [], [], [], [], [], [], ends)
    for key, known in documents.items():
        if isinstance(known, Visit):
            _add_order(found, key, known)
        elif isinstance(known, Sale):
            _add_sale(found, ends, key, known)
        elif isinstance(known, Case):
            case_id = key.removesuffix(f"/{ABOUT_THE_STANDING}")
            found.complaints.append(Complaint(known.at.astimezone(UTC), case_id, known.turns))
        elif isinstance(known, Survey):
            found.answers.append(SurveyAnswer(known.at.astimezone(UTC), key, known))
        elif isinstance(known, Referral):
            at, whom = known.at.astimezone(UTC), known.whom or key
            found.recommendations.append(ReferredCustomer(at, key, whom))
        elif isinstance(known, ReferredPurchase):
            at, referral_id = known.at.astimezone(UTC), known.referral_id
            found.referred_purchases.append(ReferredCustomer(at, referral_id, known.whom))
        elif isinstance(known, OwnershipEnd):
            end = End(known.at.astimezone(UTC), known.traded_in)
            ends.setdefault(known.vin, []).append(end)
    for each in found[:-1]:
        each.sort()
    return _with_ends(found, ends) if ends else found


def _add_order(found: CustomerHistory, key: str, order: Visit) -> None:
    if order.day is not None:
        found.visits.append(ClosedVisit(order.at.astimezone(UTC), key, order))
    elif order.paid < 0 or order.accessories < 0 or order.insurances < 0:
        found.refunds.append(Refund(order.at.astimezone(UTC), key, order))


def _add_sale(found: CustomerHistory, ends: dict[str, list[End]], key: str, sale: Sale) -> None:
    if not sale.bought:
        return
    at = sale.at.astimezone(UTC)
    found.purchases.append(Purchase(at, key, sale.vin or key, sale))
    for vin in sale.traded_in:
        ends.setdefault(vin, []).append(End(at, traded_in=True))


def _with_ends(found: CustomerHistory, ends: dict[str, list[End]]) -> CustomerHistory:
    """Where cars were parted with; orders of a car that was another's are none of theirs."""
    for car in ends.values():
        car.sort(key=lambda end: (end.at, not end.traded_in))
    bought: dict[str, list[datetime]] = {}
    for purchase in found.purchases:
        bought.setdefault(purchase.car, []).append(purchase.at)
    purchases = [
        each._replace(end=_end_after(each.at, ends.get(each.car, ()))) for each in found.purchases
    ]
    visits = [
        each._replace(end=_end_after(each.at, ends.get(each.order.vin, ())))
        for each in found.visits
        if _is_theirs(each.at, ends.get(each.order.vin, ()), bought.get(each.order.vin, ()))
    ]
    return found._replace(purchases=purchases, visits=visits)


def _end_after(moment: datetime, ends: Sequence[End]) -> End | None:
    return next((end for end in ends if end.at > moment), None)


def _is_theirs(moment: datetime, ends: Sequence[End], bought: Sequence[datetime]) -> bool:
    """Whether they had the car then, as far as is known: bought back it is theirs again."""
    last = max((end.at for end in ends if end.at <= moment), default=None)
    return last is None or any(last <= at <= moment for at in bought)
