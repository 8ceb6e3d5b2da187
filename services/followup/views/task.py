"""One task as it stands, with what came of it and why it is there. Pure."""

from collections.abc import Iterator, Mapping

from services.followup.domain.documents import Outcome
from services.followup.domain.facts import FollowUpFacts
from shared.contracts.followup import TaskChanged, task_id
from shared.contracts.http.followup import Attempt, FollowUpTask, TaskReason
from shared.decider.snapshot import Snapshot


def tasks_of(snapshot: Snapshot[FollowUpFacts]) -> Iterator[FollowUpTask]:
    """Every task of the customer, as it was decided."""
    attempts = _attempts(snapshot.facts)
    for output in snapshot.decision.outputs:
        task = output.content
        if not isinstance(task, TaskChanged):
            continue
        identifier = task_id(snapshot.id, output.about)
        yield FollowUpTask(
            task_id=identifier,
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
            attempts=attempts.get(str(identifier), ()),
            why=_why(task),
        )


def _attempts(facts: FollowUpFacts) -> Mapping[str, tuple[Attempt, ...]]:
    """By task id, in the order of time."""
    by_task: dict[str, tuple[Attempt, ...]] = {}
    outcomes = [known for known in facts.documents.values() if isinstance(known, Outcome)]
    for known in sorted(outcomes, key=lambda known: known.at):
        attempt = Attempt(
            at=known.at,
            outcome=known.outcome,
            by=known.by,
            channel=known.channel,
            next_contact_on=known.next_contact_on,
        )
        by_task[known.task_id] = (*by_task.get(known.task_id, ()), attempt)
    return by_task


def _why(task: TaskChanged) -> TaskReason:
    first = task.purposes[0]
    return TaskReason(document_id=task.document_id, en=first.why.en, zh=first.why.zh)
