"""All aggregates of a service in memory, and the messages between them: in any order, repeated.

The planning is the runtime's own, and so is the way of a message into a record and out of one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, Generic, Self, TypeVar

from shared.contracts.envelope import Event, from_headers
from shared.contracts.outputs import Output, Withdrawal
from shared.decider.decider import Decider, Facts
from shared.decider.policy import Policy
from shared.platform.validate import to_event
from shared.runtime.aggregate import Aggregate
from shared.runtime.messages import to_record
from shared.runtime.plan import Work, plan
from tests.polled import polled

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

MOST_DELIVERIES = 20_000


def in_turn(waiting: Sequence[Event[Any]]) -> int:
    """Which of those that wait comes next: the first."""
    return 0


def at_random(random: Random) -> Callable[[Sequence[Event[Any]]], int]:
    """Any of them."""
    return lambda waiting: random.randrange(len(waiting))


def never() -> bool:
    """Nothing is repeated."""
    return False


class Network(Generic[F, P]):
    """What was reported is told to all whom it concerns, until nobody has anything to say."""

    def __init__(
        self,
        decider: Decider[F, P],
        now: datetime,
        *,
        choose: Callable[[Sequence[Event[Any]]], int] = in_turn,
        repeat: Callable[[], bool] = never,
    ) -> None:
        self.decider = decider
        self.now = now
        """Goes on by a millisecond with each delivery."""
        self.deliveries = 0
        self.published: list[Output | Withdrawal] = []
        """All that was said, in order."""
        self._aggregates: dict[str, Aggregate] = {}
        self._latest: dict[str, tuple[int, Output | Withdrawal]] = {}
        self._choose, self._repeat = choose, repeat

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
            waiting += self._deliver(self.decider.aggregate_id(event), [event])
            self.deliveries += 1
            assert self.deliveries < MOST_DELIVERIES, "it never comes to rest"
        return self

    def by(self, decider: Decider[F, P]) -> Self:
        """From now on other rules count, and all are decided anew."""
        self.decider = decider
        waiting = [event for key in sorted(self._aggregates) for event in self._deliver(key, [])]
        return self.reported(*waiting)

    def _deliver(self, key: str, events: Sequence[Event[Any]]) -> list[Event[Any]]:
        self.now += timedelta(milliseconds=1)
        planned = plan(self.decider, key, self._aggregates.get(key), Work(0, events), self.now)
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

    def stored(self) -> Mapping[str, Aggregate]:
        """All aggregates as they are stored."""
        return self._aggregates
