"""What a customer did, each kind in the order of time: what the rules of points look at. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from services.scoring.domain.facts import Case, Known, Referral, Role, Sale, Survey, Visit
from services.scoring.domain.turns import KeptTurn


class Purchase(NamedTuple):
    """A car that was sold to the customer, in whatever role."""

    at: datetime
    document_id: str
    car: str
    """Its VIN; of a sale that names none, the sale."""
    role: Role
    products: int


class ClosedVisit(NamedTuple):
    """A repair order that was closed, and not all internal work."""

    at: datetime
    document_id: str
    day: date
    """The dealer's local one."""
    paid: int
    currency: str


class Complaint(NamedTuple):
    """A complaint and its turns in the order of time, the receipt first."""

    received_at: datetime
    turns: list[KeptTurn]


class SurveyAnswer(NamedTuple):
    """The overall answer of a survey, from 0 to 10."""

    at: datetime
    overall: int


class ReferredCustomer(NamedTuple):
    """This customer referred somebody."""

    at: datetime
    document_id: str
    whom: str
    """The key of who was referred; where it is not known, the referral."""


class CustomerHistory(NamedTuple):
    """All instants in UTC: with one zone object they compare fast."""

    purchases: list[Purchase]
    visits: list[ClosedVisit]
    complaints: list[Complaint]
    answers: list[SurveyAnswer]
    recommendations: list[ReferredCustomer]


def history(documents: Mapping[str, Known]) -> CustomerHistory:
    """What the documents say of the customer; of one instant in the order of their ids."""
    found = CustomerHistory([], [], [], [], [])
    for key, known in documents.items():
        if isinstance(known, Visit):
            if known.day is not None:
                at = known.at.astimezone(UTC)
                visit = ClosedVisit(at, key, known.day, known.paid, known.currency)
                found.visits.append(visit)
        elif isinstance(known, Sale):
            if known.bought:
                at, car = known.at.astimezone(UTC), known.vin or key
                found.purchases.append(Purchase(at, key, car, known.role, known.products))
        elif isinstance(known, Case):
            found.complaints.append(Complaint(known.at.astimezone(UTC), known.turns))
        elif isinstance(known, Survey):
            found.answers.append(SurveyAnswer(known.at.astimezone(UTC), known.overall))
        elif isinstance(known, Referral):
            at, whom = known.at.astimezone(UTC), known.whom or key
            found.recommendations.append(ReferredCustomer(at, key, whom))
    found.purchases.sort()
    found.visits.sort()
    found.recommendations.sort()
    return found
