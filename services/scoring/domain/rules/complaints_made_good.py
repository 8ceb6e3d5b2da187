"""Points given back while the customer stands satisfied with how a complaint was resolved."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.turns import spans
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="loyalty", points=10, fades=ONE_YEAR_TO_TWO, at_most=30)
FORM: Form | None = None
FROM = ("complaints",)
counted = things("complaint made good", "complaints made good", "投诉妥善解决{}件")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """They age from the receipt, as what the complaint took does."""
    for received_at, case_id, turns in history.complaints:
        for since, until in spans((turn.at, turn.stands == "satisfied") for turn in turns):
            awards.give(received_at, case_id, since=since, until=until)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} back while the customer is satisfied"
