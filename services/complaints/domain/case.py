"""A case at one moment: its course, its clocks, whether it is closed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from services.complaints.domain.clocks import Clock, clocks
from services.complaints.domain.course import (
    ENDS_THE_CASE,
    Course,
    Generation,
    course,
    generations,
    severity_after,
)
from services.complaints.domain.facts import CaseFacts, Filed, StepTaken
from services.complaints.domain.merges import handed_to
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook
from shared.contracts.complaints import Outcome
from shared.contracts.feed_parts import Severity


@dataclass(frozen=True, slots=True)
class Closing:
    """How and when a generation of a case came to its end."""

    generation: int
    at: datetime
    outcome: Outcome
    clocks: tuple[Clock, ...]

    @property
    def broken(self) -> tuple[str, ...]:
        """The clocks that ran past their due time, by name."""
        return tuple(clock.rule.name for clock in self.clocks if clock.broken(self.at))

    @property
    def kept(self) -> tuple[str, ...]:
        """The clocks that were stopped in time, by name."""
        return tuple(
            clock.rule.name
            for clock in self.clocks
            if clock.stopped_at is not None and not clock.broken(self.at)
        )


@dataclass(frozen=True)
class CaseState:
    """A case as of one moment."""

    filed: Filed
    course: Course
    clocks: tuple[Clock, ...]
    edition: CaseEdition
    """What a clock is judged by that starts now."""

    @cached_property
    def generations(self) -> list[Generation]:
        return generations(self.filed, self.course.steps)

    @cached_property
    def acknowledged(self) -> list[datetime]:
        """When somebody acknowledged what they had been notified of by then."""
        return [step.at for step in self.course.steps if step.step == "acknowledged"]

    @property
    def severity(self) -> Severity:
        return severity_after(self.filed, self.course.steps)

    @property
    def merged(self) -> StepTaken | None:
        """The merge by which the case ended, if it did and was not reopened since."""
        last = self.generations[-1]
        ends = (step for step in self._steps(last) if step.step in ENDS_THE_CASE)
        step = next(ends, None)
        return step if step is not None and step.step == "merged" else None

    @cached_property
    def closings(self) -> list[Closing]:
        """The generations that came to their end with nothing left to do; oldest first."""
        found = (self._closing(generation) for generation in self.generations)
        return [closing for closing in found if closing is not None]

    @property
    def is_open(self) -> bool:
        """Whether anything may still be owed to the customer here."""
        last = self.generations[-1].number
        return all(closing.generation != last for closing in self.closings)

    def closed_before_reopened(self, generation: Generation) -> datetime | None:
        """When nothing was left to do in a generation, if it came to that before it was reopened.

        Also of one without a call-back clock, which counts as closed no more once it is reopened.
        """
        closing = self._closing(replace(generation, reopened_at=None))
        reopened_at = generation.reopened_at
        if closing is None or (reopened_at is not None and reopened_at <= closing.at):
            return None
        return closing.at

    @property
    def deadline(self) -> datetime | None:
        """The first due time of the running clocks, passed or to come; None where none is due."""
        due = (clock.due_at for clock in self.clocks if clock.halted_at is None)
        return min((moment for moment in due if moment is not None), default=None)

    def _closing(self, generation: Generation) -> Closing | None:
        ended = self._outcome(generation)
        if ended is None:
            return None
        at, outcome = ended
        here = tuple(clock for clock in self.clocks if clock.generation == generation.number)
        if any(clock.halted_at is None for clock in here):
            return None
        last = max([at, *(clock.halted_at for clock in here if clock.halted_at is not None)])
        return Closing(generation.number, last, outcome, here)

    def _outcome(self, generation: Generation) -> tuple[datetime, Outcome] | None:
        resolved: StepTaken | None = None
        for step in self._steps(generation):
            match step.step:
                case "withdrawn":
                    return step.at, "withdrawn"
                case "merged":
                    return step.at, "merged"
                case "resolved":
                    resolved = resolved or step
                case "called_back" if resolved is not None and not step.reopens:
                    return step.at, "satisfied"
        waits = any(
            clock.rule.start == "resolved" and clock.generation == generation.number
            for clock in self.clocks
        )
        if resolved is None or waits or generation.reopened_at is not None:
            return None
        return resolved.at, "resolved"

    def _steps(self, generation: Generation) -> Sequence[StepTaken]:
        return self.course.steps[generation.first : generation.past]


def case_at(facts: CaseFacts, filed: Filed, rulebook: CaseRulebook, now: datetime) -> CaseState:
    """The case as of this moment, by the editions of its dealer."""
    taken = course(facts, filed, now)
    editions = rulebook.editions_of(facts.dealer_id, filed.received_at, now)
    found = clocks(filed, taken, editions, handed_to(facts))
    return CaseState(filed, taken, tuple(found), editions[-1])
