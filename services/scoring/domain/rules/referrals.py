"""Points for each customer whom this one referred."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import History
from services.scoring.domain.measures import Measures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule

SHIPPED = Rule(axis="loyalty", points=10, fades=ONE_YEAR_TO_TWO, at_most=20)


def give(history: History, measures: Measures, awards: Awards) -> None:
    """Whoever is referred counts once, from the first time on, under however many numbers."""
    known: set[str] = set()
    for at, whom in history.recommendations:
        if whom not in known:
            known.add(whom)
            awards.give(at)


def in_words(rule: Rule, measures: Measures) -> str:
    """What gives so many points."""
    return f"{rule.points} per customer referred"
