"""How a customer's points, and with them the grade, went through time. Pure, and in event time.

The grade depends on the way it was reached (hysteresis), so the instants at which points come and
fade are walked in event time, from the first on: nothing is remembered from earlier walks, and
history that arrives late is as if it had always been known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from services.scoring.domain.awards import Points
from services.scoring.domain.documents import Known
from services.scoring.domain.history import history
from services.scoring.domain.points import points_of
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.risk import RiskChange, RiskCourse, risk_course
from shared.contracts.scoring import Grade
from shared.decider.decision import earliest


class ScoreMoment(NamedTuple):
    """How a customer stood from this instant on, until the next moment."""

    at: datetime
    value: int
    loyalty: int
    grade: Grade

    @property
    def score(self) -> int:
        return self.value + self.loyalty


class GradeChange(NamedTuple):
    """From one grade to another; the first grade is not a change."""

    at: datetime
    before: Grade
    after: Grade
    value: int
    loyalty: int

    @property
    def score(self) -> int:
        return self.value + self.loyalty


@dataclass(slots=True)
class Tally:
    """Where a walk has arrived."""

    counted: dict[str, int]
    """Rule -> points, whatever its limits."""
    counts: dict[str, int]
    """Rule -> how many things give those points."""
    given: dict[str, int]
    """Rule -> points, within its limits."""
    value: int = 0
    loyalty: int = 0
    value_is_high: bool = False
    loyalty_is_high: bool = False

    def arrive(self, value: int, loyalty: int, policy: ScoringPolicy) -> None:
        """At so many points; an axis that is high stays so within the margin."""
        self.value, self.loyalty = value, loyalty
        stays = policy.margin if self.value_is_high else 0
        self.value_is_high = value >= policy.value_is_high_from - stays
        stays = policy.margin if self.loyalty_is_high else 0
        self.loyalty_is_high = loyalty >= policy.loyalty_is_high_from - stays

    @property
    def grade(self) -> Grade:
        return _BY_HIGH_AXES[self.value_is_high + self.loyalty_is_high]


_BY_HIGH_AXES: tuple[Grade, ...] = ("general", "potential", "quality")


@dataclass(slots=True)
class ScoreCourse:
    """A customer's way up to an instant."""

    until: datetime
    """That instant, which is part of the way."""
    points: Sequence[Points]
    """All that they ever got, or will get if nothing more happens."""
    tally: Tally
    """How they stand at the end."""
    changes: list[GradeChange] = field(default_factory=list)
    next_change_at: datetime | None = None
    """When points change next if nothing happens."""
    risk: RiskCourse = field(default_factory=RiskCourse)
    """Empty in what `walk` returns. Its changes are those of which none is forgotten yet; all, with
    all moments."""
    moments: list[ScoreMoment] = field(default_factory=list)
    """Every instant at which points changed, in order; empty unless they were asked for."""

    @property
    def next_due(self) -> datetime | None:
        """When anything changes next if nothing happens."""
        return earliest((self.next_change_at, self.risk.next_change_at))

    @property
    def every_change(self) -> list[GradeChange | RiskChange]:
        """Those of grade, then those of risk."""
        return [*self.changes, *self.risk.changes]

    @property
    def counting(self) -> list[Points]:
        """Those that count at the end."""
        return [each for each in self.points if each.since <= self.until < each.until]


def course(
    documents: Mapping[str, Known],
    policy: ScoringPolicy,
    until: datetime,
    *,
    in_full: bool = False,
) -> ScoreCourse:
    """The way that follows from the documents; with all its moments where `in_full`."""
    known = history(documents)
    way = walk(points_of(known, policy), policy, until, in_full=in_full)
    since = None if in_full else until - timedelta(days=policy.remember_changes_days)
    way.risk = risk_course(known, policy, until, since=since)
    return way


def walk(
    given: Sequence[Points], policy: ScoringPolicy, until: datetime, *, in_full: bool = False
) -> ScoreCourse:
    """Through all changes of points up to `until`, that instant included."""
    nothing = dict.fromkeys(policy.by_name, 0)
    tally = Tally(dict(nothing), dict(nothing), nothing)
    way = ScoreCourse(until, given, tally)
    changes, way.next_change_at = _changes(given, until)
    counted, counts, within = tally.counted, tally.counts, tally.given
    number, limits, value, loyalty = len(changes), policy.limits, 0, 0
    before: Grade | None = None
    for position, (at, name, amount, count) in enumerate(changes, start=1):
        is_value, least, most = limits[name]
        after = counted[name] = counted[name] + amount
        counts[name] += count
        gives = least if after < least else most if after > most else after
        if is_value:
            value += gives - within[name]
        else:
            loyalty += gives - within[name]
        within[name] = gives
        if position < number and changes[position][0] == at:
            continue
        tally.arrive(value, loyalty, policy)
        grade = tally.grade
        if before is not None and grade != before:
            way.changes.append(GradeChange(at, before, grade, value, loyalty))
        if in_full:
            way.moments.append(ScoreMoment(at, value, loyalty, grade))
        before = grade
    return way


_Change: TypeAlias = tuple[datetime, str, int, int]
"""When which rule gets how many points more, for how many things more."""


def _changes(given: Sequence[Points], until: datetime) -> tuple[list[_Change], datetime | None]:
    """All up to `until`, in order, and when the next one is."""
    changes: list[_Change] = []
    upcoming: list[datetime] = []
    for since, last, rule, amount, _, _ in given:
        if since > until:
            upcoming.append(since)
            continue
        changes.append((since, rule, amount, 1))
        if last > until:
            upcoming.append(last)
        else:
            changes.append((last, rule, -amount, -1))
    changes.sort(key=itemgetter(0))
    return changes, min(upcoming, default=None)
