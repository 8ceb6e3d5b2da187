"""Scoring's decision: the score with its reasons, and the grade changes that led to today.

The grade depends on the way it was reached (hysteresis), so the change points of the facts
are walked in event time, from the first to the present: nothing is remembered from earlier
decisions, and history that arrives late is as if it had always been known.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from services.scoring.domain.awards import Points
from services.scoring.domain.facts import DIGESTING, HISTORY_AFTER, ScoringFacts
from services.scoring.domain.points import points
from services.scoring.domain.policy import ScoringPolicy
from shared.contracts.identifiers import dealer_of
from shared.contracts.scoring import Grade, GradeChanged, Reason, ScoreChanged
from shared.contracts.subjects import ABOUT_THE_SCORE, GradeSubject
from shared.contracts.values import to_milliseconds
from shared.decider.decision import Announced, Announcement, Decision, State


class GradeChange(NamedTuple):
    """From one grade to another; the first grade is not a change."""

    at: datetime
    before: Grade
    after: Grade
    score: int


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
    changes: list[GradeChange] = field(default_factory=list)
    next_change_at: datetime | None = None
    """When points change next if nothing happens."""

    @property
    def grade(self) -> Grade:
        if self.value_is_high and self.loyalty_is_high:
            return "quality"
        return "potential" if self.value_is_high or self.loyalty_is_high else "general"


def condense(facts: ScoringFacts, policy: ScoringPolicy) -> ScoringFacts:
    """What `decide` looks at; the rest is set aside."""
    return DIGESTING.condense(facts, policy.looked_at)


def decide(
    facts: ScoringFacts, announced: Announced, policy: ScoringPolicy, now: datetime
) -> Decision:
    """The score of this customer now, and every grade change that is still remembered.

    Depends on facts, policy and `now` alone. A customer without documents has no score. Where there
    are more documents of a kind than are looked at, changes up to `history_until` are history.
    """
    facts = condense(facts, policy)
    if not facts.scored:
        return Decision()
    tally = walk(points(facts.documents, policy), policy, now)
    score = State(ABOUT_THE_SCORE, _score(facts.customer_key, tally, policy))
    history_until = facts.history_until
    changes = tally.changes
    if history_until is None:
        announcements = _announcements(facts, changes, policy, now)
        return Decision((score, *announcements), next_due=tally.next_change_at)
    changes = [change for change in changes if change.at > history_until]
    announcements = _announcements(facts, changes, policy, now)
    return Decision((score, *announcements), tally.next_change_at, is_history=_is_by(history_until))


def _is_by(moment: datetime) -> Callable[[str], bool]:
    """Whether a change with that name happened by then."""
    last = to_milliseconds(moment)
    return lambda about: GradeSubject.parse(about).at <= last


def walk(given: Iterable[Points], policy: ScoringPolicy, until: datetime) -> Tally:
    """Through all changes of points up to `until`, that instant included."""
    nothing = dict.fromkeys(policy.by_name, 0)
    tally = Tally(dict(nothing), dict(nothing), nothing)
    changes: list[tuple[datetime, str, int, int]] = []
    for since, last, rule, amount in given:
        changes.append((since, rule, amount, 1))
        changes.append((last, rule, -amount, -1))
    changes.sort(key=itemgetter(0))
    before: Grade | None = None
    for at, together in groupby(changes, key=itemgetter(0)):
        if at > until:
            tally.next_change_at = at
            break
        _take_in(tally, together, policy)
        after = tally.grade
        if before is not None and after != before:
            score = tally.value + tally.loyalty
            tally.changes.append(GradeChange(at, before, after, score))
        before = after
    return tally


def _take_in(
    tally: Tally, together: Iterable[tuple[datetime, str, int, int]], policy: ScoringPolicy
) -> None:
    """Take in what changes at one instant, then see which axes are high."""
    counted, counts, given = tally.counted, tally.counts, tally.given
    by_name = policy.by_name
    for _, name, amount, count in together:
        rule = by_name[name]
        after = counted[name] = counted[name] + amount
        counts[name] += count
        before = given[name]
        given[name] = rule.within_limits(after)
        gained = given[name] - before
        if rule.axis == "value":
            tally.value += gained
        else:
            tally.loyalty += gained
    stays = policy.margin if tally.value_is_high else 0
    tally.value_is_high = tally.value >= policy.value_is_high_from - stays
    stays = policy.margin if tally.loyalty_is_high else 0
    tally.loyalty_is_high = tally.loyalty >= policy.loyalty_is_high_from - stays


def _score(customer_key: str, tally: Tally, policy: ScoringPolicy) -> ScoreChanged:
    reasons = tuple(
        Reason(
            axis=rule.axis,
            rule=name,
            points=tally.given[name],
            count=tally.counts[name],
        )
        for name, rule in policy.by_name.items()
        if tally.counts[name]
    )
    return ScoreChanged(
        customer_key=customer_key,
        dealer_id=dealer_of(customer_key),
        score=tally.value + tally.loyalty,
        value=tally.value,
        loyalty=tally.loyalty,
        grade=tally.grade,
        reasons=reasons,
    )


def _announcements(
    facts: ScoringFacts, changes: Iterable[GradeChange], policy: ScoringPolicy, now: datetime
) -> list[Announcement]:
    remembered = timedelta(days=policy.remember_changes_days)
    late = facts.late_receipts()
    as_received: dict[int, Collection[GradeChange]] = {}
    announcements = []
    for change in changes:
        forget_at = change.at + remembered
        if now >= forget_at:
            continue
        in_time = change.at + HISTORY_AFTER
        received = bisect_right(late, in_time)
        if received < len(late) and received not in as_received:
            known = facts.received_by(in_time)
            walked = walk(points(known, policy), policy, now) if known else None
            as_received[received] = walked.changes if walked else ()
        if _is_announced(change, as_received.get(received)):
            content = GradeChanged(
                customer_key=facts.customer_key,
                dealer_id=dealer_of(facts.customer_key),
                before=change.before,
                after=change.after,
                changed_at=change.at,
                score=change.score,
            )
            announcements.append(Announcement(about(change), content, forget_at))
    return announcements


def about(change: GradeChange) -> str:
    """Names a change by what it says: another grade at the same instant is another change."""
    return str(GradeSubject(change.at, change.before, change.after))


def _is_announced(change: GradeChange, in_time: Collection[GradeChange] | None) -> bool:
    """Whether the change followed from what had been received within seven days of it: it is
    among the changes that followed from that; None where all had been received by then.

    Else it is history and alarms nobody. More facts that arrive later can disprove a change
    that was known in time, but cannot make it history.
    """
    return in_time is None or any(
        known.at == change.at and about(known) == about(change) for known in in_time
    )
