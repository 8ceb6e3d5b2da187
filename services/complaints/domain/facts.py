"""What is known about one complaint case, and how an event adds to it.

Every document, the complaint itself, each step on it and each case merged into it, is kept by
its id in its newest version, so the order, repetition and delay of events make no difference.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts import identifiers
from shared.contracts.complaints import CaseMerged, CaseMergeWithdrawn, HandedOver, Merge
from shared.contracts.envelope import Event
from shared.contracts.feed_parts import Severity, StepName
from shared.contracts.intake import ComplaintFiled, ComplaintMoved, ComplaintStepTaken
from shared.contracts.values import Instant
from shared.decider.facts import keep_newest

SHORT = 40
"""How many characters are kept of what is only shown: who took a step, and for what reason."""


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True)

    version: str
    recorded_at: Instant
    """When intake first received the document."""


class Filed(_Fact):
    """The complaint as last reported. `severity` is the one it had when it was received."""

    kind: Literal["filed"]
    case_no: str
    timezone: str
    status: Literal["open", "voided"]
    received_at: Instant
    channel: str
    category: str
    severity: Severity
    department: str | None = None
    owner: str | None = None
    regulator: bool = False
    """Whether it has a regulator's reference."""
    regulator_ref: str | None = None
    """That reference; unknown of what was read before it was kept."""
    regulator_due_at: Instant | None = None
    related_ro_no: str | None = None
    related_deal_no: str | None = None


class StepTaken(_Fact):
    """A step as last reported."""

    kind: Literal["step"]
    step_id: str
    step: StepName
    at: Instant
    by: str
    satisfied: bool | None = None
    severity: Severity | None = None
    reason: str | None = None
    assigned_to: str | None = None
    merged_into: str | None = None
    merged_into_key: str | None = None
    until: Instant | None = None

    @property
    def reopens(self) -> bool:
        """A reopening, or a call-back that found the customer unsatisfied."""
        return self.step == "reopened" or (self.step == "called_back" and self.satisfied is False)


class GoneElsewhere(_Fact):
    """A document that belongs to another customer; its facts are forgotten here."""

    kind: Literal["moved"]


class Absorbed(_Fact):
    """Another case was merged into this one, and what it hands over."""

    kind: Literal["absorbed"]
    merges: tuple[Merge, ...]
    handed_over: tuple[HandedOver, ...]


KnownDocument = Annotated[Filed | StepTaken | GoneElsewhere | Absorbed, Field(discriminator="kind")]


class CaseFacts(BaseModel):
    """One case. Nothing is known at first; steps may come before the complaint itself."""

    model_config = ConfigDict(frozen=True)

    case_id: str = ""
    customer_key: str = ""
    dealer_id: str = ""
    documents: dict[str, KnownDocument] = Field(default_factory=dict)
    """Document id -> its newest version. The complaint's own id is `case_id`."""

    def versions(self) -> Mapping[str, str]:
        """Document id -> version, documents that moved elsewhere included."""
        return {key: known.version for key, known in self.documents.items()}

    @property
    def complaint(self) -> Filed | GoneElsewhere | None:
        """The complaint itself, if it was received; a moved one is `GoneElsewhere`."""
        known = self.documents.get(self.case_id)
        return known if isinstance(known, Filed | GoneElsewhere) else None

    @property
    def steps(self) -> list[StepTaken]:
        """The steps that belong to this case, in no particular order."""
        return [known for known in self.documents.values() if isinstance(known, StepTaken)]

    @property
    def absorbed(self) -> list[Absorbed]:
        """What other cases hand over to this one, in no particular order."""
        return [known for known in self.documents.values() if isinstance(known, Absorbed)]


CaseEvent = Event[
    ComplaintFiled | ComplaintStepTaken | ComplaintMoved | CaseMerged | CaseMergeWithdrawn
]
READS = (ComplaintFiled, ComplaintStepTaken, ComplaintMoved, CaseMerged, CaseMergeWithdrawn)


