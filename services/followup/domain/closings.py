"""What closes a task besides its outcome: what its rule names, and the end of what it is about."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from services.followup.domain.history import TaskHistory
from services.followup.domain.occasion import Closer, Occasion


class Ending(NamedTuple):
    """What closes a task, if it is open then."""

    at: datetime
    status: Literal["done", "cancelled", "expired"]
    because: str


def endings_of(
    occasion: Occasion, closers: Sequence[Closer], history: TaskHistory
) -> Iterator[Ending]:
    """All that closes a task of this occasion whose rule names these closers, in any order."""
    for closing in occasion.endings:
        if closing.by is None or closing.by in closers:
            yield Ending(closing.at, closing.status, closing.because)
    if "visit" in closers and occasion.document_id in history.came_next:
        yield Ending(history.came_next[occasion.document_id], "done", "visit")
    if "service" in closers and occasion.document_id in history.served_next:
        yield Ending(history.served_next[occasion.document_id], "done", "visit")
    parting = history.parting_of(occasion.vin, occasion.known_at)
    if parting is not None:
        yield Ending(parting.at, "cancelled", parting.because)
