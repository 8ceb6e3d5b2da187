"""Points for each insurance bought here, with a car or over the counter, or renewed."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form
from shared.contracts.values import Bilingual

SHIPPED = Rule(axis="value", points=5, fades=ONE_YEAR_TO_TWO, at_most=20)
FORM: Form | None = "accessories_insurance"
FROM = ("purchases", "visits")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """Those of a sale are the buyer's alone; what an order takes back of them does not count."""
    for purchase in history.purchases:
        if purchase.sale.role == "buyer":
            for _ in range(purchase.sale.insurances):
                awards.give(purchase.at, purchase.document_id)
    for visit in history.visits:
        for _ in range(visit.order.insurances):
            awards.give(visit.at, visit.document_id)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} per insurance bought or renewed"


def counted(count: int) -> Bilingual:
    """What that many things are called."""
    return things(
        count, "insurance bought or renewed", "insurances bought or renewed", "投保、续保{}份"
    )
