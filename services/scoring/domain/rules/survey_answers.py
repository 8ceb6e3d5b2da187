"""Points for the answers to surveys, by the bands of the policy."""

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule

SHIPPED = Rule(axis="loyalty", points=1, fades=ONE_YEAR_TO_TWO, at_least=-12, at_most=12)


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """The points of the answer's band."""
    for at, document_id, answered in history.answers:
        awards.give(at, document_id, measures.survey_points(answered.overall))


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    bands = measures.survey_bands
    uppers = [10, *(band.overall_from - 1 for band in bands)]
    return ", ".join(
        f"{band.overall_from}–{upper}: {band.points}"
        for band, upper in zip(bands, uppers, strict=False)
    ).replace("-", "−")
