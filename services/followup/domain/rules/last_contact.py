"""Tasks counted from the last contact with the customer."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion, TaskClosing

COUNTED_FROM = "last contact"
FROM = ("contacts",)
CLOSED_BY: tuple[Closer, ...] = ("contact",)
CLOSERS: tuple[Closer, ...] = ("contact",)
SAYS: Mapping[str, str] = {}


class _Touch(NamedTuple):
    """The customer came in, was handed a car or their own, or was spoken to."""

    at: datetime
    document_id: str
    zone: ZoneInfo
    late: datetime | None = None


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per contact: a delivery, a visit, or a task that was done in talking to the customer; the
    next one closes it. Who never had a car here is no customer to keep: see the leads."""
    last: dict[datetime, _Touch] = {touch.at: touch for touch in sorted(_touches(history))}
    instants = sorted({*last, *(contact.began_at for contact in history.contacts)})
    for at, touch in last.items():
        if at < after:
            continue
        position = bisect_right(instants, at)
        following = instants[position : position + 1]
        yield Occasion(
            document_id=touch.document_id,
            at=at,
            known_at=at,
            zone=touch.zone,
            late=touch.late,
            endings=(
                *(TaskClosing("contact", next_at, "done", "contact") for next_at in following),
                *history.without_a_car_from(at),
            ),
        )


def _touches(history: TaskHistory) -> Iterator[_Touch]:
    for contact in history.contacts:
        late = contact.known.late
        yield _Touch(
            contact.at or contact.began_at,
            contact.document_id,
            contact.zone,
            late.astimezone(UTC) if late is not None else None,
        )
    for tried in history.attempts:
        outcome = tried.outcome
        if outcome.outcome == "done" and outcome.task_id not in history.no_contacts:
            yield _Touch(outcome.at.astimezone(UTC), tried.document_id, history.zone)
