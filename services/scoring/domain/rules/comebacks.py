"""Points taken for each repair order whose work had to be done again."""

from collections.abc import Mapping
from datetime import date

from services.scoring.domain.awards import Awards
from services.scoring.domain.documents import Visit
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="loyalty", points=-6, fades=ONE_YEAR_TO_TWO, at_least=-18)
FORM: Form | None = None
FROM = ("visits",)
counted = things("comeback order", "comeback orders", "返修{}次")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """From the order that does it again: named by the source, or the same job on the same car.

    No order does again what was done later: of a circle of names the first order is none.
    """
    done: dict[tuple[str, str], date] = {}
    later = {visit.document_id for visit in history.visits}
    for visit in history.visits:
        order = visit.order
        is_named = order.comeback_of and order.comeback_of not in later
        if is_named or (order.jobs and _is_again(order, done, measures.comeback_days)):
            awards.give(visit.at, visit.document_id)
        later.discard(visit.document_id)
        if order.vin and order.day is not None:
            for job in order.jobs:
                done[order.vin, job] = order.day


def _is_again(order: Visit, done: Mapping[tuple[str, str], date], within_days: int) -> bool:
    """On another day: orders of one local day are one visit."""
    if order.day is None:
        return False
    lasts = (done.get((order.vin, job)) for job in order.jobs)
    return any(last is not None and 0 < (order.day - last).days <= within_days for last in lasts)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return (
        f"{rule.points} per order named as a comeback, or with the same repair on the same car "
        f"within {measures.comeback_days} days"
    )
