"""The life of one aggregate under the runtime's own `plan`, and a reader of all it says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from shared.contracts.envelope import Event, Message
from shared.contracts.outputs import Withdrawal
from shared.decider.decider import Decider, Facts
from shared.decider.decision import Announcement, AnyOutput, Decision
from shared.decider.policy import Policy
from shared.runtime.aggregate import NOTHING, Aggregate, Outgoing
from shared.runtime.documents import from_aggregate, to_aggregate
from shared.runtime.plan import Work, plan
from tests.invariants.decisions import MOMENT_OF_NOTICING, content_of

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)


class Outcome(NamedTuple, Generic[F]):
    """Where a life has led: what is known, what stands, and when to look again."""

    facts: F
    standing: Mapping[str, str | None]
    """Subject -> content of a state; None for an announcement, which stands as first said."""
    due_at: datetime | None


class _Heard(NamedTuple):
    message: Outgoing
    announcement: bool
    withdrawn: bool
    forget_at: datetime | None
    instants: Mapping[str, datetime]

    def stands(self, now: datetime) -> bool:
        return not self.withdrawn and (self.forget_at is None or now < self.forget_at)


class _Look(NamedTuple, Generic[F, P]):
    """What a decision depends on."""

    facts: str
    decider: Decider[F, P]
    now: datetime


def _but_for_noticing(content: Message) -> Mapping[str, Any]:
    return content.model_dump(exclude=MOMENT_OF_NOTICING)


def _instants(content: Message) -> Mapping[str, datetime]:
    """The instants that a message tells, but for the moment of noticing."""
    return {
        name: value
        for name, value in content
        if isinstance(value, datetime) and name not in MOMENT_OF_NOTICING
    }


class Life(Generic[F, P]):
    """One aggregate, step by step, and a reader who keeps the last message of each subject.

    After each step the reader must hold exactly what it decides of the facts, and
    every message must have told him something. A step whose decision fails must say nothing.
    """

    def __init__(self, decider: Decider[F, P], aggregate_id: str) -> None:
        self.decider = decider
        self.aggregate: Aggregate | None = None
        self.looked_at: datetime | None = None
        """When it was last looked at, be it that nothing followed."""
        self._id = aggregate_id
        self._heard: dict[str, _Heard] = {}
        self._decided: Mapping[str, Mapping[str, Any]] = {}
        self._looked: tuple[_Look[F, P], Decision] | None = None

    @property
    def due_at(self) -> datetime | None:
        """When it is to be looked at again."""
        return self.aggregate.due_at if self.aggregate else None

    @property
    def facts(self) -> F:
        """What is known, as it is stored."""
        known = self.aggregate.facts if self.aggregate else NOTHING
        return self.decider.facts.model_validate_json(known)

    def take(
        self,
        now: datetime,
        events: Sequence[Event[Any]] = (),
        decider: Decider[F, P] | None = None,
    ) -> int:
        """A batch of events, or a look because it is due; `decider` may fail to decide.

        How many messages followed.
        """
        planned = plan(decider or self.decider, self._id, self.aggregate, Work(0, events), now)
        assert not planned.poison
        self.looked_at = now
        messages = planned.change.messages if planned.change else ()
        if planned.change is not None:
            self.aggregate = to_aggregate(from_aggregate(planned.change.after))
        if self.aggregate is not None and self.aggregate.parked:
            assert not messages, "what cannot be decided says nothing"
        else:
            self._hear(messages, now)
        return len(messages)

    def outcome(self, now: datetime) -> Outcome[F]:
        """Where it has led so far."""
        standing = {
            about: None if heard.announcement else heard.message.data
            for about, heard in self._standing(now).items()
        }
        return Outcome(self.facts, standing, self.due_at)

    def is_up_to_date(self, now: datetime) -> None:
        """The reader holds exactly what is to be said now, and that is as decided last."""
        standing, wanted = self._standing(now), self._wanted(now)
        assert standing.keys() == wanted.keys()
        for about, heard in standing.items():
            content = content_of(wanted[about])
            assert _but_for_noticing(content) == self._decided[about]
            assert heard.instants == _instants(content), "nothing stands with an old instant"
            if not heard.announcement:
                assert heard.message.data == content.model_dump_json()
        self._audited(now)

    def _audited(self, now: datetime) -> None:
        """A second look without a cause, as the audit takes it, finds nothing wrong."""
        known = self.aggregate
        if known is None or (known.due_at is not None and known.due_at <= now):
            return
        change = plan(self.decider, self._id, known, Work(0, audit=True), now).change
        if change is not None:
            assert not change.messages
            found = (change.after.due_at, change.after.listing, change.after.parked)
            assert found == (known.due_at, known.listing, None)

    def _decision(self, now: datetime) -> Decision:
        """What is to be said now; several checks of a step ask for the same."""
        look = _Look(self.aggregate.facts if self.aggregate else NOTHING, self.decider, now)
        if self._looked is None or self._looked[0] != look:
            decision = self.decider.decide(self.facts, {}, self.decider.policy, now)
            self._looked = look, decision
        return self._looked[1]

    def _wanted(self, now: datetime) -> dict[str, AnyOutput]:
        return {output.about: output for output in self._decision(now).outputs}

    def _standing(self, now: datetime) -> dict[str, _Heard]:
        return {about: heard for about, heard in self._heard.items() if heard.stands(now)}

    def _hear(self, messages: Sequence[Outgoing], now: datetime) -> None:
        wanted = self._wanted(now)
        self._decided = {
            about: _but_for_noticing(content_of(output)) for about, output in wanted.items()
        }
        for message in messages:
            self._hear_one(message, wanted.get(message.about), now)
        self._forget_history(now)
        assert wanted.keys() <= self._heard.keys(), "what is decided is said"
        for about, output in wanted.items():
            self._heard[about] = self._heard[about]._replace(forget_at=output.forget_at)
        self.is_up_to_date(now)
        self._is_remembered(self._standing(now))

    def _forget_history(self, now: datetime) -> None:
        """What the aggregate remembers no more, and did not take back, is past judging."""
        emitted = self.aggregate.emitted if self.aggregate else {}
        decision = self._decision(now)
        for about, heard in self._standing(now).items():
            if about not in emitted:
                assert heard.forget_at is not None
                assert decision.is_history(about)
                del self._heard[about]

    def _hear_one(self, message: Outgoing, output: AnyOutput | None, now: datetime) -> None:
        known = self._heard.get(message.about)
        stood = known is not None and known.stands(now)
        assert known is None or known.message.sequence < message.sequence
        contract = self.decider.writing[message.type]
        withdrawn = issubclass(contract, Withdrawal)
        instants: Mapping[str, datetime] = {}
        if output is None:
            assert withdrawn and stood, "only what stands is taken back"
        else:
            assert not withdrawn
            content = contract.model_validate_json(message.data)
            assert _but_for_noticing(content) == self._decided[message.about]
            instants = _instants(content)
        announcement = isinstance(output, Announcement)
        assert not (announcement and stood), "an announcement is made once"
        assert not (stood and known and known.message.data == message.data), "nothing new was said"
        self._heard[message.about] = _Heard(
            message, announcement, withdrawn, output.forget_at if output else None, instants
        )

    def _is_remembered(self, standing: Mapping[str, _Heard]) -> None:
        """The aggregate knows what the reader holds: that is what settles an intent."""
        emitted = self.aggregate.emitted if self.aggregate else {}
        for about, heard in standing.items():
            assert not emitted[about].withdrawn
            assert emitted[about].sequence == heard.message.sequence
            assert emitted[about].hash == heard.message.hash
