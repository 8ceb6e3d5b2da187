"""What followup publishes (producer: followup)."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import StringConstraints

from shared.contracts.identifiers import subject_id
from shared.contracts.outputs import Output, Withdrawal
from shared.contracts.topics import TASKS, Topic
from shared.contracts.values import Instant, LongId, ShortText, Words

TaskKind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_0-9]{0,39}$")]
"""`delivery_thanks`, `delivery_satisfaction`, `service_satisfaction` and `next_service` ship; a
dealer group's policy may have others of its own."""
TaskStatus = Literal["open", "overdue", "done", "cancelled", "expired"]


def task_id(customer_key: str, about: str) -> UUID:
    """What staff, and outcomes, call a task: the subject of its messages."""
    return subject_id("followup", customer_key, about)


class TaskWithdrawn(Withdrawal):
    """A task that later facts show should never have been opened."""

    TYPE: ClassVar[str] = "dev.aftercare.task.withdrawn.v1"
    TOPIC: ClassVar[Topic] = TASKS


class TaskChanged(Output):
    """One follow-up task as it stands now. Its id for staff is the message's subject."""

    TYPE: ClassVar[str] = "dev.aftercare.task.changed.v1"
    TOPIC: ClassVar[Topic] = TASKS
    WITHDRAWAL: ClassVar[type[Withdrawal]] = TaskWithdrawn

    kind: TaskKind
    status: TaskStatus
    document_id: LongId
    """The sale or visit that the task follows up."""
    vin: ShortText | None = None
    opens_at: Instant
    due_at: Instant
    owner_role: ShortText
    channel: ShortText
    title_en: Words
    title_zh: Words
    closed_at: Instant | None = None
    closed_because: Words | None = None


ALL: tuple[type[Output] | type[Withdrawal], ...] = (TaskChanged, TaskWithdrawn)
