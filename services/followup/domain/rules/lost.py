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
    """One each time that the customer is lost; any car of theirs that comes in, or is handed over,
    is a visit."""
    score = history.score
    if score is None or score.risk != "lost" or score.risk_since is None:
        return
    since = score.risk_since.astimezone(UTC)
    later = [contact.began_at for contact in history.contacts if contact.began_at > since]
    visit = (TaskClosing("visit", min(later), "done", "visit"),) if later else ()
    yield Occasion(
        document_id=f"{history.score_id}/{instant_text(since)}",
        at=since,
        known_at=since,
        zone=history.zone,
        late=_late(history, since),
        endings=(*visit, *history.without_a_car_from(since)),
    )


def _late(history: TaskHistory, since: datetime) -> datetime | None:
    """The risk follows from their last contact before it: nobody knew of it before that was
    received. So an imported history opens nothing whose day has passed."""
    before = [contact for contact in history.contacts if contact.began_at <= since]
    late = before[-1].known.late if before else None
    return late.astimezone(UTC) if late is not None else None
