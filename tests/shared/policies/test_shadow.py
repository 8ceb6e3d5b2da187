"""What is tried beside a dealer's rules: counted exactly, of whichever customers, by whatever
rules."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.scoring.app import service
from services.scoring.domain.decide import condense
from services.scoring.domain.dry_run import between, scored
from services.scoring.domain.facts import ScoringFacts, join
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rulebook import ScoringEdition
from services.scoring.settings import ScoringSettings
from shared.contracts.envelope import Event
from shared.decider.digests import Horizon
from shared.decider.summary import Summary
from shared.policies.shadow import DIFFERING, MOST_POINTS, compared_in, period_of, tried_in
from shared.testing.summaries import totals_of
from tests.services.scoring.given import DEALER, day, visit
from tests.services.scoring.stories import END, START, stories

SHIPPED = ScoringPolicy()
moments = some.integers(0, (END - START).days).map(lambda days: START + timedelta(days=days))


def changed(**figures: Any) -> ScoringPolicy:
    """What ships, with other figures of one rule, or of the policy."""
    content = SHIPPED.model_dump()
    for name, value in figures.items():
        if name in content["rules"]:
            content["rules"][name] |= value
        else:
            content[name] = value
    return ScoringPolicy.model_validate(content)


POLICIES = (
    changed(recent_visit={"points": 3}, regular_visits={"at_most": 40}),
    changed(vehicle_bought={"points": 900, "at_most": 1000}),
    changed(complaints={"points": -90, "at_least": -900}, margin=0),
    changed(value_is_high_from=1, loyalty_is_high_from=1),
)


def known(events: Sequence[Event[Any]], name: str) -> ScoringFacts:
    facts = join(ScoringFacts(), events)
    return facts.model_copy(update={"customer_key": f"{DEALER}/cdk/{name}"})


@given(
    customers=some.lists(stories(), min_size=1, max_size=4),
    policy=some.sampled_from(POLICIES),
    now=moments,
)
def test_totals_and_lines_say_what_comparing_everybody_says(
    customers: list[Sequence[Event[Any]]], policy: ScoringPolicy, now: Any
) -> None:
    scoring = service(ScoringSettings())
    tried = ScoringEdition(policy=policy)
    scoring.policy = scoring.policy.with_shadows({DEALER: tried})
    facts = [known(story, f"C{number}") for number, story in enumerate(customers)]
    assert scoring.summaries is not None
    found = [scoring.summaries.summarize(each, scoring.policy, now) for each in facts]
    summaries = [each for each in found if each is not None]
    compared = [between(each, SHIPPED, policy, now) for each in facts]
    judged = [each for each in compared if each is not None]

    totals = tried_in(totals_of(summaries), tried.version)
    assert (totals.judged, totals.unreadable) == (len(judged), 0)
    assert totals.changed == sum(bool(each.differences) for each in judged)
    levels = Counter(level for each in judged for level in each.levels)
    assert {(each.output, each.before, each.after): each.number for each in totals.levels} == {
        (each.output, each.before, each.after): number for each, number in levels.items()
    }
    by = Counter(max(-MOST_POINTS, min(MOST_POINTS, each.by)) for each in judged if each.by)
    assert {each.by: each.number for each in totals.by} == by
    assert sum(each.points for each in totals.effects if each.rule == "score") == sum(
        each.by for each in judged
    )
    lines = [compared_in(summary.line, tried.version) for summary in summaries]
    assert [each for each in lines if each is not None] == [
        each for each in judged if each.differences
    ]
    assert {DIFFERING in summary.ranks for summary in summaries} <= {
        each is not None for each in lines
    }


@pytest.mark.parametrize("documents", [2, 200])
def test_what_the_rules_in_force_set_aside_a_shadow_may_look_at(documents: int) -> None:
    """However much of a customer is looked at by either."""
    narrow = changed(horizon={"days": 3653, "documents": documents})
    wide = changed(horizon={"days": 3653, "documents": 20}, regular_visits={"at_most": 900})
    visits = [visit(f"2025-{month:02}-05", f"R{month}") for month in range(1, 11)]
    facts, now = join(ScoringFacts(), visits), day("2025-11-01")
    seen = scored(condense(facts, narrow), wide, now)
    assert seen is not None
    assert seen == scored(facts, wide, now)
    assert narrow.horizon == Horizon(days=3653, documents=documents)


def test_where_nothing_is_tried_nothing_is_counted() -> None:
    scoring = service(ScoringSettings())
    assert scoring.summaries is not None
    facts = known([visit("2025-01-05")], "C1")
    summary = scoring.summaries.summarize(facts, scoring.policy, day("2025-02-01"))
    assert isinstance(summary, Summary)
    assert summary.apart == {}
    assert DIFFERING not in summary.line
    assert tried_in(totals_of([summary]), "any").judged == 0
    assert period_of("any") not in totals_of([summary])
