"""Points for each insurance bought here, with a car or over the counter, or renewed."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.pieces import give_by_piece
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="value", points=5, fades=ONE_YEAR_TO_TWO, at_most=20)
FORM: Form | None = "accessories_insurance"
FROM = ("purchases", "visits")
counted = things("insurance bought or renewed", "insurances bought or renewed", "投保、续保{}份")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """Until it is given back."""
    give_by_piece(history, awards, lambda document: document.insurances)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} per insurance bought or renewed"
