"""One task as it stands, with what came of it and why it is there. Pure."""

from collections.abc import Iterator

from services.followup.domain.facts import FollowUpFacts
from services.followup.views.attempts import assignments_of, attempts_at, reported
from shared.contracts.followup import TaskChanged, task_id
from shared.contracts.http.followup import FollowUpTask, TaskReason
from shared.decider.snapshot import Snapshot


def tasks_of(snapshot: Snapshot[FollowUpFacts]) -> Iterator[FollowUpTask]:
    """Every task of the customer, as it was decided."""
    said = reported(snapshot.facts)
    for output in snapshot.decision.outputs:
        task = output.content
        if not isinstance(task, TaskChanged):
            continue
        yield FollowUpTask(
            task_id=task_id(snapshot.id, output.about),
            customer_key=snapshot.id,
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
            attempts=attempts_at(task, output.about, said),
            next_attempt_at=task.next_attempt_at,
            person=task.person,
            assignments=assignments_of(task, output.about, said),
            why=_why(task),
        )


def _why(task: TaskChanged) -> TaskReason:
    first = task.purposes[0]
    return TaskReason(document_id=task.document_id, en=first.why.en, zh=first.why.zh)
