"""The clocks of a case: when each started, is due, and was stopped. The arithmetic, no outputs.

A clock stops at the first of its stop steps after its start, in whatever generation. It ends
without a verdict when the case is withdrawn or merged away, when the severity it is for no
longer applies, and, where it waits for a call-back, when the case reopens. One whose deadline the
case itself names counts nothing: no hold moves it.

An edition of the rules that was applied to open cases takes over what then was neither
stopped nor broken; all else stays as it was judged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from services.complaints.domain.course import (
    ENDS_THE_CASE,
    Course,
    Generation,
    generations,
    severity_after,
)
from services.complaints.domain.facts import Filed, StepTaken
from services.complaints.domain.ladder import ClockInput, Reached
from services.complaints.domain.policy import ClockRule, StartingStep
from services.complaints.domain.rulebook import CaseEdition
from shared.contracts.complaints import HandedOver
from shared.time.calendar import BusinessCalendar
from shared.time.deadlines import Hold, Span, due, joined

Origin = Literal["received", "reopened", "raised", "merged"] | StartingStep


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of one generation of a case."""

    rule: ClockRule
    edition: CaseEdition
    generation: int
    origin: Origin
    started_at: datetime
    span: Span
    """What it was given from its start on: the rule's target, the grace after a raise, or the time
    to the instant that the case names, in whole seconds."""
    due_at: datetime | None
    """None while a hold without an end stops it."""
    ladder: tuple[Reached, ...]
    recorded_at: datetime
    """When intake had first received all that makes this clock run."""
    working_days: BusinessCalendar | None = None
    """The statutory ones in the dealer's zone, where the span is of such."""
    holds: tuple[Hold, ...] = ()
    """When it stood still, up to its halt."""
    stopped_at: datetime | None = None
    ended_at: datetime | None = None
    quiet_before: datetime | None = None
    """What was reached before this instant is recorded and alarms nobody: then the clock was
    taken over from another edition or another case."""

    @property
    def halted_at(self) -> datetime | None:
        """When it was stopped or ended; None while it runs."""
        return self.stopped_at or self.ended_at

    @property
    def calendar(self) -> BusinessCalendar | None:
        """What the span is counted by."""
        return self.working_days or self.edition.calendar

    def ran_at(self, moment: datetime) -> bool:
        """Whether it ran on past this moment."""
        return self.halted_at is None or moment < self.halted_at

    def broken(self, now: datetime) -> bool:
        """It ran past its due time. A stop at the due instant itself is in time."""
        return self.due_at is not None and self.due_at <= now and self.ran_at(self.due_at)

    def alarms_nobody(self, alarm_horizon: timedelta) -> bool:
        """It was due longer than `alarm_horizon` before its first receipt."""
        return (self.due_at or self.started_at) < self.recorded_at - alarm_horizon

    @property
    def key(self) -> str:
        """Its name within the case, such as `contact/1`."""
        return f"{self.rule.name}/{self.generation}"


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
    limit: datetime | None = None
    """The instant that the case names as its deadline, or a case that was merged into it."""


