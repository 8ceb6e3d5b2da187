"""A lead as it would be in another grade: what was right to say by the grade that it had then.
Pure."""

from collections.abc import Sequence
from typing import get_args

from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.terms import LeadGrading
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.leads import Extent
from shared.contracts.scoring import Grade


def grades_of_leads(history: TaskHistory) -> Sequence[Grade]:
    """Those that the customer's leads have, or may have had before; empty where there is none."""
    return get_args(Grade) if history.leads else ()


def with_leads_graded(policy: FollowUpPolicy, grade: Grade) -> FollowUpPolicy:
    """The policy, but that every lead has that grade."""
    each = LeadGrading(name="each", grade=grade, ability_to_pay=get_args(Extent))
    leads = policy.leads.model_copy(update={"gradings": (each,)})
    return policy.model_copy(update={"leads": leads})
