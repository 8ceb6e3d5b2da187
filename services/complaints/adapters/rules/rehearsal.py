"""What other rules would do to open cases if they were re-based on them: counted, not done. Pure.

What was due by then is recorded and alarms nobody, and verdicts stand: that is not looked at.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.complaints.domain.case import case_at
from services.complaints.domain.clocks import Clock
from services.complaints.domain.facts import CaseFacts, Filed
from services.complaints.domain.rulebook import Edition, Rulebook

SHOWN_CASES = 10


@dataclass(frozen=True, slots=True)
class ClockMove:
    """A running clock of a case that would be due at another time."""

    case_no: str
    clock: str
    """Its name within the case, such as `contact/1`."""
    old_due: datetime | None
    """None: it does not run now, or stands still."""
    new_due: datetime | None
    """None: it would not run any more, or stands still."""
    breaches: bool
    """It is not broken now, and would be at once."""

    @property
    def name(self) -> str:
        return self.clock.partition("/")[0]


@dataclass(slots=True)
class Rehearsal:
    """The sum over the open cases. Of the cases themselves it keeps the first few."""

    cases: int = 0
    moved: int = 0
    breaching: int = 0
    unreadable: int = 0
    """Cases that could not be judged: they are parked, or will be."""
    moved_clocks: Counter[str] = field(default_factory=Counter)
    breaching_clocks: Counter[str] = field(default_factory=Counter)
    first: list[ClockMove] = field(default_factory=list)
    """All moved clocks of the first cases."""

    def add(self, moves: list[ClockMove]) -> None:
        """Count one case and what would move of it."""
        self.cases += 1
        self.moved += bool(moves)
        self.breaching += any(move.breaches for move in moves)
        self.moved_clocks.update(move.name for move in moves)
        self.breaching_clocks.update(move.name for move in moves if move.breaches)
        if moves and self.moved <= SHOWN_CASES:
            self.first.extend(moves)


def proposed(current: Rulebook, dealer_id: str, edition: Edition) -> Rulebook:
    """The rulebook with one more edition of this dealer."""
    editions = {**current.editions, dealer_id: (*current.editions.get(dealer_id, ()), edition)}
    return Rulebook(shipped=current.shipped, editions=editions, rosters=current.rosters)


def moves(
    facts: CaseFacts, current: Rulebook, other: Rulebook, now: datetime
) -> list[ClockMove] | None:
    """What would move of a case; None if it is none here. Raises what `case_at` does."""
    filed = facts.complaint
    if not isinstance(filed, Filed) or filed.status == "voided":
        return None
    before = _running(case_at(facts, filed, current, now).clocks)
    after = _running(case_at(facts, filed, other, now).clocks)
    return list(_compared(filed.case_no, before, after, now))


def _running(clocks: tuple[Clock, ...]) -> Mapping[str, Clock]:
    return {clock.key: clock for clock in clocks if clock.halted_at is None}


def _compared(
    case_no: str, before: Mapping[str, Clock], after: Mapping[str, Clock], now: datetime
) -> Iterator[ClockMove]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old is not None and new is not None and _is_due_as(old, new):
            continue
        yield ClockMove(
            case_no,
            key,
            old.due_at if old is not None else None,
            new.due_at if new is not None else None,
            breaches=new is not None and new.broken(now) and not (old and old.broken(now)),
        )


def _is_due_as(old: Clock, new: Clock) -> bool:
    """Where both stand still, whether they were given the same."""
    return old.due_at == new.due_at and (old.due_at is not None or old.span == new.span)
