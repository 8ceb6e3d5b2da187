"""Points for each product sold with a car that is no accessory and no insurance."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="value", points=5, fades=ONE_YEAR_TO_TWO, at_most=15)
FORM: Form | None = None
FROM = ("purchases",)
counted = things("product sold with a car", "products sold with a car", "随车购买的产品{}项")


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
