"""What scoring publishes (producer: scoring)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, StringConstraints

from shared.contracts.envelope import Message
from shared.contracts.identifiers import aggregate_within, customer_of, dealer_of
from shared.contracts.identity import MOST_MEMBERS
from shared.contracts.outputs import Output, Withdrawal
from shared.contracts.subjects import ABOUT_THE_SCORE, LinkedSubject, fact_about
from shared.contracts.topics import GRADES, LINKED_FACTS, SCORES, Topic
from shared.contracts.values import (
    Bilingual,
    Contract,
    Day,
    Instant,
    LongId,
    Points,
    ShortText,
)

Grade = Literal["quality", "potential", "general"]
"""优质 quality (value and loyalty high), 潜力 potential (one high), 一般 general."""

Risk = Literal["active", "due", "at_risk", "lost"]
"""流失: how long ago the last visit is, against the customer's own rhythm."""

Form = Literal["after_warranty", "accessories_insurance", "replacement", "referral"]
"""The four forms of value: 质保后回厂, 精品续保, 增换购, 推荐."""

MOST_REASONS = 1000
MOST_DOCUMENTS = 20
"""How many documents a reason names."""
MOST_GRADES_BEFORE = 10
"""How many of the grades that a customer had before are told, the last ones."""
MOST_LINKED = 100
"""How many documents of a kind one customer tells another who is the same person."""
KeptFact = Annotated[str, StringConstraints(max_length=100_000)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]

Axis = Literal["value", "loyalty"]

OWN_RHYTHM: Final = "own_rhythm"
"""The basis of a next visit that rests on enough visits of the customer's own."""


class Reason(Contract):
    """One part of a score: where it comes from and how many points it gives (may be negative)."""

    axis: Axis
    rule: ShortText
    points: Points
    count: Count = 1
    """Of how many things."""
    form: Form | None = None
    """Which of the four forms of value it is part of."""
    documents: Annotated[tuple[LongId, ...], Field(max_length=MOST_DOCUMENTS)] = ()
    """What it comes from, the newest first."""
    more_documents: Count = 0
    """How many others it comes from, which are not named here."""
    words: Bilingual | None = None
    """Why, for staff. Absent in messages of before it was said."""


class NextVisit(Contract):
    """When the customer is expected at the workshop, by the local dates of the dealer."""

    since: Day
    """Their last visit, from which it is counted; of who never came the delivery."""
    expected_on: Day
    earliest_on: Day
    latest_on: Day
    """Eight of ten visits fall between these two, on what it was tried on."""
    basis: ShortText
    """By which of the ways of telling, such as `own_rhythm`, `own_km`, `default`."""
    vin: ShortText | None = None
    """The car that is expected, where it follows from one."""
    words: Bilingual


class RiskStands(Contract):
    """How near the customer is to being lost, since when, and what comes next."""

    risk: Risk
    since: Instant
    next_risk: Risk | None
    """What they become if they do not come; None: nothing worse."""
    next_at: Instant | None
    words: Bilingual


class GradeBefore(Contract):
    """A grade that the customer had, and has no longer."""

    grade: Grade
    until: Instant
    """In event time, as all changes of grade."""


class _ScoreOfACustomer(Message):
    """How a customer stands: a fact of theirs."""

    customer_key: LongId

    @property
    def document_id(self) -> str:
        """The key of this fact; newer is what has the higher sequence."""
        return fact_about(self.customer_key, ABOUT_THE_SCORE)


class ScoreWithdrawn(_ScoreOfACustomer, Withdrawal):
    """The customer has no score any more: all documents moved elsewhere."""

    TYPE: ClassVar[str] = "dev.aftercare.score.withdrawn.v1"
    TOPIC: ClassVar[Topic] = SCORES


