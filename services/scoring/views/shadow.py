"""A customer as other rules, tried beside the dealer's, would score them. Pure."""

from datetime import datetime

from services.scoring.domain.dry_run import scored
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.rulebook import ScoringRulebook
from services.scoring.views.customer import MaySee, without_unseen
from shared.contracts.http.scoring_shadow import ShadowScore
from shared.decider.snapshot import Snapshot


def shadow_score(
    snapshot: Snapshot[ScoringFacts],
    rulebook: ScoringRulebook,
    now: datetime,
    *,
    may_see: MaySee,
) -> ShadowScore | None:
    """As of `now`; None where nothing is tried, or no document stands to the customer's name."""
    shadow = rulebook.shadow(snapshot.dealer_id)
    score = scored(snapshot.facts, shadow.policy, now) if shadow is not None else None
    if shadow is None or score is None:
        return None
    return ShadowScore(
        version=shadow.version,
        grade=score.grade,
        score=score.score,
        value=score.value,
        loyalty=score.loyalty,
        risk=score.risk,
        next_visit=score.next_visit,
        reasons=tuple(without_unseen(each, may_see) for each in score.reasons),
    )
