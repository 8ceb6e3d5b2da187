"""How a customer with tasks to do is found. Pure."""

from collections.abc import Sequence

from shared.contracts.followup import TaskChanged
from shared.contracts.values import instant_text
from shared.decider.decision import Listing, State

TO_DO = ("open", "overdue")


def listed(outputs: Sequence[State]) -> Listing | None:
    """By the first task to be done; None where none is. The tally has the instants at which each
    is due, so that one becomes overdue without a word."""
    tasks = [
        output.content
        for output in outputs
        if isinstance(output.content, TaskChanged) and output.content.status in TO_DO
    ]
    if not tasks:
        return None
    due = sorted(task.due_at for task in tasks)
    return Listing(
        since=min(task.opens_at for task in tasks),
        deadline=due[0],
        tally={"due": [instant_text(moment) for moment in due]},
    )
