"""What imports need of the rest of intake: that it takes events, and whom to let pass."""

from collections.abc import Sequence
from typing import Protocol

from services.intake.adapters.door import Aside
from services.intake.domain.examine.feed import Reach
from shared.contracts.http.intake import Item


class ReceiveEvents(Protocol):
    """What the door over HTTP does with its events, too."""

    async def __call__(
        self, raws: Sequence[object], /, *, aside: Aside, only: Reach
    ) -> Sequence[Item]:
        """As `Intake.receive` promises."""
        ...


class PrepareEvents(Protocol):
    """What of that can be done ahead."""

    async def __call__(
        self, raws: Sequence[object], /, *, aside: Aside, only: Reach
    ) -> Sequence[object]:
        """As `Intake.prepare` promises: what `ReceiveEvents` takes instead."""
        ...


async def not_at_all(raws: Sequence[object], /, *, aside: Aside, only: Reach) -> Sequence[object]:
    """Nothing of it."""
    return raws


class GiveWay(Protocol):
    """Lets those pass who are at the door over HTTP."""

    async def __call__(self, *, within: float) -> bool:
        """As `Door.after_all` promises."""
        ...


async def to_nobody(*, within: float) -> bool:
    """Where there is no door."""
    return False
