"""A dealer's tasks to do, by customer. Pure."""

from collections.abc import Sequence
from datetime import datetime

from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.listing import TO_DO
from services.followup.domain.rulebook import FollowUpRulebook
from services.followup.views.task import tasks_of
from shared.contracts.http.followup import DealerTasks
from shared.decider.snapshot import Snapshot


def dealer_tasks(
    page: Sequence[Snapshot[FollowUpFacts]],
    rulebook: FollowUpRulebook,
    now: datetime,
    *,
    limit: int,
) -> DealerTasks:
    """Those of the page's customers that are open; a page of fewer than `limit` is the last."""
    tasks = (task for snapshot in page for task in tasks_of(snapshot))
    return DealerTasks(
        tasks=tuple(task for task in tasks if task.status in TO_DO),
        after=page[-1].id if len(page) == limit else None,
    )
