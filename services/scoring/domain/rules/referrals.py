"""Points for each customer whom this one referred."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="loyalty", points=4, fades=ONE_YEAR_TO_TWO, at_most=8)
FORM: Form | None = "referral"
FROM = ("recommendations",)
counted = things("customer referred", "customers referred", "推荐客户{}位")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """Whoever is referred counts once, from the first time on, however often they are."""
    known: set[str] = set()
    for at, document_id, whom in history.recommendations:
        if whom not in known:
            known.add(whom)
            awards.give(at, document_id)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} per customer referred"
