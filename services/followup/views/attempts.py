"""What was tried in a conversation, and who said whose it is. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from services.followup.domain.attempts import each_once
from services.followup.domain.documents import Assignment, Outcome
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.holders import holder, in_time
from shared.contracts.followup import TaskChanged, task_id
from shared.contracts.http.followup import Attempt, TaskAssignment
from shared.contracts.subjects import TaskSubject


class SaidOfTasks(NamedTuple):
    """By task id."""

    outcomes: Mapping[str, Sequence[Outcome]]
    assignments: Mapping[str, Sequence[Assignment]]


def reported(facts: FollowUpFacts) -> SaidOfTasks:
    """What staff reported of the customer's tasks."""
    outcomes: dict[str, list[Outcome]] = {}
    assignments: dict[str, list[Assignment]] = {}
    for known in facts.documents.values():
        if isinstance(known, Outcome):
            outcomes.setdefault(known.task_id, []).append(known)
        elif isinstance(known, Assignment):
            assignments.setdefault(known.task_id, []).append(known)
    return SaidOfTasks(outcomes, assignments)


def attempts_at(task: TaskChanged, about: str, said: SaidOfTasks) -> tuple[Attempt, ...]:
    """Each once, in the order of time."""
    outcomes = (each for name in _names(task, about) for each in said.outcomes.get(name, ()))
    return tuple(
        Attempt(
            at=outcome.at,
            outcome=outcome.outcome,
            by=outcome.by,
            channel=outcome.channel,
            next_contact_on=outcome.next_contact_on,
        )
        for outcome in each_once(outcomes)
    )


def assignments_of(task: TaskChanged, about: str, said: SaidOfTasks) -> tuple[TaskAssignment, ...]:
    """In the order of time."""
    names = _names(task, about)
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


def _names(task: TaskChanged, about: str) -> Iterator[str]:
    """Every id that staff may name the conversation by: those of all its purposes."""
    purposes = (str(TaskSubject(each.kind, each.document_id)) for each in task.purposes)
    for name in dict.fromkeys((about, *purposes)):
        yield str(task_id(task.customer_key, name))


def _counts(said: Assignment, until_then: Sequence[Assignment], task: TaskChanged) -> bool:
    if task.closed_at is not None and said.at > task.closed_at:
        return False
    before, after = holder(until_then[:-1], said.at), holder(until_then, said.at)
    if not said.person:
        return after.person is None or after != before
    return said.person not in after.contested_by
