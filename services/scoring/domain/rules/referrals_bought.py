"""Points for each customer whom this one referred and who bought a car."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="loyalty", points=10, fades=ONE_YEAR_TO_TWO, at_most=30)
FORM: Form | None = "referral"
FROM = ("referred_purchases",)
counted = things("customer referred who bought", "customers referred who bought", "推荐成交{}位")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """Whoever bought counts once, from their first purchase on, however often referred."""
    known: set[str] = set()
    for at, document_id, whom in history.referred_purchases:
        if whom not in known:
            known.add(whom)
            awards.give(at, document_id)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} more per customer referred who bought a car"
