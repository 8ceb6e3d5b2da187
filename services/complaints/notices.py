"""What is told of a clock as it climbs its ladder, and which of it notifies anybody."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise, zip_longest

from services.complaints.clocks import Clock
from services.complaints.ladder import Reached


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell of a clock: a step of its ladder, or a repeat of one."""

    about: str
    """Its name within the case, such as `breach/contact/1`."""
    reached: Reached
    at: datetime
    repeat: int


def notices(clock: Clock, acknowledged: Sequence[datetime], now: datetime) -> list[Notice]:
    """All that was reached by now while the clock ran, oldest first."""
    steps = [(step, step.at) for step in clock.ladder if step.at is not None]
    following = [after for _, (_, after) in pairwise(steps)]
    found: list[Notice] = []
    for (step, at), until in zip_longest(steps, following):
        if at > now or not clock.ran_at(at):
            break
        found.append(Notice(about(clock, step), step, at, 0))
        for number, again in _repeats(step, at):
            overtaken = until is not None and again >= until
            if again > now or overtaken or not clock.ran_at(again):
                break
            if any(at <= moment <= again for moment in acknowledged):
                break
            found.append(Notice(about(clock, step, number), step, again, number))
    return found


def loudest(
    clock: Clock, found: Sequence[Notice], said: Collection[str], now: datetime
) -> Notice | None:
    """The one of what is newly due that notifies: the highest that is still of use.

    After an outage the others are recorded.
    """
    fresh = (notice for notice in reversed(found) if notice.about not in said)
    return next((notice for notice in fresh if _is_of_use(clock, notice, now)), None)


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


def about(clock: Clock, step: Reached, repeat: int = 0) -> str:
    """The name of a notice within its case; of an only warning and the breach just that."""
    name = step.rung.name
    match step.saying:
        case "warning":
            kind = "warning" if name == "warning" else f"warning.{name}"
        case "breach":
            kind = "breach"
        case "step":
            kind = f"step.{name}"
    return f"{kind}/{clock.key}" + (f"/{repeat}" if repeat else "")


def _is_of_use(clock: Clock, notice: Notice, now: datetime) -> bool:
    if clock.quiet_before is not None and notice.at < clock.quiet_before:
        return False
    saying = notice.reached.saying
    if saying == "breach" and notice.repeat == 0:
        return True
    if clock.halted_at is not None:
        return False
    return saying != "warning" or clock.due_at is None or now < clock.due_at


def _repeats(step: Reached, first: datetime) -> Iterator[tuple[int, datetime]]:
    every = step.rung.repeat_every
    if every is not None:
        for number in range(1, step.rung.repeat_at_most + 1):
            yield number, first + number * every
