"""What followup publishes (producer: followup)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.identifiers import dealer_of, subject_id
from shared.contracts.outputs import Output, Withdrawal
from shared.contracts.scoring import Grade
from shared.contracts.topics import REPORTS, TASKS, Topic
from shared.contracts.values import (
    Bilingual,
    Contract,
    Instant,
    LongId,
    ShortText,
    Words,
)

TaskKind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_0-9]{0,39}$")]
"""`delivery_thanks`, `delivery_satisfaction`, `service_satisfaction` and `next_service` ship; a
dealer group's policy may have others of its own."""
MOST_REPORTED = 40
"""How many fields a report has at most, and each part of one."""
MOST_PURPOSES = 20
"""How many things one conversation is for at most."""
TaskStatus = Literal["open", "overdue", "done", "cancelled", "expired"]


def task_id(customer_key: str, about: str) -> UUID:
    """What staff, and outcomes, call a task: the subject of its messages."""
    return subject_id("followup", customer_key, about)


class TaskWithdrawn(Withdrawal):
    """A task that later facts show should never have been opened."""

    TYPE: ClassVar[str] = "dev.aftercare.task.withdrawn.v1"
    TOPIC: ClassVar[Topic] = TASKS


class TaskPurpose(Contract):
    """One thing that a conversation is for."""

    kind: TaskKind
    document_id: LongId
    """What it follows up, such as a sale, a visit or a case."""
    vin: ShortText | None = None
    due_at: Instant
    title: Bilingual
    hint: Bilingual | None = None
    """What to say, or ask."""
    why: Bilingual
    """What it follows from."""
    ended: Words | None = None
    """Why it is a purpose no longer, while others are."""


class TaskChanged(Output):
    """One conversation with a customer as it stands now. Its id for staff is the message's subject,
    and that of each of its purposes means it, too. The first purpose gives it kind, document, car
    and title."""

    TYPE: ClassVar[str] = "dev.aftercare.task.changed.v1"
    TOPIC: ClassVar[Topic] = TASKS
    WITHDRAWAL: ClassVar[type[Withdrawal]] = TaskWithdrawn

    kind: TaskKind
    status: TaskStatus
    document_id: LongId
    """The sale or visit that the task follows up."""
    vin: ShortText | None = None
    opens_at: Instant
    due_at: Instant
    owner_role: ShortText
    channel: ShortText
    title_en: Words
    title_zh: Words
    purposes: Annotated[tuple[TaskPurpose, ...], Field(max_length=MOST_PURPOSES)] = ()
    person: ShortText | None = None
    """The staff id of who is to do it; None: whoever has the role."""
    urgent: bool = False
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 is done first."""
    depth: Literal["brief", "usual", "thorough"] = "usual"
    grade: Grade | None = None
    """The customer's, where scoring has said it."""
    attempts: Annotated[int, Field(ge=0, le=1000)] = 0
    """How often it was tried so far."""
    next_attempt_at: Instant | None = None
    """When it is to be tried next; None: at any time until it is due."""
    why_now: Annotated[tuple[Bilingual, ...], Field(max_length=10)] = ()
    """Why it was opened then and in this way: what was waited for, what was put together."""
    closed_at: Instant | None = None
    closed_because: Words | None = None


REPORTING_SOURCE = "followup"
"""The source of what followup reports to intake; nobody else has this name."""


_Name = Annotated[str, StringConstraints(max_length=40)]
_Value = Annotated[str, StringConstraints(max_length=4000)]


Reported = Annotated[
    dict[_Name, _Value | Annotated[dict[_Name, _Value], Field(max_length=MOST_REPORTED)]],
    Field(max_length=MOST_REPORTED),
]
"""The data of a report, of texts and of parts that are made of texts."""


class ReportWithdrawn(Withdrawal):
    """What was reported to intake does not hold: `data` tells the same document as void."""

    TYPE: ClassVar[str] = "dev.aftercare.report.withdrawn.v1"
    TOPIC: ClassVar[Topic] = REPORTS

    reports: ShortText
    data: Reported


class ReportMade(Output):
    """What followup reports to intake, which takes it as an event that came over HTTP: of the type
    `reports`, with this data, and with the id and time of this message.

    Of an answer to a survey that is low enough: that there is a complaint.
    """

    TYPE: ClassVar[str] = "dev.aftercare.report.made.v1"
    TOPIC: ClassVar[Topic] = REPORTS
    WITHDRAWAL: ClassVar[type[Withdrawal]] = ReportWithdrawn

    reports: ShortText
    data: Reported

    @classmethod
    def withdrawal(
        cls, *, aggregate_id: str, about: str, at: datetime, sealed: Mapping[str, Any] | None
    ) -> Withdrawal:
        """With the same document, voided."""
        assert sealed is not None, "a report is announced"
        return ReportWithdrawn(
            customer_key=sealed["customer_key"],
            dealer_id=dealer_of(sealed["customer_key"]),
            about=about,
            withdrawn_at=at,
            withdrawn=dict(sealed),
            reports=sealed["reports"],
            data={**sealed["data"], "status": "voided"},
        )


ALL: tuple[type[Output] | type[Withdrawal], ...] = (
    TaskChanged,
    TaskWithdrawn,
    ReportMade,
    ReportWithdrawn,
)
