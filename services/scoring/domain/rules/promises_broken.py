"""Points taken for each repair order that was closed after the time promised."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="loyalty", points=-4, fades=ONE_YEAR_TO_TWO, at_least=-16)
FORM: Form | None = None
FROM = ("visits",)
counted = things(
    "order ready later than promised", "orders ready later than promised", "超过承诺时间交车{}次"
)


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """Up to some minutes late is in time; an order without a promise says nothing."""
    grace = measures.promise_grace_minutes
    for visit in history.visits:
        overran = visit.order.overran_minutes
        if overran is not None and overran > grace:
            awards.give(visit.at, visit.document_id)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return (
        f"{rule.points} per order closed more than {measures.promise_grace_minutes} minutes after "
        "the promised time"
    )
