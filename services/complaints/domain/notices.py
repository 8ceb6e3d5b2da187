"""What is told of a clock as it climbs its ladder, and which of it notifies anybody."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise, zip_longest

from services.complaints.domain.clocks import Clock
from services.complaints.domain.ladder import Reached
from shared.contracts.case_subjects import Subject, digest_of
from shared.decider.decision import Announced


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell of a clock: a step of its ladder, or a repeat of one."""

    subject: Subject
    """Of its name the instants that it tells are part."""
    reached: Reached
    at: datetime
    repeat: int

    def name(self, announced: Announced) -> str:
        """As it is out, if it is; one from before names had instants keeps the name it has."""
        name = str(self.subject)
        if name not in announced and self.subject.place in announced:
            return self.subject.place
        return name


def notices(clock: Clock, acknowledged: Sequence[datetime], now: datetime) -> list[Notice]:
    """All that was reached by now while the clock ran, oldest first.

    None while it stands still without an end: then it has no deadline to tell of.
    """
    if clock.due_at is None:
        return []
    steps = [(step, step.at) for step in clock.ladder if step.at is not None]
    following = [after for _, (_, after) in pairwise(steps)]
    found: list[Notice] = []
    for (step, at), until in zip_longest(steps, following):
        if at > now or not clock.ran_at(at):
            break
        found.append(notice(clock, step, at))
        for number, again in _repeats(step, at):
            overtaken = until is not None and again >= until
            if again > now or overtaken or not clock.ran_at(again):
                break
            if any(at <= moment <= again for moment in acknowledged):
                break
            found.append(notice(clock, step, again, number))
    return found


def of_step(clock: Clock, step: Reached) -> Iterator[Notice]:
    """The notice of a step of the ladder and of all its repeats, whether they are made or not."""
    if step.at is not None and clock.due_at is not None:
        yield notice(clock, step, step.at)
        for number, again in _repeats(step, step.at):
            yield notice(clock, step, again, number)


def notice(clock: Clock, step: Reached, at: datetime, repeat: int = 0) -> Notice:
    """The notice of a step that is reached at this instant."""
    saying, name = step.saying, step.rung.name
    subject = Subject(
        kind=saying,
        clock=clock.rule.name,
        generation=clock.generation,
        step=None if saying in {name, "breach"} else name,
        repeat=repeat,
        instants=digest_of(clock.started_at, clock.due_at or clock.started_at, at),
    )
    return Notice(subject, step, at, repeat)


def loud(
    clock: Clock, found: Sequence[Notice], announced: Announced, now: datetime
) -> frozenset[str]:
    """The names of those of the newly due notices that notify; the others are recorded.

    After an outage it is the highest that is still of use. Where a correction moved an instant,
    who had been told is told again, once of each step: he is also told that what he knows no
    longer holds, and without the other half of the truth that reads as an all-clear.
    """
    fresh = (each for each in reversed(found) if each.name(announced) not in announced)
    of_use = [each for each in fresh if _is_of_use(clock, each, now)]
    if not of_use:
        return frozenset()
    highest = next((each for each in of_use if not _is_quiet(clock, each)), None)
    told = _told({each.subject.place for each in of_use}, announced)
    again: dict[str, Notice] = {}
    for each in of_use:
        if each.subject.place in told:
            again.setdefault(each.reached.rung.name, each)
    return frozenset(str(each.subject) for each in (*again.values(), highest) if each is not None)


def _told(places: Set[str], announced: Announced) -> frozenset[str]:
    """Those of the places of which something is out that notified somebody."""
    out = {about: Subject.parse(about).place for about in announced}
    return frozenset(
        place for about, place in out.items() if place in places and announced[about]["notified"]
    )


def next_notice(clock: Clock, acknowledged: Sequence[datetime], now: datetime) -> datetime | None:
    """The next step of a running clock, or repeat of one, whichever comes first."""
    if clock.halted_at is not None:
        return None
    steps = [(step, step.at) for step in clock.ladder if step.at is not None]
    following = min((at for _, at in steps if at > now), default=None)
    for step, reached_at in [(step, at) for step, at in steps if at <= now][-1:]:
        if any(reached_at <= moment <= now for moment in acknowledged):
            break
        again = next((at for _, at in _repeats(step, reached_at) if at > now), None)
        if again is not None and (following is None or again < following):
            return again
    return following


def _is_quiet(clock: Clock, notice: Notice) -> bool:
    """Whether it was reached before the clock was taken over from other rules or another case."""
    return clock.quiet_before is not None and notice.at < clock.quiet_before


def _is_of_use(clock: Clock, notice: Notice, now: datetime) -> bool:
    saying = notice.reached.saying
    if saying == "breach" and notice.repeat == 0:
        return True
    if clock.halted_at is not None:
        return False
    if saying != "warning" or clock.due_at is None:
        return True
    return now < clock.due_at and not _is_quiet(clock, notice)


def _repeats(step: Reached, first: datetime) -> Iterator[tuple[int, datetime]]:
    every = step.rung.repeat_every
    if every is not None:
        for number in range(1, step.rung.repeat_at_most + 1):
            yield number, first + number * every
