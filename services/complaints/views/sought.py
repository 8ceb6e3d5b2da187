"""Which of a dealer's cases are asked for, beside those that are open. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.complaints.domain.listing import CaseTally, ClockState
from shared.decider.decision import Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedCases:
    """The cases that statistics count of some days, and of a clock."""

    first: date
    last: date
    clock: str | None = None
    state: ClockState | None = None
    """In which a clock is, that one if one is said; None: whichever."""

    @property
    def received_within(self) -> tuple[datetime, datetime]:
        """Between which instants they were received: in whatever zone, so with a day more on either
        side."""
        midnight = time.min.replace(tzinfo=UTC)
        since = datetime.combine(self.first, midnight) - timedelta(days=1)
        return since, datetime.combine(self.last, midnight) + timedelta(days=2)

    def has(self, listing: Listing) -> bool:
        """Whether it is one of them, as it is stored."""
        tally = CaseTally.model_validate(listing.tally)
        if (
            tally.merged_away
            or not self.first <= date.fromisoformat(tally.received_on) <= self.last
        ):
            return False
        if self.clock is None and self.state is None:
            return True
        return any(
            self.clock in (None, each.clock) and self.state in (None, each.state)
            for each in tally.clocks
        )
