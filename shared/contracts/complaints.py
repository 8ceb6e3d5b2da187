"""What complaints publishes (producer: complaints)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from shared.contracts.envelope import Message
from shared.contracts.feed_parts import Severity, StepName
from shared.contracts.identifiers import aggregate_within, customer_of, dealer_of, name_within
from shared.contracts.outputs import Output, Withdrawal
from shared.contracts.subjects import ABOUT_THE_STANDING, CaseSubject, NoticeKind, fact_about
from shared.contracts.topics import CASES, ESCALATIONS, MERGES, Topic
from shared.contracts.values import Bilingual, Contract, Instant, LongId, ShortText, Version

Role = Literal["responsible_person", "department_head", "customer_care", "general_manager", "group"]
"""Whom a rung of a ladder goes to; the dealer's roster says who that is."""

Because = Literal["on_duty", "deputy", "fallback", "nobody", "no_roster"]
"""Why this person: has the role, stands in for somebody absent, has the fallback role as nobody
has this one. `nobody`: not even that. `no_roster`: the dealer gave none, only the role is known."""

Outcome = Literal["satisfied", "resolved", "withdrawn", "merged"]
"""How a case closed. `resolved`: where no clock waits for a call-back."""

Refusal = Literal[
    "before_receipt",
    "hold_ends_before_it_starts",
    "merge_into_itself",
    "merge_cycle",
    "merge_target_unknown",
    "too_many_merges",
    "too_many_steps",
]
"""Why a step does not count."""

MOST_MERGES = 100
"""How many merges lead from case to case at most; a case with more behind it stands by itself."""

MOST_TURNS = 501
"""How many turns a case has at most: its receipt, and each step that counts."""

Stands = Literal["open", "satisfied", "withdrawn", "merged"]
"""How a case stands with its customer. `satisfied`: was called back after the resolution and is;
`merged`: is dealt with as part of another case."""

ClockName = Annotated[str, StringConstraints(min_length=1, max_length=40)]
RungName = Annotated[str, StringConstraints(min_length=1, max_length=40)]
ClockNames = Annotated[tuple[ClockName, ...], Field(max_length=500)]
"""Of one generation: each edition of the rules that it was judged by may have clocks of its own."""


NO_LONGER = Bilingual(
    en="This no longer holds: what was reported since disproves it.",
    zh="该通知不再成立:后续上报的情况已推翻它。",
)


class Addressee(Contract):
    """Whom a notice was for when it was made. `person` is a staff id, never a name."""

    role: Role
    person: ShortText | None = None
    because: Because
    instead_of: ShortText | None = None
    """The staff id of the absent person, or the role that nobody has."""


Recipients = Annotated[tuple[Role, ...], Field(max_length=10)]
Addressees = Annotated[tuple[Addressee, ...], Field(max_length=10)]


class EscalationWithdrawn(Withdrawal):
    """A warning, breach, escalation, verdict, closing or refusal that later facts disprove.

    Of what was sealed it says whom that concerned; verdicts, closings and refusals name no one.
    """

    TYPE: ClassVar[str] = "dev.aftercare.escalation.withdrawn.v1"
    TOPIC: ClassVar[Topic] = ESCALATIONS

    case_id: Annotated[str, StringConstraints(max_length=4000)] = ""
    case_no: ShortText | None = None
    clock: ClockName | None = None
    generation: int | None = None
    due_at: Instant | None = None
    recipients: Recipients = ()
    addressees: Addressees = ()
    policy_version: Version | None = None
    why: Bilingual = NO_LONGER


class _OfACase(Output):
    """What everything said about a case has."""

    TOPIC: ClassVar[Topic] = ESCALATIONS
    WITHDRAWAL: ClassVar[type[Withdrawal]] = EscalationWithdrawn

    case_id: LongId
    case_no: ShortText
    generation: int
    policy_version: Version
    calendar_version: Version | None = None
    recipients: Recipients = ()
    addressees: Addressees = ()
    why: Bilingual

    @classmethod
    def withdrawal(
        cls, *, aggregate_id: str, about: str, at: datetime, sealed: Mapping[str, Any] | None
    ) -> Withdrawal:
        """Says what no longer holds and whom that concerns, as far as it was sealed."""
        subject = CaseSubject.parse(about)
        fields = sealed or {}
        return EscalationWithdrawn(
            customer_key=customer_of(aggregate_id),
            dealer_id=dealer_of(aggregate_id),
            about=about,
            withdrawn_at=at,
            withdrawn=dict(sealed) if sealed else None,
            case_id=name_within(aggregate_id),
            case_no=fields.get("case_no"),
            clock=subject.clock,
            generation=subject.generation,
            due_at=fields.get("due_at"),
            recipients=fields.get("recipients", ()),
            addressees=fields.get("addressees", ()),
            policy_version=fields.get("policy_version"),
            why=NO_LONGER,
        )