def aggregate_id(event: CaseEvent) -> str:
    """One aggregate per customer and case."""
    return identifiers.aggregate_within(event.key, _case_id(event))


def join(facts: CaseFacts, events: Sequence[CaseEvent]) -> CaseFacts:
    """`facts` and what the events of one case add. Commutative, associative, idempotent; never
    raises."""
    found = ((event.data.document_id, _fact(event)) for event in events)
    documents = keep_newest(facts.documents, found)
    if documents is facts.documents:
        return facts
    return facts.model_copy(
        update={
            "case_id": _case_id(events[0]),
            "customer_key": events[0].key,
            "dealer_id": events[0].dealer_id,
            "documents": documents,
        }
    )


def _fact(event: CaseEvent) -> KnownDocument:
    match event.data:
        case ComplaintFiled() as filed:
            return on_complaint_filed(filed, event.recorded_at)
        case ComplaintStepTaken() as taken:
            return on_complaint_step_taken(taken, event.recorded_at)
        case ComplaintMoved() as moved:
            return on_complaint_moved(moved, event.recorded_at)
        case CaseMerged() as merged:
            return on_case_merged(merged, event.sequence, event.recorded_at)
        case CaseMergeWithdrawn():
            return on_case_merge_withdrawn(event.sequence, event.recorded_at)
        case never:
            assert_never(never)


def on_complaint_filed(filed: ComplaintFiled, recorded_at: datetime) -> Filed:
    """What to know of a complaint that was filed or corrected."""
    return Filed(
        kind="filed",
        version=filed.version,
        recorded_at=recorded_at,
        case_no=filed.case_no,
        timezone=filed.timezone,
        status=filed.status,
        received_at=filed.received_at,
        channel=filed.channel,
        category=filed.category,
        severity=filed.severity,
        department=filed.department,
        owner=filed.owner,
        regulator=filed.regulator_ref is not None,
        regulator_ref=filed.regulator_ref,
        regulator_due_at=filed.regulator_due_at,
        related_ro_no=filed.related_ro_no,
        related_deal_no=filed.related_deal_no,
    )


def on_complaint_step_taken(taken: ComplaintStepTaken, recorded_at: datetime) -> StepTaken:
    """What to know of a step. What decides nothing is kept short."""
    merges = taken.step == "merged"
    return StepTaken(
        kind="step",
        version=taken.version,
        recorded_at=recorded_at,
        step_id=taken.step_id,
        step=taken.step,
        at=taken.at,
        by=_short(taken.by),
        satisfied=taken.satisfied,
        severity=taken.severity,
        reason=None if taken.reason is None else _short(taken.reason),
        assigned_to=taken.assigned_to,
        merged_into=taken.merged_into if merges else None,
        merged_into_key=taken.merged_into_key if merges else None,
        until=taken.until,
    )


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def on_complaint_moved(moved: ComplaintMoved, recorded_at: datetime) -> GoneElsewhere:
    """What to know of a document that is another customer's now."""
    return GoneElsewhere(kind="moved", version=moved.version, recorded_at=recorded_at)


def on_case_merged(merged: CaseMerged, sequence: int, recorded_at: datetime) -> Absorbed:
    """What to know of a case that was merged into this one."""
    return Absorbed(
        kind="absorbed",
        version=_sequence(sequence),
        recorded_at=recorded_at,
        merges=merged.merges,
        handed_over=merged.handed_over,
    )


def on_case_merge_withdrawn(sequence: int, recorded_at: datetime) -> GoneElsewhere:
    """What to know of a merge that was taken back."""
    return GoneElsewhere(kind="moved", version=_sequence(sequence), recorded_at=recorded_at)


def _sequence(sequence: int) -> str:
    return f"{sequence:020d}"


def _case_id(event: CaseEvent) -> str:
    data = event.data
    return data.document_id if isinstance(data, ComplaintFiled) else data.case_id
