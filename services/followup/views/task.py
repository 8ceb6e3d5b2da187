"""One task as it stands, with what came of it and why it is there. Pure."""

from collections.abc import Iterator, Mapping

from services.followup.domain.documents import Outcome
from services.followup.domain.facts import FollowUpFacts
from services.followup.views.plan import reason
from shared.contracts.followup import TaskChanged, TaskPurpose, task_id
from shared.contracts.http.followup import Attempt, FollowUpTask, PurposeOfTask, TaskReason
from shared.contracts.subjects import TaskSubject
from shared.contracts.values import Bilingual
from shared.decider.snapshot import Snapshot

_NOTHING = Bilingual(en="", zh="")


def tasks_of(snapshot: Snapshot[FollowUpFacts]) -> Iterator[FollowUpTask]:
    """Every task of the customer, as it was decided."""
    attempts = _attempts(snapshot.facts)
    for output in snapshot.decision.outputs:
        if isinstance(output.content, TaskChanged):
            yield _task(snapshot.id, output.about, output.content, attempts)


def _task(
    customer_key: str, about: str, task: TaskChanged, attempts: Mapping[str, list[Attempt]]
) -> FollowUpTask:
    identifier = task_id(customer_key, about)
    purposes = tuple(_purpose(customer_key, each) for each in task.purposes)
    names = dict.fromkeys([identifier, *(each.task_id for each in purposes)])
    tried = [attempt for name in names for attempt in attempts.get(str(name), ())]
    first = task.purposes[0]
    return FollowUpTask(
        task_id=identifier,
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
        attempts=tuple(sorted(tried, key=lambda attempt: attempt.at)),
        why=TaskReason(document_id=task.document_id, en=first.why.en, zh=first.why.zh),
        purposes=purposes,
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


def _attempts(facts: FollowUpFacts) -> Mapping[str, list[Attempt]]:
    """By task id."""
    by_task: dict[str, list[Attempt]] = {}
    for known in facts.documents.values():
        if isinstance(known, Outcome):
            attempt = Attempt(
                at=known.at,
                outcome=known.outcome,
                by=known.by,
                channel=known.channel,
                next_contact_on=known.next_contact_on,
            )
            by_task.setdefault(known.task_id, []).append(attempt)
    return by_task
