"""Tasks counted from the instant at which scoring says that the customer is lost."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion, TaskClosing
from shared.contracts.values import instant_text

COUNTED_FROM = "day on which the risk becomes lost"
FROM = ("score",)
CLOSED_BY: tuple[Closer, ...] = ("visit",)
CLOSERS: tuple[Closer, ...] = ("visit",)
SAYS: Mapping[str, str] = {}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One each time that the customer is lost who was handed a car, or came in; any car of theirs
    that comes in, or is handed over, is a visit.

    The risk follows from their last contact before it: nobody knew of it before that was received.
    So an imported history opens nothing whose day has passed.
    """
    score = history.score
    if score is None or score.risk != "lost" or score.risk_since is None:
        return
    since = score.risk_since.astimezone(UTC)
    before = [contact for contact in history.contacts if contact.began_at <= since]
    if not before:
        return
    later = [contact.began_at for contact in history.contacts if contact.began_at > since]
    visit = (TaskClosing("visit", min(later), "done", "visit"),) if later else ()
    late = before[-1].known.late
    yield Occasion(
        document_id=f"{history.score_id}/{instant_text(since)}",
        at=since,
        known_at=since,
        zone=history.zone,
        late=late.astimezone(UTC) if late is not None else None,
        endings=(*visit, *history.without_a_car_from(since)),
    )
