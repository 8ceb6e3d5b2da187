"""What complaints publishes (producer: complaints)."""

from typing import ClassVar, Literal

from shared.contracts.decision import Output, Withdrawal
from shared.contracts.topics import ESCALATIONS, Topic
from shared.contracts.values import Contract, Instant, Name


class Why(Contract):
    """The reason, in the languages that staff read."""

    en: str
    zh: str


class EscalationWithdrawn(Withdrawal):
    """A warning, breach or verdict that later facts disprove; says what it takes back."""

    TYPE: ClassVar[str] = "dev.aftercare.escalation.withdrawn.v1"
    TOPIC: ClassVar[Topic] = ESCALATIONS


class _OfAClock(Output):
    """What everything said about a clock has."""

    TOPIC: ClassVar[Topic] = ESCALATIONS
    WITHDRAWAL: ClassVar[type[Withdrawal]] = EscalationWithdrawn

    case_id: str
    case_no: Name
    clock: str
    generation: int
    started_at: Instant
    due_at: Instant
    policy_version: str
    why: Why


class DeadlineWarned(_OfAClock):
    """A deadline is near."""

    TYPE: ClassVar[str] = "dev.aftercare.deadline.warned.v1"

    noticed_at: Instant
    recipients: tuple[str, ...]
    notified: bool
    """False where the notice was collapsed into a later one after an outage."""


class DeadlineBreached(_OfAClock):
    """A deadline passed. It was breached at `due_at`, whenever that was noticed."""

    TYPE: ClassVar[str] = "dev.aftercare.deadline.breached.v1"

    noticed_at: Instant
    recipients: tuple[str, ...]
    notified: bool


class ClockStopped(_OfAClock):
    """The verdict on a clock, frozen at its stop: kept or broken, and by how much."""

    TYPE: ClassVar[str] = "dev.aftercare.clock.stopped.v1"

    stopped_at: Instant
    verdict: Literal["kept", "broken"]
    margin_seconds: int
    """Positive: time left; negative: time over."""


ALL: tuple[type[Output] | type[Withdrawal], ...] = (
    DeadlineWarned,
    DeadlineBreached,
    ClockStopped,
    EscalationWithdrawn,
)
