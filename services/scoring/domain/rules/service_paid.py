"""Points for the money that the customer paid for service, by currency."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule

SHIPPED = Rule(axis="value", points=1, fades=ONE_YEAR_TO_TWO, at_most=40)


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """For each repair order by itself; a begun unit does not count."""
    units, points = measures.currency_per_point, awards.rule.points
    for visit in history.visits:
        order = visit.order
        if order.paid > 0:
            unit = units.get(order.currency)
            whole = order.paid // unit * points if unit else 0
            awards.give(visit.at, visit.document_id, whole)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    *units, last = [f"{unit} {code}" for code, unit in measures.currency_per_point.items()]
    return (
        f"{rule.points} per {', '.join(units)} or {last} paid"
        if units
        else (f"{rule.points} per {last} paid")
    )
