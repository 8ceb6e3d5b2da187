"""Tasks that are given from one of the staff to another, many at once."""

from dataclasses import dataclass
from typing import Literal, Self, TypeAlias
from uuid import UUID, uuid5

from services.desk.domain.commands import Command
from shared.contracts.feeds import TaskAssignmentReported
from shared.contracts.http.followup import FollowUpTask
from shared.contracts.identifiers import dealer_of, is_customer_key, kind_in

MOST_AT_ONCE = 100
"""How many tasks one form gives."""

Given: TypeAlias = Literal["given", "taken", "is_theirs", "anothers", "over", "away", "refused"]
"""`given`: it is theirs now. `taken`: that was reported, and is not decided yet. `is_theirs`: it
was before. `anothers`: somebody else has it meanwhile, and keeps it. `over`: it is not to be done
any more. `away`: it could not be reported now. `refused`: that is not taken as it is."""


@dataclass(frozen=True, slots=True)
class TaskNamed:
    """A task, and whose task it is; written as `task-id customer-key`."""

    task_id: UUID
    customer_key: str

    @classmethod
    def parse(cls, text: str, dealer_id: str) -> Self:
        """Raises `ValueError` where it names none of this dealer's."""
        task_id, _, key = text.partition(" ")
        if not _has_tasks(key) or dealer_of(key) != dealer_id:
            raise ValueError("no task of this dealer's")
        return cls(UUID(task_id), key)

    def __str__(self) -> str:
        return f"{self.task_id} {self.customer_key}"


def _has_tasks(key: str) -> bool:
    """Whether a key is a customer's, a lead's or a car's."""
    return is_customer_key(key) or (key.count("/") == 4 and kind_in(key) in ("lead", "vin"))


def giving(form: UUID, task: TaskNamed, person: str | None) -> Command:
    """The act that gives a task. Of one form it is the same act however often that is sent."""
    return Command(
        id=uuid5(form, str(task.task_id)),
        type=TaskAssignmentReported.TYPE,
        dealer_id=dealer_of(task.customer_key),
        data={
            "customer_key": task.customer_key,
            "task_id": str(task.task_id),
            "person": person,
        },
        numbered_by="assignment_no",
    )


def before_giving(
    task: FollowUpTask | None, from_person: str | None, to_person: str | None
) -> Given | None:
    """What keeps a task from being given, as it stands now; None: nothing does."""
    if task is None or task.status not in ("open", "overdue"):
        return "over"
    if task.person == to_person:
        return "is_theirs"
    return None if task.person == from_person else "anothers"


def after_giving(task: FollowUpTask | None, to_person: str | None, *, holds: bool) -> Given:
    """What came of it. `holds`: what was reported is decided."""
    if not holds:
        return "taken"
    if task is None or task.status not in ("open", "overdue"):
        return "over"
    return "given" if task.person == to_person else "anothers"
