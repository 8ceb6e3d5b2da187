"""Followup's read endpoints: a customer's tasks and why, and a dealer's open tasks."""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, ConfigDict

from services.followup.decide import task_id
from services.followup.facts import FollowUpFacts
from shared.contracts.followup import TaskChanged, TaskKind, TaskStatus
from shared.contracts.values import Instant
from shared.runtime.reader import Reader, View
from shared.time.clock import Clock

Limit = Annotated[int, Query(ge=1, le=500)]
STILL_TO_DO = ("open", "overdue")

_OF_A_POLICY = ("A rule of the group's own policy asks for it", "按集团自定规则安排")
_REASONS: dict[TaskKind, tuple[str, str]] = {
    "delivery_thanks": ("A car was delivered", "新车已交付"),
    "delivery_satisfaction": ("A car was delivered some days before", "新车交付数日后"),
    "service_satisfaction": ("A repair order was closed the day before", "维修工单于前一日结算"),
    "next_service": (
        "By its mileage or the calendar the car needs its next service",
        "按里程或时间推算,车辆需要保养",
    ),
}


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Why(_Answer):
    """What the task follows from."""

    document_id: str
    en: str
    zh: str


class Task(_Answer):
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
    why: Why


class CustomerTasks(_Answer):
    """One customer's tasks by the time they are due."""

    customer_key: str
    tasks: tuple[Task, ...]
    next_change_at: Instant | None
    """When a task opens, becomes overdue or expires next."""
    as_of: Instant


class DealerTasks(_Answer):
    """The open tasks of one page of customers; `after` asks for the next page."""

    tasks: tuple[Task, ...]
    after: str | None


def routes(reader: Reader[FollowUpFacts], clock: Clock) -> APIRouter:
    """The endpoints, answered from `reader`."""
    router = APIRouter(prefix="/v1", tags=["tasks"])

    @router.get("/customers/{key:path}", summary="A customer's tasks, and why")
    async def customer(key: str) -> CustomerTasks:
        view = await reader.get(key)
        if view is None:
            raise HTTPException(404, "nothing is known of such a customer")
        if view.undecided_because is not None:
            raise HTTPException(503, f"no tasks at present: {view.undecided_because}")
        return CustomerTasks(
            customer_key=view.id,
            tasks=tuple(sorted(_tasks(view), key=lambda task: (task.due_at, task.kind))),
            next_change_at=view.decision.next_due,
            as_of=clock.now(),
        )

    @router.get("/dealers/{group}/{dealer}/tasks", summary="A dealer's open tasks, by customer")
    async def tasks(group: str, dealer: str, after: str = "", limit: Limit = 100) -> DealerTasks:
        page = await reader.page(f"{group}/{dealer}", after=after, limit=limit)
        return DealerTasks(
            tasks=tuple(
                task for view in page for task in _tasks(view) if task.status in STILL_TO_DO
            ),
            after=page[-1].id if len(page) == limit else None,
        )

    return router


def _tasks(view: View[FollowUpFacts]) -> Iterator[Task]:
    for output in view.decision.outputs:
        content = output.content
        if isinstance(content, TaskChanged):
            yield _task(view.id, output.about, content)


def _task(customer_key: str, about: str, task: TaskChanged) -> Task:
    en, zh = _REASONS.get(task.kind, _OF_A_POLICY)
    return Task(
        task_id=task_id(customer_key, about),
        customer_key=customer_key,
        kind=task.kind,
        status=task.status,
        title_en=task.title_en,
        title_zh=task.title_zh,
        owner_role=task.owner_role,
        channel=task.channel,
        vin=task.vin,
        opens_at=task.opens_at,
        due_at=task.due_at,
        closed_at=task.closed_at,
        closed_because=task.closed_because,
        why=Why(document_id=task.document_id, en=en, zh=zh),
    )
