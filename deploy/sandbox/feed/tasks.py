"""What the staff report of follow-up tasks: what came of them, and whose they are."""

from datetime import date, datetime
from typing import NamedTuple

from shared.contracts.feed_parts import Channel, TaskResult
from shared.contracts.feeds import TaskAssignmentReported, TaskOutcomeReported
from shared.contracts.followup import task_id
from shared.contracts.subjects import TaskSubject


class KnownTask(NamedTuple):
    """A task that followup has opened, or will have by then."""

    source: str
    dealer_id: str
    customer_key: str
    kind: str
    document_id: str

    @property
    def id(self) -> str:
        """As its messages and lists name it."""
        return str(task_id(self.customer_key, str(TaskSubject(self.kind, self.document_id))))


def outcome(
    task: KnownTask,
    result: TaskResult,
    *,
    at: datetime,
    by: str | None,
    channel: Channel,
    next_contact_on: date | None = None,
) -> TaskOutcomeReported:
    """What came of an attempt at it."""
    return TaskOutcomeReported(
        source=task.source,
        dealer_id=task.dealer_id,
        source_modified_at=at,
        task_id=task.id,
        customer_key=task.customer_key,
        at=at,
        outcome=result,
        by=by,
        channel=channel,
        next_contact_on=next_contact_on,
    )


def assignment(
    task: KnownTask, person: str | None, *, at: datetime, by: str
) -> TaskAssignmentReported:
    """Whose it is from then on; a claim, where they say it of themselves."""
    return TaskAssignmentReported(
        source=task.source,
        dealer_id=task.dealer_id,
        source_modified_at=at,
        task_id=task.id,
        customer_key=task.customer_key,
        at=at,
        by=by,
        person=person,
    )
