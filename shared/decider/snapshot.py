"""What a read endpoint shows an aggregate from: its facts, and the decision they lead to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from shared.decider.decider import Facts
from shared.decider.decision import Announced, Decision, Listing

F = TypeVar("F", bound=Facts)


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[F]):
    """One aggregate as of now."""

    id: str
    dealer_id: str
    facts: F
    decision: Decision
    announced: Announced
    due_at: datetime | None
    policy_version: str
    updated_at: datetime
    parked_because: str | None = None
    """Why it was set aside; where it cannot be decided, the decision is empty."""
    listing: Listing | None = None
    """As it was stored, which is what pages by deadline go by."""

    @property
    def undecided_because(self) -> str | None:
        """Why nothing can be said of it at present, if so."""
        return None if self.decision.outputs else self.parked_because
