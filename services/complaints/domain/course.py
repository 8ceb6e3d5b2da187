"""The course of a case in event time: the steps that count, its generations, its status."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from services.complaints.domain.facts import CaseFacts, Filed, StepTaken
from services.complaints.domain.merges import closes_a_circle, too_many_lead_to
from shared.contracts.complaints import Refusal
from shared.contracts.feed_parts import Severity, StepName
from shared.time.deadlines import Hold, joined

MOST_STEPS = 500
"""How many steps of a case count, the earliest of them; each later one is refused."""

Status = Literal[
    "open",
    "assigned",
    "under_review",
    "pending_customer",
    "resolved",
    "closed",
    "withdrawn",
    "merged",
]

ENDS_THE_CASE: frozenset[StepName] = frozenset({"withdrawn", "merged"})
"""Steps after which nothing is owed to the customer here."""

_CAN_BE_REOPENED_AFTER: frozenset[StepName] = ENDS_THE_CASE | {
    "answered",
    "executive_answered",
    "resolved",
}
_ENDS_A_HOLD: frozenset[StepName] = ENDS_THE_CASE | {"resumed", "resolved"}
_MINUTE = timedelta(minutes=1)
_RANK: dict[str, int] = {name: rank for rank, name in enumerate(get_args(StepName))}
"""Steps of the same instant: in the order of a case's life, a resolution before its call-back."""


@dataclass(frozen=True, slots=True)
class RefusedStep:
    """A step that does not count, and why."""

    step: StepTaken
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Course:
    """The steps of a case from receipt to now."""

    steps: tuple[StepTaken, ...]
    """Those that count, in order; a merge that was taken back is not among them."""
    refused: tuple[RefusedStep, ...] = ()
    holds: tuple[Hold, ...] = ()
    """When the case was held; without an end while it is."""
    merged_away: tuple[Hold, ...] = ()
    """From a merge to when it was taken back: no clock of this case ran."""
    taken_back: tuple[StepTaken, ...] = ()
    """The merges that were taken back."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A case from its receipt, or from a reopening, to the next reopening."""

    number: int
    started_at: datetime
    recorded_at: datetime
    """When intake first received what started it."""
    first: int
    """The position of its first step in the course."""
    past: int
    """The position after its last step: after the reopening that ended it, or after all."""
    reopened_at: datetime | None
    """When the next generation began."""

    def is_at(self, moment: datetime) -> bool:
        """Whether it is the one that the case is in at this moment."""
        return self.started_at <= moment and (self.reopened_at is None or moment < self.reopened_at)


def course(facts: CaseFacts, filed: Filed, now: datetime) -> Course:
    """The steps taken from receipt to now. One in the future does not count yet."""
    counting: list[StepTaken] = []
    refused: list[RefusedStep] = []
    taken = in_order(_from_receipt(step, filed) for step in facts.steps if step.at <= now)
    for step in taken:
        refusal = _refusal(facts, filed, step)
        if refusal is None and len(counting) >= MOST_STEPS:
            refusal = "too_many_steps"
        if refusal is None:
            counting.append(step)
        else:
            refused.append(RefusedStep(step, refusal))
    scan = _without_merges_taken_back(counting)
    return Course(
        steps=tuple(scan.kept),
        refused=tuple(refused),
        holds=_holds(scan.kept),
        merged_away=joined(scan.merged_away),
        taken_back=tuple(scan.taken_back),
    )


def in_order(steps: Iterable[StepTaken]) -> list[StepTaken]:
    """Steps in the order in which they count."""
    return sorted(steps, key=lambda step: (step.at, _RANK[step.step], step.step_id))


def _from_receipt(step: StepTaken, filed: Filed) -> StepTaken:
    """A step logged to the minute of the receipt was taken at it, not before."""
    is_to_the_minute = not step.at.second and not step.at.microsecond
    if is_to_the_minute and step.at < filed.received_at < step.at + _MINUTE:
        return step.model_copy(update={"at": filed.received_at})
    return step


def _refusal(facts: CaseFacts, filed: Filed, step: StepTaken) -> Refusal | None:
    if step.at < filed.received_at:
        return "before_receipt"
    if step.step == "held" and step.until is not None and step.until <= step.at:
        return "hold_ends_before_it_starts"
    if step.step == "merged":
        if step.merged_into == facts.case_id:
            return "merge_into_itself"
        if step.merged_into_key is None:
            return "merge_target_unknown"
        if closes_a_circle(facts, step):
            return "merge_cycle"
        if too_many_lead_to(facts):
            return "too_many_merges"
    return None


