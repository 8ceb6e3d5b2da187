"""Points taken for each complaint."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.turns import spans
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="loyalty", points=-15, fades=ONE_YEAR_TO_TWO, at_least=-45)
FORM: Form | None = None
FROM = ("complaints",)
counted = things("complaint", "complaints", "投诉{}件")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """From its receipt on, but while it is withdrawn or part of another."""
    for received_at, case_id, turns in history.complaints:
        for since, until in spans((turn.at, turn.weighs) for turn in turns):
            awards.give(received_at, case_id, since=since, until=until)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} per complaint"
