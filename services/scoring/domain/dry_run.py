"""What other rules would make of a customer's score and grade. Pure."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from services.scoring.domain.decide import decide
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.rulebook import ScoringEdition, ScoringRulebook
from shared.contracts.http.policies import Compared, Difference
from shared.contracts.identifiers import dealer_of
from shared.contracts.scoring import Grade, ScoreChanged
from shared.policies.trial import Trial, last_applied_at, proposed

_RANK: dict[Grade, int] = {"general": 0, "potential": 1, "quality": 2}


def compare(
    facts: ScoringFacts, current: ScoringRulebook, other: ScoringRulebook, now: datetime
) -> Compared | None:
    """The grade and the score where they would be others; None for a customer without a score."""
    before, after = _score(facts, current, now), _score(facts, other, now)
    if before is None or after is None:
        return None
    return Compared(name=facts.customer_key, differences=tuple(_compared(before, after)))


TRIAL: Trial[ScoringFacts, ScoringRulebook] = Trial(
    propose=partial(proposed, ScoringEdition), applied_at=last_applied_at, compare=compare
)


def _score(facts: ScoringFacts, rulebook: ScoringRulebook, now: datetime) -> ScoreChanged | None:
    if not facts.customer_key:
        return None
    policy = rulebook.in_force(dealer_of(facts.customer_key), now).policy
    outputs = decide(facts, {}, policy, now).outputs
    contents = (output.content for output in outputs)
    return next((content for content in contents if isinstance(content, ScoreChanged)), None)


def _compared(before: ScoreChanged, after: ScoreChanged) -> Iterator[Difference]:
    if before.grade != after.grade:
        up = _RANK[after.grade] > _RANK[before.grade]
        yield _difference("grade", up=up, before=before.grade, after=after.grade)
    if before.score != after.score:
        up = after.score > before.score
        yield _difference("score", up=up, before=str(before.score), after=str(after.score))


def _difference(output: str, *, up: bool, before: str, after: str) -> Difference:
    effect = "up" if up else "down"
    return Difference(output=output, rule=output, effect=effect, before=before, after=after)
