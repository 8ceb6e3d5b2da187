"""The clocks of a case: when each started, is due, and was stopped. The arithmetic, no outputs.

A clock stops at the first of its stop steps after its start, in whatever generation. It ends
without a verdict when the case is withdrawn or merged away, when the severity it is for no
longer applies, and, where it waits for a call-back, when the case reopens.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from services.complaints.facts import Filed, StepTaken
from services.complaints.policy import ClockRule, ComplaintPolicy
from services.complaints.timeline import ENDS_THE_CASE, Generation, generations, severity_after
from shared.contracts.values import to_milliseconds

Origin = Literal["received", "reopened", "resolved", "raised"]


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of one generation of a case."""

    rule: ClockRule
    generation: int
    origin: Origin
    started_at: datetime
    warns_at: datetime
    due_at: datetime
    recorded_at: datetime
    """When intake had first received all that makes this clock run."""
    stopped_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def halted_at(self) -> datetime | None:
        """When it was stopped or ended; None while it runs."""
        return self.stopped_at or self.ended_at

    def warned(self, now: datetime) -> bool:
        """It ran when the instant of its warning came."""
        return self.warns_at <= now and (self.halted_at is None or self.warns_at < self.halted_at)

    def broken(self, now: datetime) -> bool:
        """It ran past its due time. A stop at the due instant itself is in time."""
        return self.due_at <= now and (self.halted_at is None or self.due_at < self.halted_at)

    def is_history(self, alarm_horizon: timedelta) -> bool:
        """It was due so long before its first receipt that nobody is to be alarmed."""
        return self.due_at < self.recorded_at - alarm_horizon

    def next_change(self, now: datetime) -> datetime | None:
        """Its warning or due instant, whichever comes next while it runs."""
        if self.halted_at is not None or self.due_at <= now:
            return None
        return self.warns_at if self.warns_at > now else self.due_at


@dataclass(frozen=True, slots=True)
class _Start:
    """What sets a clock going."""

    origin: Origin
    at: datetime
    recorded_at: datetime
    first: int
    """The position of the first step that can stop it."""
    past: int
    """The position after the last step that can."""
    ends_at: datetime | None = None
    """When it ends if nothing stopped it before."""
    raised_at: datetime | None = None


def clocks(filed: Filed, steps: Sequence[StepTaken], policy: ComplaintPolicy) -> list[Clock]:
    """All clocks of a case with this course, by generation, in the order of the policy."""
    found: list[Clock] = []
    for generation in generations(filed, steps):
        for rule in policy.clocks:
            clock = _clock(rule, generation, filed, steps)
            if clock is not None:
                found.append(clock)
    return found


def _clock(
    rule: ClockRule, generation: Generation, filed: Filed, steps: Sequence[StepTaken]
) -> Clock | None:
    """The clock of a rule in a generation, if it runs there.

    Where the severity came, went and came again it is the first that was stopped or broken,
    else the latest: going back and forth neither wipes out a breach nor doubles it.
    """
    clock: Clock | None = None
    for start in _starts(rule, generation, filed, steps):
        clock = _run(rule, generation, start, steps)
        if clock.halted_at is None or clock.stopped_at or clock.due_at < clock.halted_at:
            break
    return clock


def _starts(
    rule: ClockRule, generation: Generation, filed: Filed, steps: Sequence[StepTaken]
) -> Iterator[_Start]:
    if rule.start == "resolved":
        start = _resolution(generation, filed, steps)
    else:
        start = _Start(
            "received" if generation.number == 1 else "reopened",
            generation.started_at,
            max(filed.recorded_at, generation.recorded_at),
            generation.first,
            len(steps),
        )
    if start is None:
        return
    if rule.severity is None:
        yield start
    else:
        yield from _while_of_severity(rule, start, generation, filed, steps)


def _resolution(generation: Generation, filed: Filed, steps: Sequence[StepTaken]) -> _Start | None:
    """From the generation's first resolution to the end of the generation."""
    for position in range(generation.first, generation.past):
        step = steps[position]
        if step.step in ENDS_THE_CASE:
            return None
        if step.step == "resolved":
            return _Start(
                "resolved",
                step.at,
                max(filed.recorded_at, step.recorded_at),
                position + 1,
                generation.past,
                generation.reopened_at,
            )
    return None


def _while_of_severity(
    rule: ClockRule,
    start: _Start,
    generation: Generation,
    filed: Filed,
    steps: Sequence[StepTaken],
) -> Iterator[_Start]:
    """The parts of `start` during which the case is of the rule's severity.

    Only a raise within the generation starts a part; a lowering ends it whenever it comes.
    What stops the clock may have been done before the raise: it counts from `start` on.
    """
    applies = severity_after(filed, steps[: start.first]) == rule.severity
    part = start
    for position in range(start.first, start.past):
        step = steps[position]
        if step.step in ENDS_THE_CASE:
            break
        if step.step != "regraded" or step.severity is None:
            continue
        if (step.severity == rule.severity) == applies:
            continue
        if applies:
            yield replace(part, past=position, ends_at=step.at)
            applies = False
        elif position < generation.past:
            recorded_at = max(start.recorded_at, step.recorded_at)
            part = replace(start, recorded_at=recorded_at, raised_at=step.at)
            applies = True
    if applies:
        yield part


def _run(
    rule: ClockRule, generation: Generation, start: _Start, steps: Sequence[StepTaken]
) -> Clock:
    origin, started_at, due_at = start.origin, start.at, start.at + rule.target
    if start.raised_at is not None and due_at <= start.raised_at:
        origin, started_at, due_at = "raised", start.raised_at, start.raised_at + rule.raise_grace
    warns_at = to_milliseconds(started_at + (due_at - started_at) * rule.warning_fraction)
    stopped_at, ended_at = _halt(rule, start, steps)
    return Clock(
        rule=rule,
        generation=generation.number,
        origin=origin,
        started_at=started_at,
        warns_at=max(warns_at, start.raised_at or warns_at),
        due_at=due_at,
        recorded_at=start.recorded_at,
        stopped_at=stopped_at,
        ended_at=ended_at,
    )


def _halt(
    rule: ClockRule, start: _Start, steps: Sequence[StepTaken]
) -> tuple[datetime | None, datetime | None]:
    """When it was stopped, or when it ended unstopped."""
    for position in range(start.first, start.past):
        step = steps[position]
        if step.step in rule.stops:
            return step.at, None
        if step.step in ENDS_THE_CASE:
            return None, step.at
    return None, start.ends_at
