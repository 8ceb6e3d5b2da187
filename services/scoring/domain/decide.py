"""Scoring's decision: the score with its reasons, and the grade changes that led to today."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from services.scoring.domain.course import Course, GradeChange, course
from services.scoring.domain.facts import DIGESTING, ScoringFacts
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.reasons import reasons
from services.scoring.domain.received import HISTORY_AFTER
from shared.contracts.identifiers import dealer_of
from shared.contracts.scoring import GradeChanged, ScoreChanged
from shared.contracts.subjects import ABOUT_THE_SCORE, GradeSubject
from shared.contracts.values import to_milliseconds
from shared.decider.decision import Announced, Announcement, Decision, State


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
    way = course(facts.documents, policy, now)
    score = State(ABOUT_THE_SCORE, _score(facts.customer_key, way, policy))
    history_until = facts.history_until
    changes = way.changes
    if history_until is None:
        announcements = _announcements(facts, changes, policy, now)
        return Decision((score, *announcements), next_due=way.next_change_at)
    changes = [change for change in changes if change.at > history_until]
    announcements = _announcements(facts, changes, policy, now)
    return Decision((score, *announcements), way.next_change_at, is_history=_is_by(history_until))


def _is_by(moment: datetime) -> Callable[[str], bool]:
    """Whether a change with that name happened by then."""
    last = to_milliseconds(moment)
    return lambda about: GradeSubject.parse(about).at <= last


def _score(customer_key: str, way: Course, policy: ScoringPolicy) -> ScoreChanged:
    tally = way.tally
    return ScoreChanged(
        customer_key=customer_key,
        dealer_id=dealer_of(customer_key),
        score=tally.value + tally.loyalty,
        value=tally.value,
        loyalty=tally.loyalty,
        grade=tally.grade,
        reasons=reasons(way, policy),
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
            as_received[received] = course(known, policy, now).changes if known else ()
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
