"""Whatever the order, repetition and time of surveys: the same complaints are filed."""

from hypothesis import strategies as some

from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.policy import FollowUpPolicy
from tests.invariants import DeciderInvariants
from tests.services.followup.given import DECIDER
from tests.services.followup.stories import END, START, moments
from tests.services.followup.stories_of_others import one_word_each, surveys


class TestInvariants(DeciderInvariants[FollowUpFacts, FollowUpPolicy]):
    decider = DECIDER
    stories = some.lists(surveys(), max_size=5).map(one_word_each)
    moments = moments
    start, end = START, END
    other_policy = FollowUpPolicy(complaint_at_most=None)
