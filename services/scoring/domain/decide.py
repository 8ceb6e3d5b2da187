"""Scoring's decision: the score with its reasons, and the changes of grade and risk that led to
today."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

from services.scoring.domain import grade_words
from services.scoring.domain.course import GradeChange, ScoreCourse, course
from services.scoring.domain.facts import DIGESTING, ScoringFacts
from services.scoring.domain.forecast import next_visit
from services.scoring.domain.linked import telling
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.reasons import forms, reasons
from services.scoring.domain.received import HISTORY_AFTER
from services.scoring.domain.risk import RiskChange, next_visit_from
from services.scoring.domain.risk_words import risk_stands, words_of_change
from shared.contracts.identifiers import dealer_of
from shared.contracts.made import made
from shared.contracts.outputs import Output
from shared.contracts.scoring import (
    MOST_GRADES_BEFORE,
    GradeBefore,
    GradeChanged,
    RiskChanged,
    ScoreChanged,
)
from shared.contracts.subjects import ABOUT_THE_SCORE, GradeSubject, RiskSubject, change_subject
from shared.contracts.values import to_milliseconds
from shared.decider.decision import Announced, Announcement, AnyOutput, Decision, State


def condense(facts: ScoringFacts, policy: ScoringPolicy) -> ScoringFacts:
    """What `decide` looks at; the rest is set aside."""
    return DIGESTING.condense(facts, policy.looked_at)


def decide(
    facts: ScoringFacts, announced: Announced, policy: ScoringPolicy, now: datetime
) -> Decision:
    """The score of this customer now, and every change of grade or risk still remembered.

    Depends on facts, policy and `now` alone. A customer without documents has no score. Where there
    are more documents of a kind than are looked at, changes up to `history_until` are history.
    """
    facts = condense(facts, policy)
    to_members = tuple(telling(facts.documents, facts.customer_key, facts.linked.members))
    if not facts.scored:
        return Decision(to_members)
    facts = facts.as_a_person()
    way = course(facts.documents, policy, now)
    score = State(ABOUT_THE_SCORE, _score(facts, way, policy))
    history_until = facts.history_until
    announcements: list[Announcement] = [
        _announcement(change, announced, facts, way, policy)
        for change in _told(facts, way, policy)
        if history_until is None or change.at > history_until
    ]
    outputs: tuple[AnyOutput, ...] = (score, *to_members, *announcements)
    if history_until is None:
        return Decision(outputs, way.next_due)
    return Decision(outputs, way.next_due, is_history=_is_by(history_until))


def _is_by(moment: datetime) -> Callable[[str], bool]:
    """Whether a change with that name happened by then."""
    last = to_milliseconds(moment)

    def is_by(about: str) -> bool:
        try:
            return change_subject(about).at <= last
        except ValueError:  # what another customer was told
            return False

    return is_by


def _score(facts: ScoringFacts, way: ScoreCourse, policy: ScoringPolicy) -> ScoreChanged:
    tally, told, stands = way.tally, reasons(way, policy), way.risk.stands
    return made(
        ScoreChanged,
        customer_key=facts.customer_key,
        dealer_id=dealer_of(facts.customer_key),
        score=tally.value + tally.loyalty,
        value=tally.value,
        loyalty=tally.loyalty,
        grade=tally.grade,
        grades_before=tuple(
            made(GradeBefore, grade=change.before, until=change.at)
            for change in way.changes[-MOST_GRADES_BEFORE:]
        ),
        reasons=told,
        forms=dict(forms(told)),
        risk=risk_stands(way.risk),
        next_visit=next_visit(next_visit_from(stands.ground, policy)) if stands else None,
        person=facts.linked.members,
    )


def _told(
    facts: ScoringFacts, way: ScoreCourse, policy: ScoringPolicy
) -> Iterator[GradeChange | RiskChange]:
    """The changes that are remembered still, and were no history when they became known.

    A change is told if it followed from what had been received within seven days of it. Else it is
    history and alarms nobody. More facts that arrive later can disprove a change that was known in
    time, but cannot make it history.
    """
    forgotten_at = way.until - timedelta(days=policy.remember_changes_days)
    remembered = [change for change in way.every_change if change.at > forgotten_at]
    late = facts.late_receipts() if remembered else []
    as_received: dict[int, set[_Named]] = {}
    for change in remembered:
        in_time = change.at + HISTORY_AFTER
        received = bisect_right(late, in_time)
        if received == len(late):
            yield change
            continue
        if received not in as_received:
            known = facts.received_by(in_time)
            then = course(known, policy, way.until) if known else None
            changes = then.every_change if then is not None else []
            as_received[received] = {_named(each) for each in changes}
        if _named(change) in as_received[received]:
            yield change


_Named: TypeAlias = tuple[type[GradeChange | RiskChange], datetime, str, str]


def _named(change: GradeChange | RiskChange) -> _Named:
    """Tells as much as `about`, for less."""
    return type(change), change.at, change.before, change.after


def about(change: GradeChange | RiskChange) -> str:
    """Names a change by what it says: another grade at the same instant is another change."""
    subject = GradeSubject if isinstance(change, GradeChange) else RiskSubject
    return str(subject(change.at, change.before, change.after))


def _announcement(
    change: GradeChange | RiskChange,
    announced: Announced,
    facts: ScoringFacts,
    way: ScoreCourse,
    policy: ScoringPolicy,
) -> Announcement:
    """Its content is left out where it is out already: it stands as it was first said."""
    name, forget_at = about(change), change.at + timedelta(days=policy.remember_changes_days)
    said = None if name in announced else _content(change, facts, way, policy)
    return Announcement(name, said, forget_at)


def _content(
    change: GradeChange | RiskChange, facts: ScoringFacts, way: ScoreCourse, policy: ScoringPolicy
) -> Output:
    key = facts.customer_key
    if isinstance(change, RiskChange):
        return RiskChanged(
            customer_key=key,
            dealer_id=dealer_of(key),
            before=change.before,
            after=change.after,
            changed_at=change.at,
            words=words_of_change(change),
        )
    return GradeChanged(
        customer_key=key,
        dealer_id=dealer_of(key),
        before=change.before,
        after=change.after,
        changed_at=change.at,
        score=change.score,
        words=grade_words.words_of_change(change, way, facts.documents, policy),
    )
