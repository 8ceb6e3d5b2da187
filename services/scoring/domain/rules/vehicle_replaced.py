"""Points for each car that the customer bought after the first one: replaced or added."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory, Purchase
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import THREE_YEARS_TO_SIX, Rule
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="value", points=15, fades=THREE_YEARS_TO_SIX, at_most=30)
FORM: Form | None = "replacement"
FROM = ("purchases",)
counted = things("further car", "further cars", "增换购{}辆")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """A lease that ends in a purchase is no second car."""
    if not measures.role_percent.get("buyer"):
        return
    first: dict[str, Purchase] = {}
    for purchase in history.purchases:
        if purchase.sale.role == "buyer":
            first.setdefault(purchase.car, purchase)
    for purchase in [*first.values()][1:]:
        awards.give(purchase.at, purchase.document_id, until=purchase.sold_on_at)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} per further car"
