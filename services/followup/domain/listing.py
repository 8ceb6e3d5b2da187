"""How a customer with tasks to do is found. Pure."""

from collections.abc import Mapping, Sequence

from shared.contracts.followup import TaskChanged
from shared.contracts.values import instant_text
from shared.decider.decision import AnyOutput, Listing

TO_DO = ("open", "overdue")


def tasks_to_do(outputs: Sequence[AnyOutput]) -> Mapping[str, TaskChanged]:
    """The tasks that somebody has to do, by what names them within the customer."""
    return {
        output.about: output.content
        for output in outputs
        if isinstance(output.content, TaskChanged) and output.content.status in TO_DO
    }


def listed(outputs: Sequence[AnyOutput]) -> Listing | None:
    """By the first task to be done; None where none is. The tally has the instants at which each
    is due, of all and by role, so that one becomes overdue without a word."""
    tasks = tasks_to_do(outputs).values()
    if not tasks:
        return None
    by_role: dict[str, list[str]] = {}
    for task in sorted(tasks, key=lambda task: task.due_at):
        by_role.setdefault(task.owner_role, []).append(instant_text(task.due_at))
    due = sorted(task.due_at for task in tasks)
    return Listing(
        since=min(task.opens_at for task in tasks),
        deadline=due[0],
        tally={
            "due": [instant_text(moment) for moment in due],
            "by_role": dict(sorted(by_role.items())),
        },
    )
