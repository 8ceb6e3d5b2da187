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


class TaskAssignment(Response):
    """What was said of whose a task is."""

    at: Instant
    by: str
    """Who said so; who claims it, says it of themselves."""
    person: str | None
    """Whose it is from then on; null: it is given back."""
    counts: bool
    """False: somebody else had claimed it before, or it was closed."""


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
    next_attempt_at: Instant | None
    """Not to be tried before; null: at any time."""
    person: str | None
    """Who is to do it; null: whoever has the role."""
    assignments: tuple[TaskAssignment, ...]
    """Claims, assignments and givings back, in the order of time."""
    why: TaskReason


class CustomerTasks(Response):
    """One customer's tasks by the time they are due."""

    customer_key: str
    tasks: tuple[FollowUpTask, ...]
    next_change_at: Instant | None
    """When a task opens, becomes overdue or expires next."""
    as_of: Instant
