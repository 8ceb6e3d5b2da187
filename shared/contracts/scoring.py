"""What scoring publishes (producer: scoring)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.outputs import Output, Withdrawal
from shared.contracts.topics import GRADES, SCORES, Topic
from shared.contracts.values import Contract, Instant, Points, ShortText

Grade = Literal["quality", "potential", "general"]
"""优质 quality (value and loyalty high), 潜力 potential (one high), 一般 general."""

MOST_REASONS = 1000
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]

Axis = Literal["value", "loyalty"]


class Reason(Contract):
    """One part of a score: where it comes from and how many points it gives (may be negative)."""

    axis: Axis
    rule: ShortText
    points: Points
    count: Count = 1


class ScoreWithdrawn(Withdrawal):
    """The customer has no score any more: all documents moved elsewhere."""

    TYPE: ClassVar[str] = "dev.aftercare.score.withdrawn.v1"
    TOPIC: ClassVar[Topic] = SCORES


class ScoreChanged(Output):
    """One customer's score: a complete snapshot. The reasons of an axis sum to its points."""

    TYPE: ClassVar[str] = "dev.aftercare.score.changed.v1"
    TOPIC: ClassVar[Topic] = SCORES
    WITHDRAWAL: ClassVar[type[Withdrawal]] = ScoreWithdrawn

    score: Points
    value: Points
    loyalty: Points
    grade: Grade
    reasons: Annotated[tuple[Reason, ...], Field(max_length=MOST_REASONS)]


class GradeChangeWithdrawn(Withdrawal):
    """A grade change that later facts disprove."""

    TYPE: ClassVar[str] = "dev.aftercare.grade-change.withdrawn.v1"
    TOPIC: ClassVar[Topic] = GRADES


class GradeChanged(Output):
    """The customer moved from one grade to another, in event time."""

    TYPE: ClassVar[str] = "dev.aftercare.grade.changed.v1"
    TOPIC: ClassVar[Topic] = GRADES
    WITHDRAWAL: ClassVar[type[Withdrawal]] = GradeChangeWithdrawn

    before: Grade
    after: Grade
    changed_at: Instant
    score: Points


ALL: tuple[type[Output] | type[Withdrawal], ...] = (
    ScoreChanged,
    ScoreWithdrawn,
    GradeChanged,
    GradeChangeWithdrawn,
)