class _OfAClock(_OfACase):
    """What everything said about a clock has."""

    clock: ClockName
    started_at: Instant
    due_at: Instant | None
    """None while a hold without an end stops the clock."""


class _Notice(_OfAClock):
    """A rung of the ladder that was reached at `at` and noticed at `noticed_at`."""

    KIND: ClassVar[NoticeKind]
    """What its subject and its metrics call it."""

    step: RungName
    """Its name on the ladder."""
    at: Instant
    repeat: int = 0
    """0: the rung itself; 1: its first repeat, …"""
    noticed_at: Instant
    notified: bool
    """False where the notice is for the record only: collapsed into a later one after an outage,
    overtaken by what was done meanwhile, or reached before the policy was applied."""


class DeadlineWarned(_Notice):
    """A deadline is near."""

    TYPE: ClassVar[str] = "dev.aftercare.deadline.warned.v1"
    KIND: ClassVar[NoticeKind] = "warning"


class DeadlineBreached(_Notice):
    """A deadline passed. It was breached at `due_at`, whenever that was noticed."""

    TYPE: ClassVar[str] = "dev.aftercare.deadline.breached.v1"
    KIND: ClassVar[NoticeKind] = "breach"


class EscalationRaised(_Notice):
    """A deadline passed so long ago that the next rung of the ladder is reached."""

    TYPE: ClassVar[str] = "dev.aftercare.escalation.raised.v1"
    KIND: ClassVar[NoticeKind] = "step"


AnyNotice = DeadlineWarned | DeadlineBreached | EscalationRaised


class ClockStopped(_OfAClock):
    """The verdict on a clock, frozen at its stop: kept or broken, and by how much."""

    TYPE: ClassVar[str] = "dev.aftercare.clock.stopped.v1"

    stopped_at: Instant
    verdict: Literal["kept", "broken"]
    margin_seconds: int
    """Positive: time left; negative: time over. Elapsed time."""


class CaseClosed(_OfACase):
    """A generation of a case came to its end, and which of its clocks were kept and broken."""

    TYPE: ClassVar[str] = "dev.aftercare.case.closed.v1"

    closed_at: Instant
    outcome: Outcome
    kept: ClockNames
    broken: ClockNames


class StepRefused(_OfACase):
    """A step that was reported does not count, and why. The case stands as without it."""

    TYPE: ClassVar[str] = "dev.aftercare.complaint-step.refused.v1"

    step_id: ShortText
    step: StepName
    at: Instant
    refusal: Refusal


class Merge(Contract):
    """One case was merged into another. Of a circle of merges the latest is refused."""

    case_id: LongId
    into: LongId
    at: Instant
    step_id: ShortText


class HandedOver(Contract):
    """What was still running of a case when it was merged: clock -> when that had started."""

    case_id: LongId
    at: Instant
    recorded_at: Instant
    """When intake had first received that case."""
    starts: Annotated[dict[ClockName, Instant], Field(max_length=500)]
    regulator_due_at: Instant | None = None
    """The limit that the regulator's order on that case prints."""


class _FromACase(Message):
    """What one case says to another: a fact of that one, kept by who says it.

    While a correction of its customer is under way, two aggregates speak for the merged case:
    what the one takes back must not touch what the other says.
    """

    case_id: LongId
    """The case that it was merged into."""
    merged_case_id: LongId
    merged_customer_key: LongId | None = None
    """The customer of the merged case; None in messages from before they named their speaker."""
    about: Annotated[str, StringConstraints(max_length=8100)]

    @property
    def document_id(self) -> str:
        """The key of this fact about the case that it was merged into."""
        if self.merged_customer_key is None:
            return fact_about(self.merged_case_id, self.about)
        return aggregate_within(self.merged_customer_key, self.merged_case_id)


class CaseMergeWithdrawn(_FromACase, Withdrawal):
    """The merge was taken back, or is into another case by now."""

    TYPE: ClassVar[str] = "dev.aftercare.case-merge.withdrawn.v1"
    TOPIC: ClassVar[Topic] = MERGES


