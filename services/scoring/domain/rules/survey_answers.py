"""Points for the answers to surveys, by the bands of the policy."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule, share
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="loyalty", points=1, fades=ONE_YEAR_TO_TWO, at_least=-12, at_most=12)
FORM: Form | None = None
FROM = ("answers",)
counted = things("answered survey", "answered surveys", "问卷答复{}份")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """The points of the answer's band; what was kept without its kind counts as of a service."""
    for at, document_id, answered in history.answers:
        percent = measures.survey_percent.get(answered.survey or "csi", 0)
        points = measures.survey_points(answered.overall)
        awards.give(at, document_id, share(points, percent))


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return ", ".join(
        f"from {band.overall_from}: {band.points}" for band in measures.survey_bands
    ).replace("-", "−")
