"""Which of a dealer's customers moved from one grade, or risk, to another, as scoring answers."""

from typing import Literal

from shared.contracts.http.described import DescribedResponse
from shared.contracts.scoring import Grade, Risk
from shared.contracts.values import Instant

MovesOf = Literal["grade", "risk"]


class MoveLine(DescribedResponse):
    """One customer moved once."""

    customer_key: str
    at: Instant
    before: Grade | Risk
    """From which."""
    after: Grade | Risk
    """To which."""


class Moves(DescribedResponse):
    """A page of a dealer's moves, the newest first."""

    dealer_id: str
    of: MovesOf
    moves: tuple[MoveLine, ...]
    """Of who moved very often, the newest."""
    after: str | None
    """Asks for the next page; null: this is the last."""
    as_of: Instant | None
    """What was known then is in it; null: not all of it is yet."""
    behind_seconds: int | None
