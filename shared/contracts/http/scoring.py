"""What scoring's endpoints answer."""

from shared.contracts.http.response import Response
from shared.contracts.scoring import Grade, Reason, Risk
from shared.contracts.values import Instant


class AnnouncedChange(Response):
    """One grade change that was announced."""

    before: Grade
    after: Grade
    changed_at: Instant


class ShadowScore(Response):
    """The same customer by the rules that are tried beside the dealer's; nothing goes by it."""

    version: str
    """Of the rules that are tried."""
    grade: Grade
    score: int
    value: int
    loyalty: int
    risk: Risk | None
    """None for who has no car here, so far as is known."""
    reasons: tuple[Reason, ...]


class CustomerScore(Response):
    """One customer's score. The reasons of an axis sum to its points, both axes to the score."""

    customer_key: str
    grade: Grade
    score: int
    value: int
    loyalty: int
    reasons: tuple[Reason, ...]
    grade_changes: tuple[AnnouncedChange, ...]
    next_change_at: Instant | None
    """When points fade next if nothing happens."""
    shadow: ShadowScore | None = None
    """None where no other rules are tried beside the dealer's."""
    as_of: Instant


class CustomerGrade(Response):
    """One line of a dealer's customers."""

    customer_key: str
    grade: Grade
    score: int


class Customers(Response):
    """One page; `after` asks for the next one, and is absent on the last."""

    customers: tuple[CustomerGrade, ...]
    after: str | None
