"""Which facts give which points, from when until when. Pure, and in event time."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

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
    rules = policy.by_name
    for name in _rules_of(tuple(map(bool, known))):
        TABLE[name].give(known, policy, Awards(name, rules[name], found))
    return found


@lru_cache
def _rules_of(there_is_any: tuple[bool, ...]) -> Sequence[str]:
    """The rules that find something, by which lists of a history hold anything."""
    lists = {name for name, any_ in zip(CustomerHistory._fields, there_is_any, strict=True) if any_}
    return [name for name, kind in TABLE.items() if not lists.isdisjoint(kind.FROM)]
