"""What must always hold of all rules that ship, with all that the other services say."""

from dataclasses import replace

from hypothesis import given as always
from hypothesis import strategies as some

from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.policy import FollowUpPolicy
from tests.examples import few
from tests.invariants import DeciderInvariants, decisions, telling
from tests.invariants.decisions import known
from tests.services.followup.given import DECIDER
from tests.services.followup.stories import END, START, moments
from tests.services.followup.stories_of_all import stories_of_all

SHIPPED = FollowUpPolicy()


class TestInvariants(DeciderInvariants[FollowUpFacts, FollowUpPolicy]):
    decider = replace(DECIDER, policy=SHIPPED)
    stories = stories_of_all()
    moments = moments
    start, end = START, END
    other_policy = FollowUpPolicy(rules=SHIPPED.rules[3:], expires_days=9)

    @few
    @always(some.data())
    def test_being_woken_when_due_leads_where_sleeping_through_leads(
        self, data: some.DataObject
    ) -> None:
        decider, story = self._drawn(data)
        decisions.being_woken_when_due_leads_where_sleeping_through_leads(
            decider, known(decider, story), self.start, self.end
        )

    @few
    @always(some.data())
    def test_an_outage_leads_where_none_leads(self, data: some.DataObject) -> None:
        decider, story = self._drawn(data)
        telling.an_outage_leads_where_none_leads(decider, story, self.end, data)

    @few
    @always(some.data())
    def test_a_story_told_again_changes_nothing(self, data: some.DataObject) -> None:
        decider, story = self._drawn(data)
        telling.a_story_told_again_changes_nothing(decider, story, self.end, data)

    @always(some.data())
    def test_however_it_is_told_the_same_is_said(self, data: some.DataObject) -> None:
        decider, story = self._drawn(data)
        telling.however_it_is_told_the_same_is_said(decider, story, data)
