"""What is known of a customer does not depend on the order, repetition or parts it is told in."""

from typing import Any

from hypothesis import given as always
from hypothesis import strategies as some

from services.followup.domain.decide import condense, decide
from services.followup.domain.facts import FollowUpFacts, join
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.envelope import Event
from shared.decider.digests import Horizon
from tests.services.followup.given import POLICY
from tests.services.followup.stories import moments, reports_of_cars, reports_of_people
from tests.services.followup.stories_of_others import one_word_each, reports_of_others

FEW = FollowUpPolicy(horizon=Horizon(documents=2))

told = some.lists(
    reports_of_others() | reports_of_others() | reports_of_cars() | reports_of_people(), max_size=14
).map(one_word_each)


@always(told, some.sampled_from([POLICY, FEW]), some.data())
def test_however_it_is_told(
    story: list[Event[Any]], policy: FollowUpPolicy, data: some.DataObject
) -> None:
    at_once = condense(join(FollowUpFacts(), story), policy)
    again = data.draw(some.lists(some.sampled_from(story), max_size=4)) if story else []
    shuffled = data.draw(some.permutations([*story, *again]))
    facts, done = FollowUpFacts(), 0
    while done < len(shuffled):
        part = data.draw(some.integers(1, 4))
        facts = join(facts, shuffled[done : done + part])
        if data.draw(some.booleans()):
            facts = condense(facts, policy)
        done += part
    facts = condense(facts, policy)
    assert facts.documents == at_once.documents
    assert facts.digests == at_once.digests
    assert facts.versions() == at_once.versions()


@always(told, moments)
def test_a_policy_that_looks_at_less_forgets_nothing(story: list[Event[Any]], now: Any) -> None:
    facts = condense(join(FollowUpFacts(), story), POLICY)
    back = condense(condense(facts, FEW), POLICY)
    assert back.documents == facts.documents
    assert decide(back, {}, POLICY, now).outputs == decide(facts, {}, POLICY, now).outputs
