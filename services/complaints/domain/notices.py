"""The notices of a clock: the rungs of its ladder that it reached, and which of them notify."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise, zip_longest

from services.complaints.domain.clocks import Clock
from services.complaints.domain.ladder import Reached
from shared.contracts.subjects import CaseSubject, digest_of
from shared.decider.decision import Announced


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of a clock: a rung of its ladder that was reached, or a repeat of one."""

    subject: CaseSubject
    """Its name has a digest of the instants that the notice is sealed with."""
    reached: Reached
    at: datetime
    repeat: int

    def name(self, announced: Announced) -> str:
        """As it is out, if it is; one from before names had instants keeps the name it has."""
        name = str(self.subject)
        if name not in announced and self.subject.undated in announced:
            return self.subject.undated
        return name


def notices(clock: Clock, acknowledged: Sequence[datetime], now: datetime) -> list[Notice]:
    """All that was reached by now while the clock ran, oldest first.

    None while it stands still without an end: then it has no deadline.
    """
    if clock.due_at is None:
        return []
    rungs = [(rung, rung.at) for rung in clock.ladder if rung.at is not None]
    following = [after for _, (_, after) in pairwise(rungs)]
    found: list[Notice] = []
    for (rung, at), until in zip_longest(rungs, following):
        if at > now or not clock.ran_at(at):
            break
        found.append(notice(clock, rung, at))
        for number, again in _repeats(rung, at):
            overtaken = until is not None and again >= until
            if again > now or overtaken or not clock.ran_at(again):
                break
            if any(at <= moment <= again for moment in acknowledged):
                break
            found.append(notice(clock, rung, again, number))
    return found


def of_rung(clock: Clock, rung: Reached) -> Iterator[Notice]:
    """The notice of a rung and of all its repeats, whether they are made or not."""
    if rung.at is not None and clock.due_at is not None:
        yield notice(clock, rung, rung.at)
        for number, again in _repeats(rung, rung.at):
            yield notice(clock, rung, again, number)


def notice(clock: Clock, reached: Reached, at: datetime, repeat: int = 0) -> Notice:
    """The notice of a rung that is reached at this instant."""
    kind, name = reached.kind, reached.rung.name
    subject = CaseSubject(
        kind=kind,
        clock=clock.rule.name,
        generation=clock.generation,
        rung=None if kind in {name, "breach"} else name,
        repeat=repeat,
        instants=digest_of(clock.started_at, clock.due_at or clock.started_at, at),
    )
    return Notice(subject, reached, at, repeat)


def to_notify(
    clock: Clock, found: Sequence[Notice], announced: Announced, now: datetime
) -> frozenset[str]:
    """The names of those of the newly due notices that notify; the others are recorded.

    After an outage it is the highest that is still of use. Where a correction moved an instant,
    those who were notified are notified again, once of each rung: they are also sent the
    withdrawal of what they know, which alone would read as an all-clear.
    """
    fresh = (each for each in reversed(found) if each.name(announced) not in announced)
    of_use = [each for each in fresh if _is_of_use(clock, each, now)]
    if not of_use:
        return frozenset()
    highest = next((each for each in of_use if not _is_quiet(clock, each)), None)
    notified = _notified({each.subject.undated for each in of_use}, announced)
    again: dict[str, Notice] = {}
    for each in of_use:
        if each.subject.undated in notified:
            again.setdefault(each.reached.rung.name, each)
    return frozenset(str(each.subject) for each in (*again.values(), highest) if each is not None)


def _notified(undated: Set[str], announced: Announced) -> frozenset[str]:
    """Those of the subjects, without their instants, of which a notice is out that notified."""
    out = {about: CaseSubject.parse(about).undated for about in announced}
    return frozenset(
        each for about, each in out.items() if each in undated and announced[about]["notified"]
    )


def next_notice(clock: Clock, acknowledged: Sequence[datetime], now: datetime) -> datetime | None:
    """When a running clock reaches its next rung, or the next repeat of one."""
    if clock.halted_at is not None:
        return None
    rungs = [(rung, rung.at) for rung in clock.ladder if rung.at is not None]
    following = min((at for _, at in rungs if at > now), default=None)
    for rung, reached_at in [(rung, at) for rung, at in rungs if at <= now][-1:]:
        if any(reached_at <= moment <= now for moment in acknowledged):
            break
        again = next((at for _, at in _repeats(rung, reached_at) if at > now), None)
        if again is not None and (following is None or again < following):
            return again
    return following


def _is_quiet(clock: Clock, notice: Notice) -> bool:
    """Whether it was reached before the clock was taken over from other rules or another case."""
    return clock.quiet_before is not None and notice.at < clock.quiet_before


def _is_of_use(clock: Clock, notice: Notice, now: datetime) -> bool:
    kind = notice.reached.kind
    if kind == "breach" and notice.repeat == 0:
        return True
    if clock.halted_at is not None:
        return False
    if kind != "warning" or clock.due_at is None:
        return True
    return now < clock.due_at and not _is_quiet(clock, notice)


def _repeats(reached: Reached, first: datetime) -> Iterator[tuple[int, datetime]]:
    every = reached.rung.repeat_every
    if every is not None:
        for number in range(1, reached.rung.repeat_at_most + 1):
            yield number, first + number * every