@dataclass(slots=True)
class _MergeScan:
    """The steps seen so far, and the merge among them that could still be taken back."""

    kept: list[StepTaken] = field(default_factory=list)
    merged_away: list[Hold] = field(default_factory=list)
    taken_back: list[StepTaken] = field(default_factory=list)
    merged: StepTaken | None = None


def _without_merges_taken_back(steps: Sequence[StepTaken]) -> _MergeScan:
    scan = _MergeScan()
    for step in steps:
        if step.step == "merged" and scan.merged is None:
            scan.merged = step
        elif step.reopens:
            scan.merged = None
        elif step.step == "unmerged" and scan.merged is not None:
            scan.merged_away.append(Hold(scan.merged.at, step.at))
            scan.kept.remove(scan.merged)
            scan.taken_back.append(scan.merged)
            scan.merged = None
        scan.kept.append(step)
    return scan


def _holds(steps: Sequence[StepTaken]) -> tuple[Hold, ...]:
    """A hold ends when resumed, as planned, or as the case is resolved, reopened or ends."""
    holds: list[Hold] = []
    running: list[StepTaken] = []
    for step in steps:
        if step.step == "held":
            running.append(step)
        elif step.step in _ENDS_A_HOLD or step.reopens:
            holds.extend(_hold(held, step.at) for held in running)
            running.clear()
    holds.extend(_hold(held, None) for held in running)
    return joined(holds)


def _hold(held: StepTaken, ended_at: datetime | None) -> Hold:
    ends = [moment for moment in (held.until, ended_at) if moment is not None]
    return Hold(held.at, min(ends, default=None))


def generations(filed: Filed, steps: Sequence[StepTaken]) -> list[Generation]:
    """The generations of a case, from the first on.

    Only what had an answer or an end can be reopened. A reopening before that changes
    nothing, so it is no way to gain time, and a call-back that reopens is not doubled by the
    reopening that staff note down after it.
    """
    found = [Generation(1, filed.received_at, filed.recorded_at, 0, len(steps), None)]
    reopenable = False
    for position, step in enumerate(steps):
        if step.step in _CAN_BE_REOPENED_AFTER:
            reopenable = True
        elif reopenable and step.reopens:
            first = position + 1
            found[-1] = replace(found[-1], past=first, reopened_at=step.at)
            number = len(found) + 1
            found.append(Generation(number, step.at, step.recorded_at, first, len(steps), None))
            reopenable = False
    return found


def severity_after(filed: Filed, steps: Sequence[StepTaken]) -> Severity:
    """The severity of the case after these steps."""
    for step in reversed(steps):
        if step.step == "regraded" and step.severity is not None:
            return step.severity
    return filed.severity


def assigned_after(filed: Filed, steps: Sequence[StepTaken]) -> str | None:
    """The staff id of whoever is responsible after these steps, if anybody was named."""
    for step in reversed(steps):
        if step.step == "reassigned" and step.assigned_to is not None:
            return step.assigned_to
    return filed.owner


def status_at(filed: Filed, course: Course, now: datetime) -> Status:
    """How far the work on the case is, whatever its clocks say."""
    steps = course.steps[generations(filed, course.steps)[-1].first :]
    status: Status = "assigned" if assigned_after(filed, course.steps) is not None else "open"
    for step in steps:
        if status in {"merged", "withdrawn"}:
            continue
        match step.step:
            case "merged":
                status = "merged"
            case "withdrawn":
                status = "withdrawn"
            case "resolved" if status != "closed":
                status = "resolved"
            case "called_back" if status == "resolved":
                status = "closed"
            case name if name in _WORK:
                status = "under_review" if status in {"open", "assigned"} else status
    held = any(hold.start <= now and (hold.end is None or now < hold.end) for hold in course.holds)
    return "pending_customer" if held and status in _AT_WORK else status


_WORK: frozenset[StepName] = frozenset(
    {
        "contacted",
        "answered",
        "executive_answered",
        "promised",
        "repair_started",
        "loaner_given",
        "repair_ended",
    }
)
"""Steps that show that somebody is at it."""
_AT_WORK: frozenset[Status] = frozenset({"open", "assigned", "under_review"})
