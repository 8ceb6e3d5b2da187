"""How a case stands, and stood from when on: what other services go by.

They do not judge steps themselves. What complaints makes of them is a state here, which
follows from the facts; the instants are those of the steps, never of when anything was noticed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from services.complaints.domain.case import CaseState, Closing
from services.complaints.domain.course import ENDS_THE_CASE, Course, generations, in_order
from services.complaints.domain.facts import CaseFacts, Filed, StepTaken
from shared.contracts.complaints import (
    CaseStandingChanged,
    CaseTurn,
    OpenPeriod,
    Outcome,
    Stands,
)
from shared.contracts.feed_parts import Severity
from shared.contracts.subjects import ABOUT_THE_STANDING
from shared.decider.decision import State


@dataclass(frozen=True, slots=True)
class _SoFar:
    """What the steps up to one of them have come to."""

    severity: Severity
    ended: Stands | None = None
    """Withdrawn or merged, until it is reopened."""
    resolved: bool = False
    satisfied: bool = False
    elsewhere: bool = False
    """Merged, and that was taken back later."""

    @property
    def stands(self) -> Stands:
        if self.ended is not None:
            return self.ended
        if self.elsewhere:
            return "merged"
        return "satisfied" if self.satisfied else "open"


def turns(filed: Filed, course: Course) -> Iterator[CaseTurn]:
    """The receipt of a case, and each step since that made it stand otherwise; oldest first."""
    reopened = {
        id(course.steps[generation.first - 1])
        for generation in generations(filed, course.steps)[1:]
    }
    taken_back = {id(step) for step in course.taken_back}
    now = _SoFar(filed.severity)
    yield _turn(now, filed, filed.received_at)
    for step in in_order((*course.steps, *course.taken_back)):
        before = now
        if id(step) in reopened:
            now = _SoFar(now.severity)
        elif id(step) in taken_back:
            now = replace(now, elsewhere=True)
        else:
            now = _after(now, step)
        if (now.stands, now.severity) != (before.stands, before.severity):
            yield _turn(now, step, step.at)


def _after(now: _SoFar, step: StepTaken) -> _SoFar:
    match step.step:
        case "withdrawn" | "merged" if now.ended is None:
            return replace(now, ended=step.step)
        case "unmerged":
            return replace(now, elsewhere=False)
        case "resolved":
            return replace(now, resolved=True)
        case "called_back" if now.resolved and not step.reopens:
            return replace(now, satisfied=True)
        case "regraded" if step.severity is not None:
            return replace(now, severity=step.severity)
        case _:
            return now


def _turn(now: _SoFar, because: Filed | StepTaken, at: datetime) -> CaseTurn:
    return CaseTurn(
        at=at, recorded_at=because.recorded_at, stands=now.stands, severity=now.severity
    )


def open_periods(case: CaseState, found: Sequence[CaseTurn]) -> Iterator[OpenPeriod]:
    """When anything could be owed to the customer here: neither closed, nor withdrawn, nor dealt
    with as part of another case. `found`: its turns."""
    marks = [(turn.at, "away", turn.stands in ("withdrawn", "merged")) for turn in found]
    for generation in case.generations:
        marks.append((generation.started_at, "closed", False))
        closed_at = case.closed_before_reopened(generation)
        if closed_at is not None:
            marks.append((closed_at, "closed", True))
    stands: dict[str, bool] = {}
    since: datetime | None = None
    for at, those in groupby(sorted(marks, key=itemgetter(0)), key=itemgetter(0)):
        stands |= {name: holds for _, name, holds in those}
        if any(stands.values()):
            if since is not None:
                yield OpenPeriod(since=since, until=at)
            since = None
        elif since is None:
            since = at
    if since is not None:
        yield OpenPeriod(since=since)


class _CallBack(NamedTuple):
    """Of the last generation: its resolution, and what the customer said of that."""

    resolved_at: datetime | None = None
    due_at: datetime | None = None
    called_back_at: datetime | None = None


def _call_back(case: CaseState) -> _CallBack:
    last = case.generations[-1]
    due = [
        clock.due_at
        for clock in case.clocks
        if clock.generation == last.number
        and clock.rule.start == "resolved"
        and "called_back" in clock.rule.stops
        and clock.due_at is not None
    ]
    resolved_at: datetime | None = None
    for step in case.course.steps[last.first : last.past]:
        if step.step in ENDS_THE_CASE:
            break
        if step.step == "resolved":
            resolved_at = resolved_at or step.at
        elif step.step == "called_back" and resolved_at is not None and not step.reopens:
            return _CallBack(resolved_at, min(due, default=None), step.at)
    return _CallBack(resolved_at, min(due, default=None))


def standing_of(facts: CaseFacts, filed: Filed, case: CaseState) -> State:
    """How the case stands, for its customer. Never forgotten, as its readers may come later."""
    found = tuple(turns(filed, case.course))
    closing = None if case.is_open else case.closings[-1]
    call_back = _call_back(case)
    content = CaseStandingChanged(
        customer_key=facts.customer_key,
        dealer_id=facts.dealer_id,
        case_id=facts.case_id,
        case_no=filed.case_no,
        generation=len(case.generations),
        status="open" if closing is None else "closed",
        outcome=None if closing is None else _outcome(closing, found[-1]),
        severity=found[-1].severity,
        satisfied=found[-1].stands == "satisfied",
        received_at=filed.received_at,
        recorded_at=filed.recorded_at,
        closed_at=None if closing is None else closing.at,
        open_periods=tuple(open_periods(case, found)),
        resolved_at=call_back.resolved_at,
        call_back_due_at=call_back.due_at,
        called_back_at=call_back.called_back_at,
        turns=found,
    )
    return State(ABOUT_THE_STANDING, content)


def _outcome(closing: Closing, last: CaseTurn) -> Outcome:
    """What it is closed as by now: what was withdrawn after a satisfied call-back is withdrawn."""
    return closing.outcome if last.stands == "open" else last.stands
