"""Which facts give which points, from when until when. Pure, and in event time."""

from collections.abc import Mapping

from services.scoring.domain.awards import Awards, Points
from services.scoring.domain.documents import Known
from services.scoring.domain.history import CustomerHistory, history
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rules import TABLE


def points(documents: Mapping[str, Known], policy: ScoringPolicy) -> list[Points]:
    """All points that they ever give or gave, or will give if nothing more happens."""
    return points_of(history(documents), policy)


def points_of(known: CustomerHistory, policy: ScoringPolicy) -> list[Points]:
    """The same of what is known from them."""
    found: list[Points] = []
    for name, rule in policy.by_name.items():
        TABLE[name].give(known, policy, Awards(name, rule, found))
    return found
