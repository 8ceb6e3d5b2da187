"""Points for each day with a visit."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import TWO_YEARS, Rule
from services.scoring.domain.visit_days import give_by_day
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="loyalty", points=6, fades=TWO_YEARS, at_most=24)
FORM: Form | None = None
FROM = ("visits",)
counted = things("day with a visit", "days with a visit", "到店{}天")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """Several orders closed on one local day are one visit, from the first of them on."""
    give_by_day(history.visits, awards)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} per day with a visit"
