"""One customer's tasks, by the time they are due. Pure."""

from datetime import datetime

from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.rulebook import FollowUpRulebook
from services.followup.views.task import tasks_of
from shared.contracts.http.followup import CustomerTasks
from shared.decider.snapshot import Snapshot


def customer_tasks(
    snapshot: Snapshot[FollowUpFacts], rulebook: FollowUpRulebook, now: datetime
) -> CustomerTasks:
    """All that are there as of `now`, the closed ones that are remembered included."""
    tasks = sorted(tasks_of(snapshot), key=lambda task: (task.due_at, task.kind))
    return CustomerTasks(
        customer_key=snapshot.id,
        tasks=tuple(tasks),
        next_change_at=snapshot.decision.next_due,
        as_of=now,
    )
