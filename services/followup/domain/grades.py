"""A customer, or a lead, as they would be in another grade: what was right to say by the grade that
they had then. Pure."""

from collections.abc import Sequence
from typing import get_args

from services.followup.domain.documents import Lead, Scored
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.leads.terms import LeadGrading
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.leads import Extent
from shared.contracts.scoring import Grade
from shared.contracts.subjects import ABOUT_THE_SCORE, fact_about
from shared.decider.facts import Noted

_OF_LEADS: tuple[Grade, ...] = get_args(Grade)
_GRADES: tuple[Grade | None, ...] = (None, *_OF_LEADS)


def other_grades(facts: FollowUpFacts) -> Sequence[Grade | None]:
    """Those that they may have had before, none among them; empty where nobody graded them ever."""
    known = facts.documents.get(_score_of(facts))
    if not isinstance(known, Scored | Noted):
        return ()
    grade = known.grade if isinstance(known, Scored) else None
    return [other for other in _GRADES if other != grade]


def as_graded(facts: FollowUpFacts, grade: Grade | None) -> FollowUpFacts:
    """All that is known of them, but for the grade."""
    key = _score_of(facts)
    known = facts.documents.get(key)
    if isinstance(known, Scored):
        scored = known.model_copy(update={"grade": grade})
    else:
        scored = Scored(kind="score", version="", grade=grade)
    return facts.model_copy(update={"documents": {**facts.documents, key: scored}})


def grades_of_leads(facts: FollowUpFacts) -> Sequence[Grade]:
    """Those that their leads have, or may have had before; empty where there is no lead."""
    any_lead = any(isinstance(known, Lead) for known in facts.documents.values())
    return _OF_LEADS if any_lead else ()


def with_leads_graded(policy: FollowUpPolicy, grade: Grade) -> FollowUpPolicy:
    """The policy, but that every lead has that grade."""
    each = LeadGrading(name="each", grade=grade, ability_to_pay=get_args(Extent))
    leads = policy.leads.model_copy(update={"gradings": (each,)})
    return policy.model_copy(update={"leads": leads})


def _score_of(facts: FollowUpFacts) -> str:
    return fact_about(facts.customer_key, ABOUT_THE_SCORE)