class LinkedFactsWithdrawn(Withdrawal):
    """The two are not one person any more, or there is nothing of the kind."""

    TYPE: ClassVar[str] = "dev.aftercare.linked-facts.withdrawn.v1"
    TOPIC: ClassVar[Topic] = LINKED_FACTS

    from_key: LongId
    kind: ShortText

    @property
    def document_id(self) -> str:
        """As of what is withdrawn."""
        return aggregate_within(self.from_key, self.kind)


class LinkedFactsTold(Output):
    """One customer's documents of a kind, told to another who is the same person."""

    TYPE: ClassVar[str] = "dev.aftercare.linked-facts.told.v1"
    TOPIC: ClassVar[Topic] = LINKED_FACTS
    WITHDRAWAL: ClassVar[type[Withdrawal]] = LinkedFactsWithdrawn
    ACROSS_DEALERS: ClassVar[bool] = True

    from_key: LongId
    kind: ShortText
    """Such as `visit`."""
    documents: Annotated[dict[LongId, KeptFact], Field(max_length=MOST_LINKED)]
    """Document id -> what scoring keeps of it, as JSON; the newest."""

    @property
    def document_id(self) -> str:
        """The key of this fact."""
        return aggregate_within(self.from_key, self.kind)

    @classmethod
    def withdrawal(
        cls, *, aggregate_id: str, about: str, at: datetime, sealed: Mapping[str, Any] | None
    ) -> Withdrawal:
        """Addressed to whom it was told."""
        subject = LinkedSubject.parse(about)
        return LinkedFactsWithdrawn(
            customer_key=subject.to,
            dealer_id=dealer_of(subject.to),
            about=about,
            withdrawn_at=at,
            from_key=customer_of(aggregate_id),
            kind=subject.kind,
        )


class ScoreChanged(_ScoreOfACustomer, Output):
    """One customer's score: a complete snapshot. The reasons of an axis sum to its points."""

    TYPE: ClassVar[str] = "dev.aftercare.score.changed.v1"
    TOPIC: ClassVar[Topic] = SCORES
    WITHDRAWAL: ClassVar[type[Withdrawal]] = ScoreWithdrawn

    score: Points
    value: Points
    loyalty: Points
    grade: Grade
    grades_before: Annotated[tuple[GradeBefore, ...], Field(max_length=MOST_GRADES_BEFORE)] = ()
    """The last of those that they had, in order; the last change led to `grade`."""
    reasons: Annotated[tuple[Reason, ...], Field(max_length=MOST_REASONS)]
    forms: dict[Form, Points] = Field(default_factory=dict, max_length=4)
    """The points of each of the four forms of value, by itself; they are in `value` and `loyalty`,
    too."""
    risk: RiskStands | None = None
    """None for who has no car here, so far as is known."""
    next_visit: NextVisit | None = None
    person: Annotated[tuple[LongId, ...], Field(max_length=MOST_MEMBERS)] = ()
    """The other customers who are the same person: their documents count here, too."""


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
    words: Bilingual | None = None
    """What brought it about, for staff. Absent in messages of before it was said."""


class RiskChangeWithdrawn(Withdrawal):
    """A change of risk that later facts disprove."""

    TYPE: ClassVar[str] = "dev.aftercare.risk-change.withdrawn.v1"
    TOPIC: ClassVar[Topic] = GRADES


class RiskChanged(Output):
    """The customer came nearer to being lost, or came back, in event time."""

    TYPE: ClassVar[str] = "dev.aftercare.risk.changed.v1"
    TOPIC: ClassVar[Topic] = GRADES
    WITHDRAWAL: ClassVar[type[Withdrawal]] = RiskChangeWithdrawn

    before: Risk
    after: Risk
    changed_at: Instant
    words: Bilingual


ALL: tuple[type[Output] | type[Withdrawal], ...] = (
    LinkedFactsTold,
    LinkedFactsWithdrawn,
    ScoreChanged,
    ScoreWithdrawn,
    GradeChanged,
    GradeChangeWithdrawn,
    RiskChanged,
    RiskChangeWithdrawn,
)
