"""A dealer's customers in lists, as scoring answers."""

from datetime import date
from typing import Literal

from shared.contracts.http.described import DescribedResponse
from shared.contracts.scoring import Grade, Risk
from shared.contracts.values import Instant

ListSort = Literal["key", "score", "risk", "next_visit", "points"]
ListOrder = Literal["asc", "desc"]


class CustomerLine(DescribedResponse):
    """One line of a dealer's customers."""

    customer_key: str
    person: tuple[str, ...] = ()
    """The other customers of the dealer who are the same person. In lists but that by key, they
    stand here alone."""
    grade: Grade
    score: int
    value: int
    loyalty: int
    risk: Risk | None
    """Null for who has no car here, so far as is known."""
    risk_since: Instant | None
    next_visit: date | None
    """When they are expected at the workshop."""
    car: str | None
    """Make and model of the car that they bought or brought last; null where it is not told."""
    points_moved: int | None = None
    """What they won in the month asked for, or lost where it is negative."""


class Customers(DescribedResponse):
    """One page of a list."""

    customers: tuple[CustomerLine, ...]
    after: str | None
    """Asks for the next page; null on the last."""
    as_of: Instant | None
    """What was known then is in the list; null while the list is built for the first time."""
    behind_seconds: int | None
    """How long ago that was."""
