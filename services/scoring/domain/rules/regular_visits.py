"""Points for each day with a visit."""

from datetime import date

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import TWO_YEARS, Rule
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form
from shared.contracts.values import Bilingual

SHIPPED = Rule(axis="loyalty", points=6, fades=TWO_YEARS, at_most=24)
FORM: Form | None = None
FROM = ("visits",)


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """Several orders closed on one local day are one visit, from the first of them on."""
    days: set[date] = set()
    for visit in history.visits:
        day = visit.order.day
        if day is not None and day not in days:
            days.add(day)
            awards.give(visit.at, visit.document_id, until=visit.sold_on_at)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} per day with a visit"


def counted(count: int) -> Bilingual:
    """What that many things are called."""
    return things(
        count,
        "day with a visit",
        "days with a visit",
        "到店{}天",
    )
