"""All aggregates of identity in memory, and the messages between them: in any order, repeated.

The planning is the runtime's own, and so is the way of a message into a record and out of one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any, Self

from services.identity.domain.facts import IdentityFacts
from services.identity.domain.rulebook import IdentityRulebook
from shared.contracts.envelope import Event, from_headers
from shared.contracts.identity import OwnershipEnded, PersonChanged, ReferredPurchaseMade
from shared.contracts.outputs import Output, Withdrawal
from shared.decider.decider import Decider
from shared.runtime.aggregate import Aggregate
from shared.runtime.messages import to_record
from shared.runtime.plan import Work, plan
from shared.runtime.validate import to_event
from tests.polled import polled
from tests.services.identity.given import DECIDER, START

MOST_DELIVERIES = 200_000
Identity = Decider[IdentityFacts, IdentityRulebook]


def in_turn(waiting: Sequence[Event[Any]]) -> int:
    """Which of those that wait comes next: the first."""
    return 0


def at_random(random: Random) -> Callable[[Sequence[Event[Any]]], int]:
    """Any of them."""
    return lambda waiting: random.randrange(len(waiting))


class Network:
    """What was reported is told to all whom it concerns, until nobody has anything to say."""

    def __init__(
        self,
        decider: Identity = DECIDER,
        *,
        choose: Callable[[Sequence[Event[Any]]], int] = in_turn,
        repeat: Callable[[], bool] = lambda: False,
    ) -> None:
        self.decider = decider
        self.deliveries = 0
        self.published: list[Output | Withdrawal] = []
        """All that was said, in order."""
        self._aggregates: dict[str, Aggregate] = {}
        self._latest: dict[str, tuple[int, Output | Withdrawal]] = {}
        self._choose, self._repeat = choose, repeat
        self._now = START

    @classmethod
    def of(cls, *reported: Event[Any] | Iterable[Event[Any]], decider: Identity = DECIDER) -> Self:
        """Where this was reported, and all is quiet."""
        return cls(decider).reported(*reported)

    def reported(self, *reported: Event[Any] | Iterable[Event[Any]]) -> Self:
        """More is; what others wait for comes between."""
        waiting = [
            event
            for each in reported
            for event in ([each] if isinstance(each, Event) else list(each))
        ]
        while waiting:
            place = self._choose(waiting)
            event = waiting[place] if self._repeat() else waiting.pop(place)
            waiting += self._deliver(event.key, [event])
            self.deliveries += 1
            assert self.deliveries < MOST_DELIVERIES, "it never comes to rest"
        return self

    def by(self, decider: Identity) -> Self:
        """From now on other rules count, and all are decided anew."""
        self.decider = decider
        waiting = [event for key in sorted(self._aggregates) for event in self._deliver(key, [])]
        return self.reported(*waiting)

    def _deliver(self, key: str, events: Sequence[Event[Any]]) -> list[Event[Any]]:
        self._now += timedelta(milliseconds=1)
        planned = plan(self.decider, key, self._aggregates.get(key), Work(0, events), self._now)
        assert not planned.poison
        if planned.change is None:
            return []
        after = self._aggregates[key] = planned.change.after
        assert after.parked is None, after.parked
        self.published += planned.change.said
        found = []
        for message, content in zip(planned.change.messages, planned.change.said, strict=True):
            record = to_record(self.decider.name, message, self.decider.writing)
            subject = from_headers(record.headers)["subject"]
            self._latest[subject] = (message.sequence, content)
            read = to_event(polled(record), self.decider.reading)
            found += [read] if read is not None else []
        return found

    @property
    def said(self) -> list[Output]:
        """What stands: the latest of each subject, unless it was taken back."""
        return [content for _, content in self._latest.values() if isinstance(content, Output)]

    @property
    def persons(self) -> Mapping[str, frozenset[str]]:
        """Each customer who is others, too -> all who they are."""
        return {
            each.customer_key: frozenset(
                (each.customer_key, *(member.customer_key for member in each.members))
            )
            for each in self.said
            if isinstance(each, PersonChanged)
        }

    @property
    def together(self) -> set[frozenset[str]]:
        """The persons; all who are of one say the same of it."""
        persons = self.persons
        for key, members in persons.items():
            assert {persons.get(member) for member in members} == {members}, key
        return set(persons.values())

    def why(self, one: str) -> dict[str, set[tuple[str, str]]]:
        """Of a customer: each other who is the same, and to whom which rule links that one."""
        found = next(
            each
            for each in self.said
            if isinstance(each, PersonChanged) and each.customer_key == one
        )
        return {
            member.customer_key: {
                (because.rule, because.other_customer_key) for because in member.because
            }
            for member in found.members
        }

    @property
    def former(self) -> dict[tuple[str, str], str]:
        """Customer and car -> why it is not theirs any more."""
        return {
            (each.customer_key, each.vin): each.because
            for each in self.said
            if isinstance(each, OwnershipEnded)
        }

    @property
    def credited(self) -> dict[str, str]:
        """Who referred -> who bought."""
        return {
            each.customer_key: each.referred_key
            for each in self.said
            if isinstance(each, ReferredPurchaseMade)
        }

    def stored(self) -> Mapping[str, Aggregate]:
        """All aggregates as they are stored."""
        return self._aggregates
