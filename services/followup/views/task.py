"""One task as it stands, with what came of it and why it is there. Pure."""

from collections.abc import Iterator

from services.followup.domain.facts import FollowUpFacts
from services.followup.views.attempts import SaidOfTasks, assignments_of, attempts_at, reported
from services.followup.views.plan import reason
from shared.contracts.followup import TaskChanged, TaskPurpose, task_id
from shared.contracts.http.followup import FollowUpTask, PurposeOfTask, TaskReason
from shared.contracts.subjects import TaskSubject
from shared.contracts.values import Bilingual
from shared.decider.snapshot import Snapshot

_NOTHING = Bilingual(en="", zh="")


def tasks_of(snapshot: Snapshot[FollowUpFacts]) -> Iterator[FollowUpTask]:
    """Every task of the customer, as it was decided."""
    said = reported(snapshot.facts)
    for output in snapshot.decision.outputs:
        if isinstance(output.content, TaskChanged):
            yield _task(snapshot.id, output.about, output.content, said)


def _task(customer_key: str, about: str, task: TaskChanged, said: SaidOfTasks) -> FollowUpTask:
    first = task.purposes[0]
    return FollowUpTask(
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
        attempts=attempts_at(task, about, said),
        assignments=assignments_of(task, about, said),
        why=TaskReason(document_id=task.document_id, en=first.why.en, zh=first.why.zh),
        purposes=tuple(_purpose(customer_key, each) for each in task.purposes),
        why_now=tuple(map(reason, task.why_now)),
        person=task.person,
        urgent=task.urgent,
        priority=task.priority,
        depth=task.depth,
        grade=task.grade,
        next_attempt_at=task.next_attempt_at,
    )


def _purpose(customer_key: str, purpose: TaskPurpose) -> PurposeOfTask:
    hint = purpose.hint or _NOTHING
    about = str(TaskSubject(purpose.kind, purpose.document_id))
    return PurposeOfTask(
        task_id=task_id(customer_key, about),
        kind=purpose.kind,
        document_id=purpose.document_id,
        vin=purpose.vin,
        due_at=purpose.due_at,
        title_en=purpose.title.en,
        title_zh=purpose.title.zh,
        hint_en=hint.en,
        hint_zh=hint.zh,
        why=reason(purpose.why),
        ended=purpose.ended,
    )
