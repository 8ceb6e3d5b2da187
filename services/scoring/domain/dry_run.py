"""What other rules would make of a customer's score, grade and risk. Pure."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from services.scoring.domain.decide import decide
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.ranks import GRADES, RISKS
from services.scoring.domain.rulebook import ScoringEdition, ScoringRulebook
from shared.contracts.http.policies import Compared, Difference, Level
from shared.contracts.identifiers import dealer_of
from shared.contracts.scoring import RiskStands, ScoreChanged
from shared.policies.trial import Trial, last_applied_at, proposed

_NO_RISK = "none"
"""Of who has no car here."""


def compare(
    facts: ScoringFacts, current: ScoringRulebook, other: ScoringRulebook, now: datetime
) -> Compared | None:
    """Grade, score, risk and the points of each rule where they would be others; None for a
    customer without a score."""
    if not facts.customer_key:
        return None
    in_force, would_be = (
        rulebook.in_force(dealer_of(facts.customer_key), now).policy
        for rulebook in (current, other)
    )
    return between(facts, in_force, would_be, now)


def between(
    facts: ScoringFacts, policy: ScoringPolicy, other: ScoringPolicy, now: datetime
) -> Compared | None:
    """The same, of two policies."""
    before, after = scored(facts, policy, now), scored(facts, other, now)
    if before is None or after is None:
        return None
    return Compared(
        name=before.customer_key,
        differences=tuple(_differences(before, after)),
        points=(before.score, after.score),
        levels=(
            Level(output="grade", before=before.grade, after=after.grade),
            Level(output="risk", before=_risk(before), after=_risk(after)),
        ),
    )


TRIAL: Trial[ScoringFacts, ScoringRulebook] = Trial(
    propose=partial(proposed, ScoringEdition), applied_at=last_applied_at, compare=compare
)


def scored(facts: ScoringFacts, policy: ScoringPolicy, now: datetime) -> ScoreChanged | None:
    """The score by this policy; None without a document to the customer's name."""
    contents = (output.content for output in decide(facts, {}, policy, now).outputs)
    return next((content for content in contents if isinstance(content, ScoreChanged)), None)


def _risk(score: ScoreChanged) -> str:
    return score.risk.risk if score.risk is not None else _NO_RISK


def _differences(before: ScoreChanged, after: ScoreChanged) -> Iterator[Difference]:
    if before.grade != after.grade:
        up = GRADES[after.grade] > GRADES[before.grade]
        yield _moved("grade", "up" if up else "down", before.grade, after.grade)
    if before.score != after.score:
        up = after.score > before.score
        yield _points("score", "up" if up else "down", before.score, after.score)
    old, new = _risk(before), _risk(after)
    if old != new:
        yield _moved("risk", _course(before.risk, after.risk), old, new)
    had_of, has_of = _by_rule(before), _by_rule(after)
    for rule in dict.fromkeys([*had_of, *has_of]):
        had, has = had_of[rule], has_of[rule]
        if had != has:
            yield _points(rule, "won" if has > had else "lost", had, has)


def _by_rule(score: ScoreChanged) -> Counter[str]:
    points = Counter[str]()
    for reason in score.reasons:
        points[reason.rule] += reason.points
    return points


def _course(old: RiskStands | None, new: RiskStands | None) -> str:
    """Whether they are farther from being lost, or nearer."""
    if old is None or new is None:
        return "changes"
    return "better" if RISKS[new.risk] < RISKS[old.risk] else "worse"


def _moved(output: str, effect: str, before: str, after: str) -> Difference:
    return Difference(output=output, rule=output, effect=effect, before=before, after=after)


def _points(output: str, effect: str, before: int, after: int) -> Difference:
    moved = _moved(output, effect, str(before), str(after))
    return moved.model_copy(update={"by": after - before})
