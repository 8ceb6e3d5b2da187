"""What a service's read endpoints may see: facts and the decision they lead to, never more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from shared.contracts.decision import Announced, Decision, Listing
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
    listing: Listing | None = None
    """As it was stored, which is what pages by deadline go by."""

    @property
    def undecided_because(self) -> str | None:
        """Why nothing can be said of it at present, if so."""
        return None if self.decision.outputs else self.parked_because


class Reader(Protocol[F]):
    """Reads aggregates; decides them again for the present, so that what is shown is current."""

    @property
    def policy(self) -> Any:
        """The policy of the service at present. It may be another one at the next call."""
        ...

    async def get(self, aggregate_id: str) -> View[F] | None:
        """One aggregate, or None."""
        ...

    async def page(self, dealer_id: str, *, after: str = "", limit: int = 100) -> list[View[F]]:
        """A dealer's aggregates in the order of their ids, those after the id `after`."""
        ...

    async def open_by_deadline(
        self, dealer_id: str, *, after: tuple[datetime, str] | None = None, limit: int = 100
    ) -> list[View[F]]:
        """A dealer's open aggregates by `(listing.deadline, id)`, those after `after`."""
        ...

    async def listings(
        self,
        dealer_id: str,
        *,
        since: datetime,
        until: datetime,
        after: str = "",
        limit: int = 1000,
    ) -> Sequence[tuple[str, Listing]]:
        """Ids and listings of a dealer's aggregates that began from `since` on and before
        `until`, by id, those after `after`."""
        ...
