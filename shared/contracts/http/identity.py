"""What identity's endpoints answer."""

from shared.contracts.http.response import Response
from shared.contracts.identity import Because, Passing
from shared.contracts.values import Instant


class FormerCar(Response):
    """A car that is not the customer's any more."""

    vin: str
    ended_at: Instant
    because: Passing
    sale_id: str | None
    """The sale that says so; null where it is of a dealer whom who asks may not see."""


class OtherCustomer(Response):
    """A customer who is the same person."""

    customer_key: str
    because: tuple[Because, ...]
    """To whom of the others, and why; of those alone whom who asks may see."""


class CustomerPerson(Response):
    """Which other customers a customer is, and why. Customers of dealers whom who asks may not see
    are not named."""

    customer_key: str
    members: tuple[OtherCustomer, ...]
    """The others, by key; empty: none, as far as is known."""
    elsewhere: int
    """How many more there are, of dealers whom who asks may not see."""
    apart: tuple[str, ...]
    """Who is somebody else, as staff say, whatever the rules say."""
    doubtful: bool
    """Whether customers who are linked are no person all the same: there are too many, staff
    say of some that they are not the same, or not all have been looked at so far."""
    former_cars: tuple[FormerCar, ...]
    as_of: Instant


class PersonLine(Response):
    """One line of a dealer's customers who are others, too."""

    customer_key: str
    members: tuple[str, ...]
    """The keys of the others."""
    elsewhere: int
    """How many more there are, of dealers whom who asks may not see."""


class Persons(Response):
    """One page; `after` asks for the next one, and is absent on the last."""

    persons: tuple[PersonLine, ...]
    after: str | None
