"""What was tried in a conversation, and who said whose it is. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.followup.domain.attempts import each_once, names_of, order_of
from services.followup.domain.documents import Assignment, Outcome
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.holders import holder, in_time
from shared.contracts.followup import TaskChanged
from shared.contracts.http.followup import Attempt, TaskAssignment


class SaidOfTasks(NamedTuple):
    """By task id."""

    outcomes: Mapping[str, Sequence[tuple[str, Outcome]]]
    """Each with the id of its document."""
    assignments: Mapping[str, Sequence[Assignment]]


def reported(facts: FollowUpFacts) -> SaidOfTasks:
    """What staff reported of the customer's tasks."""
    outcomes: dict[str, list[tuple[str, Outcome]]] = {}
    assignments: dict[str, list[Assignment]] = {}
    for document_id, known in facts.documents.items():
        if isinstance(known, Outcome):
            outcomes.setdefault(known.task_id, []).append((document_id, known))
        elif isinstance(known, Assignment):
            assignments.setdefault(known.task_id, []).append(known)
    return SaidOfTasks(outcomes, assignments)


def attempts_at(task: TaskChanged, about: str, said: SaidOfTasks) -> tuple[Attempt, ...]:
    """Each once, in the order of time."""
    reports = [each for name in names_of(task, about) for each in said.outcomes.get(name, ())]
    documents: dict[object, list[str]] = {}
    for document_id, outcome in reports:
        documents.setdefault(order_of(outcome), []).append(document_id)
    return tuple(
        Attempt(
            at=outcome.at,
            outcome=outcome.outcome,
            by=outcome.by,
            channel=outcome.channel,
            next_contact_on=outcome.next_contact_on,
            documents=tuple(sorted(documents[order_of(outcome)])),
        )
        for outcome in each_once(outcome for _, outcome in reports)
    )


def assignments_of(task: TaskChanged, about: str, said: SaidOfTasks) -> tuple[TaskAssignment, ...]:
    """In the order of time."""
    names = names_of(task, about)
    assignments = in_time(each for name in names for each in said.assignments.get(name, ()))
    return tuple(
        TaskAssignment(
            at=each.at,
            by=each.by,
            person=each.person or None,
            counts=_counts(each, assignments[: position + 1], task),
        )
        for position, each in enumerate(assignments)
    )


def _counts(said: Assignment, until_then: Sequence[Assignment], task: TaskChanged) -> bool:
    if task.closed_at is not None and said.at > task.closed_at:
        return False
    before, after = holder(until_then[:-1], said.at), holder(until_then, said.at)
    if not said.person:
        return after.person is None or after != before
    return said.person not in after.contested_by
