"""What a customer did, each kind in the order of time: what the rules of points look at. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from services.scoring.domain.facts import Case, Known, Referral, Role, Sale, Survey, Visit
from services.scoring.domain.turns import KeptTurn


class Purchase(NamedTuple):
    """A car that was sold to the customer, in whatever role."""

    at: datetime
    car: str
    """Its VIN; of a sale that names none, the sale."""
    role: Role
    products: int


class ClosedVisit(NamedTuple):
    """A repair order that was closed, and not all internal work."""

    at: datetime
    day: date
    """The dealer's local one."""
    paid: int
    currency: str


class Complaint(NamedTuple):
    """A complaint and its turns in the order of time, the receipt first."""

    received_at: datetime
    turns: list[KeptTurn]


class Answer(NamedTuple):
    """The overall answer of a survey, from 0 to 10."""

    at: datetime
    overall: int


class Recommendation(NamedTuple):
    """This customer referred somebody."""

    at: datetime
    whom: str
    """The key of who was referred; where it is not known, the referral."""


class History(NamedTuple):
    """All instants in UTC: with one zone object they compare fast."""

    purchases: list[Purchase]
    visits: list[ClosedVisit]
    complaints: list[Complaint]
    answers: list[Answer]
    recommendations: list[Recommendation]


def history(documents: Mapping[str, Known]) -> History:
    """What the documents say of the customer."""
    sales: list[tuple[datetime, str, Sale]] = []
    visits: list[tuple[datetime, str, Visit]] = []
    referrals: list[tuple[datetime, str, Referral]] = []
    complaints: list[Complaint] = []
    answers: list[Answer] = []
    for key, known in documents.items():
        if isinstance(known, Visit):
            visits.append((known.at.astimezone(UTC), key, known))
        elif isinstance(known, Sale):
            sales.append((known.at.astimezone(UTC), key, known))
        elif isinstance(known, Case):
            complaints.append(Complaint(known.at.astimezone(UTC), known.turns))
        elif isinstance(known, Survey):
            answers.append(Answer(known.at.astimezone(UTC), known.overall))
        elif isinstance(known, Referral):
            referrals.append((known.at.astimezone(UTC), key, known))
    return History(
        purchases=[*_purchases(sorted(sales))],
        visits=[*_closed(sorted(visits))],
        complaints=complaints,
        answers=answers,
        recommendations=[
            Recommendation(at, referral.whom or key) for at, key, referral in sorted(referrals)
        ],
    )


def _purchases(sales: Iterable[tuple[datetime, str, Sale]]) -> Iterator[Purchase]:
    for at, key, sale in sales:
        if sale.bought:
            yield Purchase(at, sale.vin or key, sale.role, sale.products)


def _closed(visits: Iterable[tuple[datetime, str, Visit]]) -> Iterator[ClosedVisit]:
    for at, _, visit in visits:
        if visit.day is not None:
            yield ClosedVisit(at, visit.day, visit.paid, visit.currency)
