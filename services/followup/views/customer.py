"""One customer's plan: what is to be said and was said, what comes, and what is not said. Pure."""

from datetime import datetime

from services.followup.domain.circumstances import ALL_ALLOWED
from services.followup.domain.decide import customer_plan
from services.followup.domain.documents import Consent
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.policy import FollowUpPolicy
from services.followup.views.plan import coming_tasks, suppressed_tasks
from services.followup.views.task import tasks_of
from shared.contracts.http.followup import AllowedContact, CustomerTasks
from shared.decider.decision import earliest
from shared.decider.snapshot import Snapshot


def customer_tasks(
    snapshot: Snapshot[FollowUpFacts], policy: FollowUpPolicy, now: datetime
) -> CustomerTasks:
    """All of it as of `now`, by these rules."""
    plan = customer_plan(snapshot.facts, policy, now)
    tasks = sorted(tasks_of(snapshot), key=lambda task: (task.due_at, task.kind))
    return CustomerTasks(
        customer_key=snapshot.id,
        tasks=tuple(tasks),
        coming=coming_tasks(plan.coming, policy, now),
        suppressed=suppressed_tasks(plan.silences),
        allowed=_allowed(plan.allowed),
        next_change_at=earliest((snapshot.decision.next_due, plan.changes_at)),
        as_of=now,
    )


def _allowed(given: Consent) -> AllowedContact:
    said_at = None if given == ALL_ALLOWED else given.at
    return AllowedContact(
        do_not_contact=given.do_not_contact, opt_outs=given.opt_outs, said_at=said_at
    )
