"""A customer as they would be in another grade: what was right to say by the grade that they had
then. Pure."""

from collections.abc import Sequence
from typing import get_args

from services.followup.domain.documents import Scored
from services.followup.domain.facts import FollowUpFacts
from shared.contracts.scoring import Grade
from shared.contracts.subjects import ABOUT_THE_SCORE, fact_about
from shared.decider.facts import Noted

_GRADES: tuple[Grade | None, ...] = (None, *get_args(Grade))


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


def _score_of(facts: FollowUpFacts) -> str:
    return fact_about(facts.customer_key, ABOUT_THE_SCORE)
