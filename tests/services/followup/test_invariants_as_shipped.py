"""What must always hold of all rules that ship, with all that the other services say."""

from dataclasses import replace

from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.policy import FollowUpPolicy
from tests.invariants import DeciderInvariantsOfLongStories
from tests.services.followup.given import DECIDER
from tests.services.followup.stories import END, START, moments
from tests.services.followup.stories_of_all import stories_of_all

SHIPPED = FollowUpPolicy()


class TestInvariants(DeciderInvariantsOfLongStories[FollowUpFacts, FollowUpPolicy]):
    decider = replace(DECIDER, policy=SHIPPED)
    stories = stories_of_all()
    moments = moments
    start, end = START, END
    other_policy = FollowUpPolicy(rules=SHIPPED.rules[3:], expires_days=9)
