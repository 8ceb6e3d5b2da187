"""What can be done to a complaint as it stands: the steps of its life that make sense next."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

from services.desk.domain.allowed import Act
from shared.contracts.feed_parts import StepName
from shared.contracts.http.complaints import CaseLine, CaseView, ClockView
from shared.contracts.http.complaints_timeline import OnHold, Step

Steps: TypeAlias = tuple[StepName, ...]

_WORKED_ON = frozenset({"open", "assigned", "under_review", "pending_customer"})
_ONCE: Steps = ("demanded", "promised", "repair_started", "loaner_given")
"""What is reported once in a generation: clocks count from the first."""
_OF_WHO_LEADS: frozenset[StepName] = frozenset({"reassigned", "executive_answered"})
_MAIN: Steps = ("resumed", "contacted", "answered", "executive_answered", "resolved", "called_back")
"""What the work comes down to, in its order; the first of them that is offered is what is next."""


def act_of(step: StepName, *, takes_it: bool = False) -> Act:
    """What somebody has to be allowed to do for this. `takes_it`: they take over themselves what
    nobody has, as whoever works on complaints may."""
    return "reassign_complaints" if step in _OF_WHO_LEADS and not takes_it else "work_on_complaints"


def offered(case: CaseView) -> Steps:
    """The steps that make sense at a case as it stands, in the order of a case's life.

    None of what is no case here: unfiled, voided, moved to another customer, undecided.
    """
    found = set(_offered(case))
    return tuple(step for step in _IN_ORDER if step in found)


_IN_ORDER: Steps = (
    "acknowledged",
    "reassigned",
    *_MAIN,
    *_ONCE,
    "repair_ended",
    "held",
    "regraded",
    "merged",
    "unmerged",
    "withdrawn",
    "reopened",
)


def offered_in_list(line: CaseLine) -> Steps:
    """The steps of these that are offered where a case is one of many."""
    open_ = line.status in _WORKED_ON | {"escalated", "resolved"}
    shown: Steps = ("acknowledged",) if line.to_acknowledge else ()
    return (*shown, "reassigned") if open_ else shown


def next_of(steps: Iterable[StepName]) -> StepName | None:
    """What is to be done next, of the steps that are offered."""
    found = set(steps)
    return next((step for step in _MAIN if step in found), None)


def _offered(case: CaseView) -> Iterable[StepName]:
    if case.stage is None:
        return
    if to_acknowledge(case):
        yield "acknowledged"
    if case.stage in _WORKED_ON:
        yield from _at_work(case)
    elif case.stage == "resolved":
        yield from ("called_back", "reassigned", "reopened", "withdrawn")
        yield from _senior_answer(case)
    elif case.stage == "closed":
        yield "reopened"
        yield from _senior_answer(case)
    elif case.stage == "merged":
        yield from ("unmerged", "reopened")
    else:
        yield "reopened"


def _at_work(case: CaseView) -> Iterable[StepName]:
    done = taken_lately(case)
    yield from ("reassigned", "resolved", "regraded", "merged", "withdrawn")
    if not done & {"contacted", "answered", "executive_answered"}:
        yield "contacted"
    if not done & {"answered", "executive_answered"}:
        yield "answered"
    yield from _senior_answer(case)
    yield from (step for step in _ONCE if step not in done)
    if "repair_started" in done and "repair_ended" not in done:
        yield "repair_ended"
    yield "resumed" if is_held(case) else "held"


def _senior_answer(case: CaseView) -> Iterable[StepName]:
    """Of a major case, until senior management has answered it."""
    if case.open and case.severity == "major" and "executive_answered" not in taken_lately(case):
        yield "executive_answered"


def is_responsible(case: CaseView, staff_id: str) -> bool:
    """Whether this case is theirs: then they may read what it is about."""
    return bool(staff_id) and case.assigned_to == staff_id


def taken_lately(case: CaseView) -> frozenset[StepName]:
    """The steps that count since the receipt, or since the last reopening."""
    since = case.generations[-1].started_at if case.generations else None
    return frozenset(
        step.step
        for step in steps_of(case)
        if step.counting == "counts" and (since is None or step.at >= since)
    )


def is_held(case: CaseView) -> bool:
    """Whether it is on hold now."""
    return any(isinstance(entry, OnHold) and entry.running for entry in case.timeline)


def to_acknowledge(case: CaseView) -> bool:
    """Whether somebody was notified of a clock that runs, and nobody has acknowledged that."""
    acknowledged = max(
        (s.at for s in steps_of(case) if s.step == "acknowledged" and s.counting == "counts"),
        default=None,
    )
    return any(
        noticed is not None and (acknowledged is None or noticed > acknowledged)
        for clock in case.clocks
        if runs(clock)
        for noticed in _notified(clock)
    )


def _notified(clock: ClockView) -> Iterable[datetime | None]:
    return (rung.noticed_at for rung in clock.ladder if rung.notified)


def runs(clock: ClockView) -> bool:
    """Whether it still waits for something, in time or not."""
    return clock.stopped_at is None and clock.ended_at is None


def steps_of(case: CaseView) -> list[Step]:
    """All steps that were reported of it, in the order of their instants."""
    return [entry for entry in case.timeline if isinstance(entry, Step)]


def mark_of(case: CaseView) -> str:
    """Says what of a case had been reported when it was shown: how many steps there were, and
    when the last of them was received, in milliseconds since 1970."""
    steps = steps_of(case)
    return _mark(len(steps), max((step.recorded_at for step in steps), default=None))


def mark_of_line(line: CaseLine) -> str:
    """The same, of a case in a list."""
    return _mark(line.steps, line.stepped_at)


def _mark(steps: int, last: datetime | None) -> str:
    return f"{steps}.{int(last.timestamp() * 1000) if last else 0}"


def reported_since(case: CaseView, mark: str) -> tuple[Step, ...]:
    """The steps that were received after such a mark was made; all of a mark that is none."""
    milliseconds = mark.partition(".")[2]
    last = int(milliseconds) if milliseconds.isdigit() else 0
    return tuple(step for step in steps_of(case) if int(step.recorded_at.timestamp() * 1000) > last)


def is_step(case: CaseView, step_id: str) -> Step | None:
    """The step of this id, where the case has it."""
    return next((step for step in steps_of(case) if step.step_id == step_id), None)


def broken_now(case: CaseView) -> frozenset[str]:
    """The clocks of a case that are broken, as `clock/generation`."""
    return frozenset(
        f"{clock.clock}/{clock.generation}" for clock in case.clocks if clock.state == "broken"
    )
