"""Followup's read endpoints: a customer's tasks and why, and a dealer's open tasks."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.followup.domain.facts import FollowUpFacts, Outcome
from services.followup.domain.listing import TO_DO
from shared.contracts.followup import TaskChanged, TaskKind, TaskStatus, task_id
from shared.contracts.values import Instant
from shared.decider.snapshot import Snapshot
from shared.platform.asked import OF_A_CUSTOMER, OF_A_DEALER, CustomerKey, Limit
from shared.platform.problems import Refusal, undecided, unknown
from shared.runtime.reader import Reader, customer_snapshot, known_dealer
from shared.time.clock import TimeSource

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


class Attempt(_Answer):
    """What came of one attempt at a task."""

    at: Instant
    outcome: str
    by: str | None
    channel: str | None
    next_contact_on: date | None


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
    attempts: tuple[Attempt, ...]
    """In the order of time, of what is looked at; those after it was closed are told, too."""
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


def routes(reader: Reader[FollowUpFacts], clock: TimeSource) -> APIRouter:
    """The endpoints, answered from `reader`."""
    router = APIRouter(prefix="/v1", tags=["tasks"])

    @router.get(
        "/customers/{key:path}",
        summary="A customer's tasks, and why",
        responses=OF_A_CUSTOMER,
    )
    async def customer(key: CustomerKey) -> CustomerTasks:
        snapshot = await customer_snapshot(reader, key)
        if snapshot is None:
            raise Refusal(unknown("nothing is known of such a customer"))
        if snapshot.undecided_because is not None:
            raise Refusal(undecided(f"no tasks at present: {snapshot.undecided_because}"))
        return CustomerTasks(
            customer_key=snapshot.id,
            tasks=tuple(sorted(_tasks(snapshot), key=lambda task: (task.due_at, task.kind))),
            next_change_at=snapshot.decision.next_due,
            as_of=clock.now(),
        )

    @router.get(
        "/dealers/{group}/{dealer}/tasks",
        summary="A dealer's open tasks, by customer",
        responses=OF_A_DEALER,
    )
    async def tasks(group: str, dealer: str, after: str = "", limit: Limit = 100) -> DealerTasks:
        page = await reader.page(known_dealer(reader, group, dealer), after=after, limit=limit)
        return DealerTasks(
            tasks=tuple(
                task for snapshot in page for task in _tasks(snapshot) if task.status in TO_DO
            ),
            after=page[-1].id if len(page) == limit else None,
        )

    return router


def _tasks(snapshot: Snapshot[FollowUpFacts]) -> Iterator[Task]:
    attempts = _attempts(snapshot.facts)
    for output in snapshot.decision.outputs:
        content = output.content
        if isinstance(content, TaskChanged):
            task = task_id(snapshot.id, output.about)
            yield _task(snapshot.id, task, content, attempts.get(str(task), ()))


def _attempts(facts: FollowUpFacts) -> dict[str, list[Attempt]]:
    """By task id."""
    by_task: dict[str, list[Attempt]] = {}
    outcomes = [known for known in facts.documents.values() if isinstance(known, Outcome)]
    for known in sorted(outcomes, key=lambda known: known.at):
        by_task.setdefault(known.task_id, []).append(
            Attempt(
                at=known.at,
                outcome=known.outcome,
                by=known.by,
                channel=known.channel,
                next_contact_on=known.next_contact_on,
            )
        )
    return by_task


def _task(customer_key: str, task_id: UUID, task: TaskChanged, attempts: Sequence[Attempt]) -> Task:
    en, zh = _REASONS.get(task.kind, _OF_A_POLICY)
    return Task(
        task_id=task_id,
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
        attempts=tuple(attempts),
        why=Why(document_id=task.document_id, en=en, zh=zh),
    )
