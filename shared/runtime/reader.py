"""What a service's read endpoints may see: facts and the decision they lead to, never more."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from shared.contracts.decision import Announced, Decision
from shared.runtime.machine import Facts

F = TypeVar("F", bound=Facts)


@dataclass(frozen=True, slots=True)
class View(Generic[F]):
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

    @property
    def undecided_because(self) -> str | None:
        """Why nothing can be said of it at present, if so."""
        return None if self.decision.outputs else self.parked_because


class Reader(Protocol[F]):
    """Reads aggregates; decides them again for the present, so that what is shown is current."""

    async def get(self, aggregate_id: str) -> View[F] | None:
        """One aggregate, or None."""
        ...

    async def page(self, dealer_id: str, *, after: str = "", limit: int = 100) -> list[View[F]]:
        """A dealer's aggregates in the order of their ids, those after the id `after`."""
        ...
