"""Points for the last visit."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import HALF_A_YEAR_TO_ONE, Rule

SHIPPED = Rule(axis="loyalty", points=20, fades=HALF_A_YEAR_TO_ONE)


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """Each visit counts until the next one."""
    visits = history.visits
    for position, visit in enumerate(visits):
        until = visits[position + 1].at if position + 1 < len(visits) else None
        awards.give(visit.at, visit.document_id, until=until)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} for the last visit"
