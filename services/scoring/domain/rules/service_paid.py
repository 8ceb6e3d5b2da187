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
        if visit.paid:
            unit = units.get(visit.currency)
            awards.give(visit.at, visit.paid // unit * points if unit else 0)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    *units, last = [f"{unit} {code}" for code, unit in measures.currency_per_point.items()]
    return (
        f"{rule.points} per {', '.join(units)} or {last} paid"
        if units
        else (f"{rule.points} per {last} paid")
    )
