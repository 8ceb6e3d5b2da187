"""The points of one rule, as spans of days: what each file of the rules is tested by."""

from datetime import datetime
from typing import Any

from services.scoring.domain.awards import Awards, Points
from services.scoring.domain.facts import ScoringFacts, join
from services.scoring.domain.history import history
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rules import TABLE
from shared.contracts.envelope import Event

SHIPPED = ScoringPolicy()


def points_of(
    rule: str, *events: Event[Any], policy: ScoringPolicy = SHIPPED
) -> list[tuple[str, str, int]]:
    """From which day until which day how many points, in the order of time."""
    found: list[Points] = []
    known = history(join(ScoringFacts(), events).documents)
    TABLE[rule].give(known, policy, Awards(rule, policy.by_name[rule], found))
    assert {each.rule for each in found} <= {rule}
    return [(_day(each.since), _day(each.until), each.points) for each in sorted(found)]


def changed(**changes: object) -> ScoringPolicy:
    """The shipped policy, but for these."""
    return ScoringPolicy.model_validate(changes)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
