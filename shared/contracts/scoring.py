"""What scoring publishes (producer: scoring)."""

from typing import ClassVar, Literal

from shared.contracts.decision import Output, Withdrawal
from shared.contracts.topics import GRADES, SCORES, Topic
from shared.contracts.values import Contract, Instant

Grade = Literal["quality", "potential", "general"]
"""优质 quality (value and loyalty high), 潜力 potential (one high), 一般 general."""

Axis = Literal["value", "loyalty"]


class Reason(Contract):
    """One part of a score: where it comes from and how many points it gives (may be negative)."""

    axis: Axis
    rule: str
    points: int
    count: int = 1


class ScoreWithdrawn(Withdrawal):
    """The customer has no score any more: all documents moved elsewhere."""

    TYPE: ClassVar[str] = "dev.aftercare.score.withdrawn.v1"
    TOPIC: ClassVar[Topic] = SCORES


class ScoreChanged(Output):
    """One customer's score: a complete snapshot. The reasons of an axis sum to its points."""

    TYPE: ClassVar[str] = "dev.aftercare.score.changed.v1"
    TOPIC: ClassVar[Topic] = SCORES
    WITHDRAWAL: ClassVar[type[Withdrawal]] = ScoreWithdrawn

    score: int
    value: int
    loyalty: int
    grade: Grade
    reasons: tuple[Reason, ...]


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
    score: int


ALL: tuple[type[Output] | type[Withdrawal], ...] = (
    ScoreChanged,
    ScoreWithdrawn,
    GradeChanged,
    GradeChangeWithdrawn,
)
