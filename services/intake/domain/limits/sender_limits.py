"""What one sender may do: as the settings have it for everybody, and the dealer's own."""

from dataclasses import dataclass, replace
from math import ceil

from shared.dealers.dealer import Dealer

BURST_SECONDS = 10
"""Where only a rate is said, so many seconds of it may come at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderLimits:
    """Each as the setting of its name says."""

    events_per_second: float
    burst: int
    concurrent_requests: int
    max_batch_items: int
    max_event_bytes: int
    max_body_bytes: int
    imports_waiting: int
    import_file_bytes: int

    def of(self, dealer: Dealer) -> "SenderLimits":
        """These, but for what the dealer's own say."""
        own = dealer.limits.model_dump(exclude_none=True)
        if "events_per_second" in own and "burst" not in own:
            own["burst"] = ceil(own["events_per_second"] * BURST_SECONDS)
        return replace(self, **own)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends."""

    id: str
    """What all that they send has, and nothing of others."""
    limits: SenderLimits
    dealer_id: str | None = None
    """None: no single dealer is known to send."""
