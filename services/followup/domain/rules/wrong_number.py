"""Tasks counted from the report that a number, or an address, of the customer's is wrong."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion, TaskClosing
from services.followup.domain.wrong_numbers import WrongNumber, wrong_numbers

COUNTED_FROM = "wrong number"
FROM = ("attempts",)
CLOSED_BY: tuple[Closer, ...] = ("reached", "corrected")
CLOSERS: tuple[Closer, ...] = ("reached", "corrected")
SAYS: Mapping[str, str] = {}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per number that is wrong, however often it is reported until it is right again; whoever
    reaches the customer by it after all, or reports another, closes it."""
    outcomes = {tried.document_id: tried.outcome for tried in history.attempts}
    corrections = measures.kinds_of("wrong_number")
    for number in wrong_numbers(
        history.customer_key,
        outcomes,
        corrections=corrections,
        replaced=history.corrections,
        retry=measures.retry,
    ):
        since, late = number.since.astimezone(UTC), outcomes[number.document_id].late
        if since < after:
            continue
        yield Occasion(
            document_id=number.document_id,
            at=since,
            known_at=since,
            zone=history.zone,
            late=late.astimezone(UTC) if late is not None else None,
            endings=tuple(_closings(number)),
        )


def _closings(number: WrongNumber) -> Iterator[TaskClosing]:
    if number.reached_at is not None:
        yield TaskClosing("reached", number.reached_at.astimezone(UTC), "done", "reached")
    if number.replaced_at is not None:
        yield TaskClosing("corrected", number.replaced_at.astimezone(UTC), "done", "corrected")
