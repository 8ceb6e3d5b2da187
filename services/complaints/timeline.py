"""The course of a case in event time: its steps in order, its generations, its severity."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from services.complaints.facts import CaseFacts, Filed, StepTaken
from shared.contracts.feeds import Severity, StepName

Status = Literal["open", "resolved", "withdrawn", "merged"]

ENDS_THE_CASE: frozenset[StepName] = frozenset({"withdrawn", "merged"})
"""Steps after which nothing is owed to the customer here."""

_CAN_BE_REOPENED_AFTER: frozenset[StepName] = ENDS_THE_CASE | {
    "answered",
    "executive_answered",
    "resolved",
}
_RANK: dict[str, int] = {name: rank for rank, name in enumerate(get_args(StepName))}
"""Steps of the same instant: in the order of a case's life, a resolution before its call-back."""


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


def course(facts: CaseFacts, filed: Filed, now: datetime) -> list[StepTaken]:
    """The steps taken from receipt to now, in order.

    A step before receipt is bad input and does not count; one in the future does not yet.
    """
    return sorted(
        (step for step in facts.steps if filed.received_at <= step.at <= now),
        key=lambda step: (step.at, _RANK[step.step], step.step_id),
    )


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


def status_after(filed: Filed, steps: Sequence[StepTaken]) -> Status:
    """How the case stands after these steps."""
    status: Status = "open"
    for step in steps[generations(filed, steps)[-1].first :]:
        if step.step == "merged":
            status = "merged"
        elif step.step == "withdrawn":
            status = "withdrawn"
        elif step.step == "resolved" and status == "open":
            status = "resolved"
    return status
