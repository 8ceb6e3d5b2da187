"""What followup's endpoints answer."""

from datetime import date
from uuid import UUID

from shared.contracts.followup import TaskKind, TaskStatus
from shared.contracts.http.response import Response
from shared.contracts.values import Instant


class TaskReason(Response):
    """What the task follows from."""

    document_id: str
    en: str
    zh: str


class Attempt(Response):
    """What came of one attempt at a task."""

    at: Instant
    outcome: str
    by: str | None
    channel: str | None
    next_contact_on: date | None


class FollowUpTask(Response):
    """One task as it stands now. An outcome is reported by its `task_id`."""

    task_id: UUID
    customer_key: str
    kind: TaskKind
    status: TaskStatus
    title_en: str
    title_zh: str
    owner_role: str
    channel: str
    vin: str | None
    opens_at: Instant
    due_at: Instant
    closed_at: Instant | None
    closed_because: str | None
    attempts: tuple[Attempt, ...]
    """In the order of time, of what is looked at; those after it was closed are here, too."""
    why: TaskReason


class CustomerTasks(Response):
    """One customer's tasks by the time they are due."""

    customer_key: str
    tasks: tuple[FollowUpTask, ...]
    next_change_at: Instant | None
    """When a task opens, becomes overdue or expires next."""
    as_of: Instant
