"""On which days customers came: what forecasts are fitted to."""

from shared.contracts.http.response import Response
from shared.contracts.values import Day, Instant


class CustomerDays(Response):
    """One customer, whoever it is."""

    first_day: Day
    """Their first delivery or visit."""
    days: tuple[Day, ...]
    """With a visit, by the dealer's local date, in order, each once."""


class Rhythms(Response):
    """One page of a dealer's customers, which may hold none."""

    customers: tuple[CustomerDays, ...]
    as_of: Instant
    after: str | None
    """Asks for the next page; absent on the last."""
