"""Points for each insurance, accessory and service plan sold with a car."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule

SHIPPED = Rule(axis="value", points=5, fades=ONE_YEAR_TO_TWO, at_most=15)


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """To the buyer alone."""
    if not measures.role_percent.get("buyer"):
        return
    for purchase in history.purchases:
        if purchase.sale.role == "buyer":
            for _ in range(purchase.sale.products):
                awards.give(purchase.at, purchase.document_id)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} per product sold with a car"
