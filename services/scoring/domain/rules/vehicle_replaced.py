"""Points for each car that the customer bought after the first one: replaced or added."""

from datetime import datetime

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import THREE_YEARS_TO_SIX, Rule

SHIPPED = Rule(axis="value", points=15, fades=THREE_YEARS_TO_SIX, at_most=30)


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """A lease that ends in a purchase is no second car."""
    if not measures.role_percent.get("buyer"):
        return
    bought_at: dict[str, datetime] = {}
    for at, _, car, role, _ in history.purchases:
        if role == "buyer":
            bought_at.setdefault(car, at)
    for at in sorted(bought_at.values())[1:]:
        awards.give(at)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} per further car"
