"""One customer's score, and why. Pure."""

from collections.abc import Iterator
from datetime import datetime

from services.scoring.domain.course import ScoreCourse, course
from services.scoring.domain.decide import condense
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.reasons import parts
from shared.contracts.http.scoring import (
    AnnouncedChange,
    AnnouncedRisk,
    CustomerScore,
    ExplainedReason,
    ReasonPart,
)
from shared.contracts.outputs import Output
from shared.contracts.scoring import GradeChanged, RiskChanged, ScoreChanged
from shared.contracts.subjects import ABOUT_THE_SCORE
from shared.decider.snapshot import Snapshot


def customer_score(
    snapshot: Snapshot[ScoringFacts], policy: ScoringPolicy, now: datetime
) -> CustomerScore | None:
    """The score as of `now`; None where no document stands to the customer's name."""
    score = score_of(snapshot)
    if score is None:
        return None
    return CustomerScore(
        customer_key=snapshot.id,
        person=score.person,
        grade=score.grade,
        score=score.score,
        value=score.value,
        loyalty=score.loyalty,
        forms=score.forms,
        risk=score.risk,
        next_visit=score.next_visit,
        reasons=_explained(score, course_of(snapshot, policy, now)),
        grade_changes=tuple(_grade_changes(snapshot)),
        risk_changes=tuple(_risk_changes(snapshot)),
        next_change_at=snapshot.decision.next_due,
        as_of=now,
    )


def score_of(snapshot: Snapshot[ScoringFacts]) -> ScoreChanged | None:
    """What was decided of the customer, if they have a score."""
    for output in snapshot.decision.outputs:
        if output.about == ABOUT_THE_SCORE and isinstance(output.content, ScoreChanged):
            return output.content
    return None


def course_of(
    snapshot: Snapshot[ScoringFacts], policy: ScoringPolicy, now: datetime
) -> ScoreCourse:
    """The customer's way up to now, with all its moments."""
    facts = condense(snapshot.facts, policy).as_a_person()
    return course(facts.documents, policy, now, in_full=True)


def _explained(score: ScoreChanged, way: ScoreCourse) -> tuple[ExplainedReason, ...]:
    by_rule = parts(way)
    return tuple(
        ExplainedReason(
            **dict(reason),
            parts=tuple(
                ReasonPart(document_id=part.document_id, points=part.points)
                for part in by_rule.get(reason.rule, ())
            ),
        )
        for reason in score.reasons
    )


def _grade_changes(snapshot: Snapshot[ScoringFacts]) -> Iterator[AnnouncedChange]:
    for change in _contents(snapshot):
        if isinstance(change, GradeChanged):
            yield AnnouncedChange(
                before=change.before,
                after=change.after,
                changed_at=change.changed_at,
                words=change.words,
            )


def _risk_changes(snapshot: Snapshot[ScoringFacts]) -> Iterator[AnnouncedRisk]:
    for change in _contents(snapshot):
        if isinstance(change, RiskChanged):
            yield AnnouncedRisk(
                before=change.before,
                after=change.after,
                changed_at=change.changed_at,
                words=change.words,
            )


def _contents(snapshot: Snapshot[ScoringFacts]) -> Iterator[Output | None]:
    return (output.content for output in snapshot.decision.outputs)