class CaseMerged(_FromACase, Output):
    """Tells the case that another was merged into what runs on there. Keyed by its customer."""

    TYPE: ClassVar[str] = "dev.aftercare.case.merged.v1"
    TOPIC: ClassVar[Topic] = MERGES
    WITHDRAWAL: ClassVar[type[Withdrawal]] = CaseMergeWithdrawn

    merges: Annotated[tuple[Merge, ...], Field(max_length=MOST_MERGES)]
    """This merge, and those into the merged case, and so on."""
    handed_over: Annotated[tuple[HandedOver, ...], Field(max_length=MOST_MERGES)]

    @classmethod
    def withdrawal(
        cls, *, aggregate_id: str, about: str, at: datetime, sealed: Mapping[str, Any] | None
    ) -> Withdrawal:
        """Addressed to the case that the merge was announced to.

        `sealed` is what was announced before merges named their speaker.
        """
        fields = sealed or {}
        into = CaseSubject.parse(about).into or ""
        return CaseMergeWithdrawn(
            customer_key=fields.get("customer_key", customer_of(into)),
            dealer_id=dealer_of(aggregate_id),
            about=about,
            withdrawn_at=at,
            case_id=fields.get("case_id", name_within(into)),
            merged_case_id=name_within(aggregate_id),
            merged_customer_key=None if sealed else customer_of(aggregate_id),
        )


class CaseTurn(Contract):
    """From `at` on a case stood so, until the next turn."""

    at: Instant
    recorded_at: Instant
    """When intake first received what made it so."""
    stands: Stands
    severity: Severity


class OpenPeriod(Contract):
    """A case was open from then until then; without an end it is."""

    since: Instant
    until: Instant | None = None


class _StandingOfACase(Message):
    """How one case stands: a fact of its customer's."""

    case_id: LongId

    @property
    def document_id(self) -> str:
        """The key of this fact; newer is what has the higher sequence."""
        return fact_about(self.case_id, ABOUT_THE_STANDING)


class CaseStandingWithdrawn(_StandingOfACase, Withdrawal):
    """There is no such case of this customer: it was filed in error, or is another's."""

    TYPE: ClassVar[str] = "dev.aftercare.case-standing.withdrawn.v1"
    TOPIC: ClassVar[Topic] = CASES


class CaseStandingChanged(_StandingOfACase, Output):
    """How a case stands, and how it stood since its receipt: nobody else judges its steps.

    Steps that complaints refuses made no difference.
    """

    TYPE: ClassVar[str] = "dev.aftercare.case-standing.changed.v1"
    TOPIC: ClassVar[Topic] = CASES
    WITHDRAWAL: ClassVar[type[Withdrawal]] = CaseStandingWithdrawn

    case_no: ShortText
    generation: Annotated[int, Field(ge=1)]
    """1 from its receipt; each reopening begins another."""
    status: Literal["open", "closed"]
    """Open as long as anything may still be owed to the customer here."""
    outcome: Outcome | None = None
    """Why it is closed."""
    severity: Severity
    satisfied: bool
    """Whether the customer was called back after the resolution and stands satisfied."""
    received_at: Instant
    recorded_at: Instant
    """When intake first received the complaint."""
    closed_at: Instant | None = None
    open_periods: Annotated[tuple[OpenPeriod, ...], Field(max_length=MOST_TURNS)] | None = None
    """When anything could be owed to the customer here, oldest first; None: it was not said yet."""
    resolved_at: Instant | None = None
    """When it was resolved, since its receipt or its last reopening."""
    call_back_due_at: Instant | None = None
    """By when a clock wants the customer called back after that, or wanted it."""
    called_back_at: Instant | None = None
    """When they were after that, and were satisfied."""
    turns: Annotated[tuple[CaseTurn, ...], Field(min_length=1, max_length=MOST_TURNS)]
    """Oldest first; the first is its receipt. Where two have one instant the later one counts."""

    @classmethod
    def withdrawal(
        cls, *, aggregate_id: str, about: str, at: datetime, sealed: Mapping[str, Any] | None
    ) -> Withdrawal:
        """Names the case, as readers keep how it stands by that."""
        return CaseStandingWithdrawn(
            customer_key=customer_of(aggregate_id),
            dealer_id=dealer_of(aggregate_id),
            about=about,
            withdrawn_at=at,
            case_id=name_within(aggregate_id),
        )


ALL: tuple[type[Output] | type[Withdrawal], ...] = (
    DeadlineWarned,
    DeadlineBreached,
    EscalationRaised,
    ClockStopped,
    CaseClosed,
    StepRefused,
    EscalationWithdrawn,
    CaseMerged,
    CaseMergeWithdrawn,
    CaseStandingChanged,
    CaseStandingWithdrawn,
)
