"""Tasks counted from a low answer to a survey."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from services.followup.domain.documents import AnsweredSurvey
from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import NOT_SAID, Closer, Occasion
from services.followup.domain.terms import LowAnswers

COUNTED_FROM = "answer"
FROM = ("answers",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = ()
SAYS: Mapping[str, str] = {
    "overall": "the overall answer, in points of ten",
    "items": "the items that were answered low, each with its points of ten; '–': none",
}
_TENTHS = 10


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per survey that was answered low, overall or in an item."""
    for answer in history.answers:
        survey, at = answer.survey, answer.survey.at.astimezone(UTC)
        low = measures.low_answers
        items = _low_items(survey, low)
        if at < after or not is_low(survey, low):
            continue
        listed = ", ".join(f"{item} {_points(value)}" for item, value in items.items())
        yield Occasion(
            document_id=answer.document_id,
            at=at,
            known_at=at,
            zone=history.zone,
            late=survey.late.astimezone(UTC) if survey.late else None,
            said={"overall": _points(survey.overall), "items": listed or NOT_SAID},
        )


def is_low(survey: AnsweredSurvey, low: LowAnswers) -> bool:
    """Whether it was answered low, overall or in an item."""
    return _is_at_most(survey.overall, low.overall_at_most) or bool(_low_items(survey, low))


def _low_items(survey: AnsweredSurvey, low: LowAnswers) -> Mapping[str, int]:
    """Those that are, the lowest first."""
    found = [
        (value, item)
        for item, value in survey.answers.items()
        if _is_at_most(value, low.item_at_most)
    ]
    return {item: value for value, item in sorted(found)}


def _is_at_most(tenths: int, at_most: int) -> bool:
    return tenths <= at_most * _TENTHS


def _points(tenths: int) -> str:
    whole, rest = divmod(tenths, _TENTHS)
    return f"{whole}.{rest}" if rest else str(whole)