@dataclass(frozen=True, slots=True)
class _ClockFinder:
    """Finds the clock of a rule in a generation, by one edition."""

    filed: Filed
    course: Course
    handed: Sequence[HandedOver]
    edition: CaseEdition
    generation: Generation

    def clock(self, rule: ClockRule) -> Clock | None:
        """The clock of a rule, if it runs here.

        Where the severity came, went and came again it is the first that was stopped or broken,
        else the latest: going back and forth neither wipes out a breach nor doubles it.
        """
        clock: Clock | None = None
        start: _Start | None = None
        for start in self._starts(rule) if _concerns(rule, self.filed) else ():
            clock = self._run(rule, start)
            halted_at, due_at = clock.halted_at, clock.due_at
            broken = due_at is not None and halted_at is not None and due_at < halted_at
            if halted_at is None or clock.stopped_at or broken:
                break
        return self._with_merged(rule, clock, start)

    def _with_merged(
        self, rule: ClockRule, clock: Clock | None, start: _Start | None
    ) -> Clock | None:
        """The earliest start of all cases that were merged into this one while the clock ran."""
        if rule.start == "resolved":
            return clock
        for handed in self.handed:
            started_at = handed.starts.get(rule.name)
            merged_at = max(handed.at, self.filed.received_at)
            if started_at is None or not self.generation.is_at(merged_at):
                continue
            known = start or self._handed(rule, started_at)
            limit = None
            if rule.span is None:
                limit = _earliest(known.limit, handed.regulator_due_at)
                if limit is None:
                    continue
            is_earlier = clock is None or started_at < clock.started_at or limit != known.limit
            if clock is not None and not (clock.ran_at(merged_at) and is_earlier):
                continue
            start = replace(
                known,
                origin="merged",
                at=started_at if clock is None else min(started_at, clock.started_at),
                recorded_at=min(known.recorded_at, handed.recorded_at),
                limit=limit,
            )
            clock = replace(self._run(rule, start), quiet_before=merged_at)
        return clock

    def _handed(self, rule: ClockRule, started_at: datetime) -> _Start:
        """What sets a clock going that runs here for another case alone."""
        start = self._from_receipt()
        if rule.start == "received":
            return start
        steps = self.course.steps
        first = next((n for n, step in enumerate(steps) if step.at >= started_at), len(steps))
        return replace(start, first=max(start.first, first))

    def _starts(self, rule: ClockRule) -> Iterator[_Start]:
        start = self._from_receipt() if rule.start == "received" else self._from_step(rule.start)
        if start is None:
            return
        if rule.span is None:
            limit = self.filed.regulator_due_at
            if limit is None or limit <= start.at:
                return
            start = replace(start, limit=limit)
        if rule.applies_when.severity is None:
            yield start
        else:
            yield from self._while_of_severity(rule, start)

    def _from_receipt(self) -> _Start:
        generation = self.generation
        return _Start(
            "received" if generation.number == 1 else "reopened",
            generation.started_at,
            max(self.filed.recorded_at, generation.recorded_at),
            generation.first,
            len(self.course.steps),
        )

    def _from_step(self, name: StartingStep) -> _Start | None:
        """From the generation's first such step on; a resolution's clocks end with it."""
        generation, ends = self.generation, name == "resolved"
        for position in range(generation.first, generation.past):
            step = self.course.steps[position]
            if step.step in ENDS_THE_CASE:
                return None
            if step.step == name:
                return _Start(
                    name,
                    step.at,
                    max(self.filed.recorded_at, step.recorded_at),
                    position + 1,
                    generation.past if ends else len(self.course.steps),
                    generation.reopened_at if ends else None,
                )
        return None

    def _while_of_severity(self, rule: ClockRule, start: _Start) -> Iterator[_Start]:
        """The parts of `start` during which the case is of the rule's severity.

        Only a raise within the generation starts a part; a lowering ends it whenever it comes.
        What stops the clock may have been done before the raise: it counts from `start` on.
        """
        steps, wanted = self.course.steps, rule.applies_when.severity
        applies = severity_after(self.filed, steps[: start.first]) == wanted
        part = start
        for position in range(start.first, start.past):
            step = steps[position]
            if step.step in ENDS_THE_CASE:
                break
            if step.step != "regraded" or step.severity is None:
                continue
            if (step.severity == wanted) == applies:
                continue
            if applies:
                yield replace(part, past=position, ends_at=step.at)
                applies = False
            elif position < self.generation.past:
                recorded_at = max(start.recorded_at, step.recorded_at)
                part = replace(start, recorded_at=recorded_at, raised_at=step.at)
                applies = True
        if applies:
            yield part

    def _run(self, rule: ClockRule, start: _Start) -> Clock:
        stopped_at, ended_at = _halt(rule, start, self.course.steps)
        holds = self._holds(rule, stopped_at or ended_at)
        calendar_for = partial(self.edition.calendar_for, timezone=self.filed.timezone)
        origin, started_at = start.origin, start.at
        span, due_at = rule.span, start.limit
        if span is not None:
            due_at = due(started_at, span, calendar_for(span.unit), holds)
        else:
            assert due_at is not None
            span, holds = _until(started_at, due_at), ()
        if start.raised_at is not None and due_at is not None and due_at <= start.raised_at:
            origin, started_at, span = "raised", start.raised_at, Span.of(rule.raise_grace)
            due_at = due(started_at, span, None, holds)
        ladder = ClockInput(started_at, span, due_at, calendar_for, holds).reached(rule.ladder)
        if start.raised_at is not None:
            ladder = tuple(reached.not_before(start.raised_at) for reached in ladder)
        return Clock(
            rule=rule,
            edition=self.edition,
            generation=self.generation.number,
            origin=origin,
            started_at=started_at,
            span=span,
            due_at=due_at,
            ladder=ladder,
            recorded_at=start.recorded_at,
            working_days=calendar_for(span.unit) if span.unit == "working_days" else None,
            holds=holds,
            stopped_at=stopped_at,
            ended_at=ended_at,
        )

    def _holds(self, rule: ClockRule, halted_at: datetime | None) -> tuple[Hold, ...]:
        holds = self.course.merged_away
        if rule.pausable and self.course.holds:
            holds = joined([*holds, *self.course.holds])
        if halted_at is None or not holds:
            return holds
        return tuple(
            Hold(hold.start, halted_at if hold.end is None else min(hold.end, halted_at))
            for hold in holds
            if hold.start < halted_at
        )


