"""Points taken on top while a complaint is a major one."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.turns import spans
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="loyalty", points=-10, fades=ONE_YEAR_TO_TWO, at_least=-30)
FORM: Form | None = None
FROM = ("complaints",)
counted = things("major complaint", "major complaints", "重大投诉{}件")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """They age from the receipt, whenever it became a major one."""
    for received_at, case_id, turns in history.complaints:
        for since, until in spans((turn.at, turn.weighs and turn.major) for turn in turns):
            awards.give(received_at, case_id, since=since, until=until)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} more while it is a major one"
