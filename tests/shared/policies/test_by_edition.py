"""A service that decides by editions says of its facts what the edition in force says of them,
however they were set aside before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.scoring.app import decider
from services.scoring.domain.decide import condense, decide
from services.scoring.domain.facts import ScoringFacts, join
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rulebook import ScoringEdition, ScoringRulebook
from services.scoring.settings import ScoringSettings
from shared.decider.decision import earliest
from shared.decider.digests import Horizon
from shared.decider.summary import Summaries, Summary
from shared.policies.by_edition import by_edition
from tests.services.scoring.given import DEALER, day, visit

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WIDE, NARROW = (ScoringPolicy(horizon=Horizon(documents=number)) for number in (50, 3))
OTHER_POINTS = ScoringPolicy(value_is_high_from=10, horizon=Horizon(documents=7))
VISITS = [visit(f"2026-{month:02}-05", f"R{month}") for month in range(1, 11)]
FACTS = join(ScoringFacts(), VISITS)


def rulebook(*policies: ScoringPolicy) -> ScoringRulebook:
    """The first ships; the others are applied an hour apart, the second of all in an hour."""
    editions = tuple(
        ScoringEdition(applied_at=NOW + HOUR * number, policy=policy)
        for number, policy in enumerate(policies[1:], start=1)
    )
    return ScoringRulebook(shipped=ScoringEdition(policy=policies[0]), editions={DEALER: editions})


@pytest.mark.parametrize(
    "policies",
    [
        (WIDE, NARROW),
        (NARROW, WIDE),
        (NARROW, OTHER_POINTS, WIDE),
        (WIDE, OTHER_POINTS, NARROW),
        (WIDE,),
    ],
)
@pytest.mark.parametrize("hours", [0, 1, 2, 3])
def test_it_says_what_the_edition_in_force_says(
    policies: tuple[ScoringPolicy, ...], hours: int
) -> None:
    service = by_edition(decider(ScoringSettings()), rulebook(*policies))
    now = NOW + HOUR * hours
    in_force = policies[min(hours, len(policies) - 1)]
    expected = decide(FACTS, {}, in_force, now)
    condensed = service.condense(FACTS, service.policy)
    for facts in (FACTS, condensed, condense(FACTS, WIDE), condense(FACTS, NARROW)):
        found = service.decide(facts, {}, service.policy, now)
        assert found.outputs == expected.outputs
        coming = now + HOUR if hours < len(policies) - 1 else None
        assert found.next_due == earliest((expected.next_due, coming))
    assert service.condense(condensed, service.policy) is condensed


def test_lists_and_totals_are_by_the_edition_in_force() -> None:
    def summarize(facts: ScoringFacts, policy: ScoringPolicy, now: datetime) -> Summary:
        return Summary(ranks={"kept": policy.horizon.documents}, line={}, counts={})

    summaries = Summaries(lists=("kept",), summarize=summarize)
    of_one = replace(decider(ScoringSettings()), summaries=summaries)
    service = by_edition(of_one, rulebook(WIDE, NARROW))
    assert service.summaries is not None
    assert service.summaries.lists == ("kept",)
    found = [
        service.summaries.summarize(FACTS, service.policy, NOW + HOUR * hours) for hours in (0, 1)
    ]
    assert [one and one.ranks["kept"] for one in found] == [50, 3]
    assert by_edition(replace(of_one, summaries=None), rulebook(WIDE)).summaries is None


def test_who_has_no_documents_yet_is_decided_by_what_ships() -> None:
    service = by_edition(decider(ScoringSettings()), rulebook(WIDE, NARROW))
    empty = ScoringFacts()
    assert service.condense(empty, service.policy) == condense(empty, WIDE)
    assert service.decide(empty, {}, service.policy, day("2026-01-01")).outputs == ()
