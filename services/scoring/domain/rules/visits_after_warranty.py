"""Points for each day with a visit after the car's warranty has ended."""

from datetime import date

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.warranty import warranties
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form
from shared.contracts.values import Bilingual

SHIPPED = Rule(axis="loyalty", points=6, fades=ONE_YEAR_TO_TWO, at_most=18)
FORM: Form | None = "after_warranty"
FROM = ("purchases",)


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """None of cars of which no warranty is known; several orders of one local day are one."""
    ends = warranties(history.purchases, measures.warranty_months)
    if not ends:
        return
    days: set[date] = set()
    for visit in history.visits:
        day, end = visit.order.day, ends.get(visit.order.vin)
        if day is not None and end is not None and day > end and day not in days:
            days.add(day)
            awards.give(visit.at, visit.document_id, until=visit.sold_on_at)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} per day with a visit after the warranty"


def counted(count: int) -> Bilingual:
    """What that many things are called."""
    return things(
        count,
        "day with a visit after the warranty",
        "days with a visit after the warranty",
        "质保后回厂{}天",
    )
