"""Tasks counted from the purchase of somebody whom the customer referred."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion

COUNTED_FROM = "purchase of whom they referred"
FROM = ("referred",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = ()
SAYS: Mapping[str, str] = {}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per customer who was referred, for their first car."""
    thanked: set[str] = set()
    for referred in history.referred:
        purchase, at = referred.purchase, referred.purchase.at.astimezone(UTC)
        if purchase.whom in thanked:
            continue
        thanked.add(purchase.whom)
        if at >= after:
            yield Occasion(
                document_id=purchase.referral_id,
                at=at,
                known_at=at,
                zone=history.zone,
                late=purchase.late.astimezone(UTC) if purchase.late else None,
            )
