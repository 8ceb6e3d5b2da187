"""One customer's score, and why. Pure."""

from datetime import datetime

from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.rulebook import ScoringRulebook
from services.scoring.views.shadow import shadow_score
from shared.contracts.http.scoring import AnnouncedChange, CustomerScore
from shared.contracts.scoring import GradeChanged, ScoreChanged
from shared.contracts.subjects import ABOUT_THE_SCORE
from shared.decider.snapshot import Snapshot


def customer_score(
    snapshot: Snapshot[ScoringFacts], rulebook: ScoringRulebook, now: datetime
) -> CustomerScore | None:
    """The score as of `now`, and what it would be by what is tried beside the dealer's rules; None
    where no document stands to the customer's name."""
    score = score_of(snapshot)
    if score is None:
        return None
    return CustomerScore(
        customer_key=snapshot.id,
        grade=score.grade,
        score=score.score,
        value=score.value,
        loyalty=score.loyalty,
        reasons=score.reasons,
        grade_changes=_grade_changes(snapshot),
        next_change_at=snapshot.decision.next_due,
        shadow=shadow_score(snapshot, rulebook, now),
        as_of=now,
    )


def score_of(snapshot: Snapshot[ScoringFacts]) -> ScoreChanged | None:
    """What was decided of the customer, if they have a score."""
    for output in snapshot.decision.outputs:
        if output.about == ABOUT_THE_SCORE and isinstance(output.content, ScoreChanged):
            return output.content
    return None


def _grade_changes(snapshot: Snapshot[ScoringFacts]) -> tuple[AnnouncedChange, ...]:
    contents = (output.content for output in snapshot.decision.outputs)
    return tuple(
        AnnouncedChange(before=change.before, after=change.after, changed_at=change.changed_at)
        for change in contents
        if isinstance(change, GradeChanged)
    )
