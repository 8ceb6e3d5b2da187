"""Points for each day with a visit after the car's warranty has ended."""

from collections.abc import Mapping
from datetime import date

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import ClosedVisit, CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.visit_days import give_by_day
from services.scoring.domain.warranty import warranties
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="loyalty", points=6, fades=ONE_YEAR_TO_TWO, at_most=18)
FORM: Form | None = "after_warranty"
FROM = ("purchases",)
counted = things(
    "day with a visit after the warranty", "days with a visit after the warranty", "质保后回厂{}天"
)


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """None of cars of which no warranty is known; several orders of one local day are one."""
    ends = warranties(history.purchases, measures.warranty_months)
    if ends:
        give_by_day((visit for visit in history.visits if _is_after(visit, ends)), awards)


def _is_after(visit: ClosedVisit, ends: Mapping[str, date]) -> bool:
    day, end = visit.order.day, ends.get(visit.order.vin)
    return day is not None and end is not None and day > end


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} per day with a visit after the warranty"