def clocks(
    filed: Filed, course: Course, editions: Sequence[CaseEdition], handed: Sequence[HandedOver] = ()
) -> list[Clock]:
    """All clocks of a case with this course, by generation, in the order of the policy.

    `editions`: what it has been judged by, the first first. `handed`: by cases merged into it.
    """
    names = dict.fromkeys(rule.name for edition in editions for rule in edition.policy.clocks)
    found: list[Clock] = []
    for generation in generations(filed, course.steps):
        finders = [_ClockFinder(filed, course, handed, edition, generation) for edition in editions]
        clocks = (_by_editions(name, finders) for name in names)
        found.extend(clock for clock in clocks if clock is not None)
    return found


def done_at(generation: Generation, steps: Sequence[StepTaken]) -> datetime | None:
    """When the customer was satisfied, or the case ended; None while neither is so."""
    resolved = False
    for step in steps[generation.first : generation.past]:
        if step.step in ENDS_THE_CASE:
            return step.at
        if step.step == "called_back" and resolved and not step.reopens:
            return step.at
        resolved = resolved or step.step == "resolved"
    return generation.reopened_at


def _by_editions(name: str, finders: Sequence[_ClockFinder]) -> Clock | None:
    """The clock of this name, by the last edition that found it open."""
    clock: Clock | None = None
    for number, finder in enumerate(finders):
        rule = finder.edition.policy.rules.get(name)
        found = finder.clock(rule) if rule is not None else None
        applied_at = finder.edition.applied_at
        if number == 0 or applied_at is None:
            clock = found
            continue
        if _is_settled(clock, finder, applied_at):
            return clock
        if found is not None and found.started_at < applied_at:
            quiet = max(applied_at, found.quiet_before or applied_at)
            found = replace(found, quiet_before=quiet)
        if found is None and clock is not None and clock.started_at < applied_at:
            return replace(clock, ended_at=applied_at)
        clock = found
    return clock


def _is_settled(clock: Clock | None, finder: _ClockFinder, applied_at: datetime) -> bool:
    """Whether an edition applied at this moment came too late for the clock."""
    if clock is None:
        done = done_at(finder.generation, finder.course.steps)
        return done is not None and done <= applied_at
    return not clock.ran_at(applied_at) or clock.broken(applied_at)


def _until(started_at: datetime, due_at: datetime) -> Span:
    """The time to a deadline, in whole seconds, so that a percentage of it can be taken."""
    return Span.of_seconds(max(1, (due_at - started_at) // timedelta(seconds=1)))


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _concerns(rule: ClockRule, filed: Filed) -> bool:
    """Whether a clock is for complaints like this; the severity may change and is not looked at."""
    when = rule.applies_when
    return (
        (when.channel is None or filed.channel in when.channel)
        and (when.category is None or filed.category in when.category)
        and (when.department is None or filed.department in when.department)
        and (when.regulator is None or filed.regulator == when.regulator)
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
