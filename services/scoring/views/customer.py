"""One customer's score, and why. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from services.scoring.domain.course import ScoreCourse, course
from services.scoring.domain.decide import condense
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.reasons import Part, parts
from shared.contracts.http.scoring import (
    AnnouncedChange,
    AnnouncedRisk,
    CustomerScore,
    ExplainedReason,
    ReasonPart,
)
from shared.contracts.identifiers import dealer_of
from shared.contracts.outputs import Output
from shared.contracts.scoring import GradeChanged, Reason, RiskChanged, ScoreChanged
from shared.contracts.subjects import ABOUT_THE_SCORE
from shared.decider.snapshot import Snapshot

MaySee = Callable[[str], bool]
"""Whether who asks may see what is of this dealer."""


def customer_score(
    snapshot: Snapshot[ScoringFacts],
    policy: ScoringPolicy,
    now: datetime,
    *,
    may_see: MaySee,
) -> CustomerScore | None:
    """The score as of `now`; None where no document stands to the customer's name. What counts of a
    dealer whom who asks may not see is not named."""
    score = score_of(snapshot)
    if score is None:
        return None
    return CustomerScore(
        customer_key=snapshot.id,
        person=tuple(key for key in score.person if may_see(dealer_of(key))),
        grade=score.grade,
        score=score.score,
        value=score.value,
        loyalty=score.loyalty,
        forms=score.forms,
        risk=score.risk,
        next_visit=score.next_visit,
        reasons=_explained(score, course_of(snapshot, policy, now), may_see),
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


def without_unseen(reason: Reason, may_see: MaySee) -> Reason:
    """Documents of dealers whom who asks may not see are counted, and not named."""
    seen = tuple(each for each in reason.documents if may_see(dealer_of(each)))
    unseen = len(reason.documents) - len(seen)
    more = reason.more_documents + unseen
    return reason.model_copy(update={"documents": seen, "more_documents": more})


def _explained(
    score: ScoreChanged, way: ScoreCourse, may_see: MaySee
) -> tuple[ExplainedReason, ...]:
    by_rule = parts(way)
    return tuple(
        ExplainedReason(
            **dict(without_unseen(reason, may_see)),
            parts=tuple(_parts(by_rule.get(reason.rule, ()), may_see)),
        )
        for reason in score.reasons
    )


def _parts(found: Iterable[Part], may_see: MaySee) -> Iterator[ReasonPart]:
    """Those of documents that are not named are one, the last."""
    unnamed = list[int]()
    for part in found:
        if part.document_id is not None and may_see(dealer_of(part.document_id)):
            yield ReasonPart(document_id=part.document_id, points=part.points)
        else:
            unnamed.append(part.points)
    if unnamed:
        yield ReasonPart(document_id=None, points=sum(unnamed))


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
