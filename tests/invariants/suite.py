"""The suite that every decider passes; a service says of which decider and of which stories."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from hypothesis import given as always
from hypothesis import strategies as some

from shared.contracts.envelope import Event
from shared.decider.decider import Decider, Facts
from shared.decider.policy import Policy
from tests.examples import few, thorough
from tests.invariants import decisions, telling
from tests.invariants.decisions import known

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)


class DeciderInvariants(Generic[F, P]):
    """What no story may change. `class TestInvariants(DeciderInvariants[…]): decider = …`"""

    decider: Decider[F, P]
    stories: some.SearchStrategy[list[Event[Any]]]
    """Of one aggregate; one version of a document always says the same."""
    moments: some.SearchStrategy[datetime]
    """When to look."""
    start: datetime
    """Before all that happens."""
    end: datetime
    """By when every record has arrived and all outages are over, and a day more."""
    other_policy: P
    """Tried for a while."""

    @property
    def deciders(self) -> some.SearchStrategy[Decider[F, P]]:
        """By which policies stories are decided; by that of `decider` alone, if nothing is said."""
        return some.just(self.decider)

    @always(some.data())
    def test_order_and_repetition_make_no_difference(self, data: some.DataObject) -> None:
        decider, story = self._drawn(data)
        decisions.order_and_repetition_make_no_difference(decider, story, data)

    @always(some.data())
    def test_setting_aside_makes_no_difference(self, data: some.DataObject) -> None:
        decider, story = self._drawn(data)
        now = data.draw(self.moments)
        decisions.setting_aside_makes_no_difference(decider, known(decider, story), now)

    @always(some.data())
    def test_nothing_changes_before_it_is_due(self, data: some.DataObject) -> None:
        decider, story = self._drawn(data)
        now, part = data.draw(self.moments), data.draw(some.floats(0, 1))
        decisions.nothing_changes_before_it_is_due(decider, known(decider, story), now, part)

    @always(some.data())
    def test_being_woken_when_due_leads_where_sleeping_through_leads(
        self, data: some.DataObject
    ) -> None:
        decider, story = self._drawn(data)
        decisions.being_woken_when_due_leads_where_sleeping_through_leads(
            decider, known(decider, story), self.start, self.end
        )

    @always(some.data())
    def test_all_that_is_said_reads_back(self, data: some.DataObject) -> None:
        decider, story = self._drawn(data)
        now = data.draw(self.moments)
        decisions.all_that_is_said_reads_back(decider, known(decider, story), now)

    @always(some.data())
    def test_facts_survive_being_stored(self, data: some.DataObject) -> None:
        decider, story = self._drawn(data)
        decisions.facts_survive_being_stored(decider, story)

    @thorough
    @always(some.data())
    def test_however_it_is_told_the_same_is_said(self, data: some.DataObject) -> None:
        decider, story = self._drawn(data)
        telling.however_it_is_told_the_same_is_said(decider, story, data)

    @always(some.data())
    def test_an_outage_leads_where_none_leads(self, data: some.DataObject) -> None:
        decider, story = self._drawn(data)
        telling.an_outage_leads_where_none_leads(decider, story, self.end, data)

    @always(some.data())
    def test_a_story_told_again_changes_nothing(self, data: some.DataObject) -> None:
        decider, story = self._drawn(data)
        telling.a_story_told_again_changes_nothing(decider, story, self.end, data)

    @always(some.data())
    def test_a_policy_tried_for_a_while_leaves_no_trace(self, data: some.DataObject) -> None:
        decider, story = self._drawn(data)
        telling.a_policy_tried_for_a_while_leaves_no_trace(decider, self.other_policy, story, data)

    def _drawn(self, data: some.DataObject) -> tuple[Decider[F, P], Sequence[Event[Any]]]:
        return data.draw(self.deciders), data.draw(self.stories)


class DeciderInvariantsOfLongStories(DeciderInvariants[F, P]):
    """The same, of a decider that thinks long: what plays whole stories, on few of them."""

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
