"""What followup publishes (producer: followup)."""

from typing import ClassVar, Literal

from shared.contracts.decision import Output, Withdrawal
from shared.contracts.topics import TASKS, Topic
from shared.contracts.values import Instant

TaskKind = Literal[
    "delivery_thanks", "delivery_satisfaction", "service_satisfaction", "next_service"
]
TaskStatus = Literal["open", "overdue", "done", "cancelled", "expired"]


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
    document_id: str
    """The sale or visit that the task follows up."""
    vin: str | None = None
    opens_at: Instant
    due_at: Instant
    owner_role: str
    channel: str
    title_en: str
    title_zh: str
    closed_at: Instant | None = None
    closed_because: str | None = None


ALL: tuple[type[Output] | type[Withdrawal], ...] = (TaskChanged, TaskWithdrawn)
