"""Given, when and then over any decider: what is said of one aggregate as time passes.

    given(visit("2025-01-10")).when("2025-01-11 09:00").then("service_satisfaction/R1 open")

A service derives one class from `DeciderSpec`, beside its words for what happens: which decider,
how its tests write a moment, and what its sentences are. All else is here, once.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Generic, Self, TypeVar

from shared.contracts.envelope import Event
from shared.contracts.outputs import Output
from shared.decider.decider import Decider, Facts
from shared.decider.decision import Announcement, AnyOutput, Decision, State
from shared.decider.policy import Policy

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)


class DeciderSpec(ABC, Generic[F, P]):
    """The story of one aggregate. Each step and each check returns the story, which goes on.

    Each `when` is told what was announced before, sealed as it was first said; and holds the
    decider to its own promises: it is due later than now, says one thing about each subject,
    and writes nothing but what it says that it writes.
    """

    decider: Decider[F, P]
    begins_at = datetime(2000, 1, 1, tzinfo=UTC)
    """What `now` is before the first `when`."""

    def __init__(self) -> None:
        self.policy = self.decider.policy
        self.facts = self.decider.facts.model_validate_json("{}")
        self.now = self.begins_at
        self.decision = Decision()
        self.contents: dict[str, Output] = {}
        """What stands, by subject; an announcement as it was first said."""
        self.sealed: dict[str, Mapping[str, Any]] = {}
        """The announcements that are out, by subject."""
        self.withdrawn: set[str] = set()
        self.anew: set[str] = set()
        self._aggregates: set[str] = set()

    @abstractmethod
    def moment(self, text: str) -> datetime:
        """When that is."""

    def name(self, about: str) -> str:
        """What a sentence calls a subject."""
        return about

    def sentences(self) -> Iterable[str]:
        """What is said now, in sentences."""
        return [self.name(output.about) for output in self.decision.outputs]

    @classmethod
    def given(cls, *events: Event[Any]) -> Self:
        """An aggregate of which this is known."""
        return cls().reported(*events)

    def by(self, policy: P) -> Self:
        """From now on it is decided by another policy."""
        self.policy = policy
        return self

    def reported(self, *events: Event[Any]) -> Self:
        """More becomes known."""
        self._aggregates |= {self.decider.aggregate_id(event) for event in events}
        assert len(self._aggregates) <= 1, "a story is that of one aggregate"
        if events:
            self.facts = self.decider.join(self.facts, events)
        return self

    def condensed(self) -> Self:
        """What no decision looks at is set aside, as before facts are stored."""
        self.facts = self.decider.condense(self.facts, self.policy)
        return self

    def when(self, moment: str) -> Self:
        """It is that time: all is decided, and what is announced is sealed."""
        self.now = self.moment(moment)
        before, sealed = self.decision, self.sealed
        self.decision = self.decider.decide(self.facts, sealed, self.policy, self.now)
        self._keeps_its_promises()
        self.contents = {output.about: self._said(output) for output in self.decision.outputs}
        self.sealed = {
            output.about: sealed.get(output.about)
            or self.contents[output.about].model_dump(mode="json")
            for output in self.decision.outputs
            if isinstance(output, Announcement)
        }
        states = {output.about for output in before.outputs if isinstance(output, State)}
        forgotten = {output.about for output in before.outputs if self._is_forgotten(output)}
        gone = (states | sealed.keys()) - self.contents.keys() - forgotten
        self.withdrawn = {self.name(about) for about in gone}
        self.anew = {self.name(about) for about in self.sealed.keys() - sealed.keys()}
        return self

    def then(self, *expected: str) -> Self:
        """Exactly these sentences hold."""
        assert sorted(self.sentences()) == sorted(expected)
        return self

    def then_nothing(self) -> Self:
        """Nothing is said, nothing will be, and it is listed nowhere."""
        assert self.decision == Decision()
        return self

    def then_anew(self, *expected: str) -> Self:
        """Exactly these announcements were made just now."""
        assert self.anew == set(expected)
        return self

    def then_withdrawn(self, *expected: str) -> Self:
        """Exactly this was taken back just now; what is forgotten or history is not."""
        assert self.withdrawn == set(expected)
        return self

    def next_due(self, moment: str | None) -> Self:
        """It is to be looked at again then, or never."""
        assert self.decision.next_due == (None if moment is None else self.moment(moment))
        return self

    @property
    def said(self) -> dict[str, Output]:
        """What stands, by the names of its subjects."""
        return {self.name(about): content for about, content in self.contents.items()}

    @property
    def announced(self) -> dict[str, Mapping[str, Any]]:
        """What is sealed of the announcements that are out, by the names of their subjects."""
        return {self.name(about): content for about, content in self.sealed.items()}

    def _said(self, output: AnyOutput) -> Output:
        if isinstance(output, Announcement) and output.about in self.sealed:
            return self.contents[output.about]
        assert output.content is not None, "only what is out may be left out"
        return output.content

    def _is_forgotten(self, output: AnyOutput) -> bool:
        if output.forget_at is None:
            return False
        return output.forget_at <= self.now or self.decision.is_history(output.about)

    def _keeps_its_promises(self) -> None:
        due, outputs = self.decision.next_due, self.decision.outputs
        assert due is None or due > self.now, "what is due is decided already"
        assert len({output.about for output in outputs}) == len(outputs), "a subject said twice"
        said = {type(output.content) for output in outputs if output.content is not None}
        assert said <= set(self.decider.writes), "what it does not say that it writes"
