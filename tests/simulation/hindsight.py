"""Nothing is announced, or taken back, that the log already disproves.

Whoever knows all that the log held at that moment would have said the same. *That moment* is the
latest at which the one who speaks can have known all that the log held: when it sent a fetch
whose answer, with those before, left nothing behind on any topic of the partition. It is not
before the fetch that first handed it what it now says something about: in the midst of a backlog
there is no such moment, and nothing may be said.

At each write of an announcement (of its withdrawal) by an instance the witness joins, naively,
what the instance writes as known and all that the log held at such a moment, and decides for it:
the announcement must be named (must not be named). The instants of a decision are those of the
speaker's own clock, which may differ from others' and jump: a deadline is compared with what that
clock told when the fetch was sent. As fetches are under way while an instance still speaks for
the one before, any such moment will do. So will the present: what all that the log holds by now
leads to is no false alarm, whoever has read it or not.

Allowed is what an instance says of a partition that it has waited for in vain for longer than
`speak_unread_after_seconds`, in courses where that can happen at all; an aggregate that was set
aside says nothing and takes nothing back, whatever it knows by then, so it is looked at when it
speaks again; and what the broker refused was not said, and is looked at when it is said after all.

`reported`: what had been reported by then to those who publish, where a world knows that. What was
known before a case was published must be published with it, so an alarm must not be disproved by
that either.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from shared.contracts.envelope import Event
from shared.decider.decider import Decider
from shared.decider.decision import Announced, Announcement
from shared.runtime.aggregate import NOTHING, Aggregate
from shared.runtime.reconcile import UNSAID
from tests.simulation.log import Log
from tests.simulation.witness import Invariant, Owner, Witness


@dataclass(frozen=True, slots=True)
class Fetch:
    """A fetch that was answered."""

    sent_at: float
    clock: datetime
    """What the clock of its sender told then."""
    whole: frozenset[int]
    """The partitions of whose topics the answers so far have left nothing behind."""


class Speaker(Owner, Protocol):
    """What is known of an instance that writes."""

    decider: Decider[Any, Any]

    def speaks_unread(self, partition: int) -> bool:
        """Whether it may say something though more is waiting, as it has waited for too long."""
        ...


class Publishers(Protocol):
    """Knows what had been reported, whether it was published by then or not."""

    def all_reported(self, log: Log, aggregate_id: str, facts: Any, until: float) -> Any:
        """`facts`, and what had been reported of the same and must be known with them by then."""
        ...


Fact: TypeAlias = tuple[str, str, int]
"""A document, its version, and the sequence of the message."""


@dataclass(slots=True)
class _Reading:
    """What one assignment of one instance was handed out."""

    fetches: list[Fetch] = field(default_factory=list)
    news: dict[str, dict[Fact, tuple[int, Event[Any]]]] = field(default_factory=dict)
    """Aggregate -> what was handed out and not known yet, and by which fetch first."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """A moment for which something may be said: all that the log held then, by this clock."""

    until: float
    now: datetime


class Hindsight:
    """Follows what each instance was handed out, and judges what it says."""

    def __init__(self, decider: Decider[Any, Any], witness: Witness, reported: Publishers) -> None:
        self._decider = decider
        self._witness = witness
        self._publishers = reported
        self._readings: dict[str, _Reading] = {}

    def assigned(self, owner: Owner) -> None:
        """An instance begins to read from the committed offsets."""
        self._readings[owner.name] = _Reading()

    def fetched(self, owner: Owner, fetch: Fetch, events: Sequence[Event[Any]]) -> None:
        """An instance was handed these out."""
        reading = self._readings[owner.name]
        for event in events:
            aggregate_id = self._decider.aggregate_id(event)
            stored = self._witness.stored.get(aggregate_id)
            if self._witness.log.adds_nothing(stored.facts if stored else NOTHING, event):
                continue
            fact = (event.data.document_id, getattr(event.data, "version", ""), event.sequence)
            news = reading.news.setdefault(aggregate_id, {})
            news.setdefault(fact, (len(reading.fetches), event))
        reading.fetches.append(fetch)

    def writes(self, speaker: Speaker, aggregates: Sequence[Aggregate]) -> None:
        """An instance is about to write these: what it thereby says or takes back is judged."""
        for after in aggregates:
            before = self._witness.stored.get(after.id)
            if (before.version if before else 0) == after.version - 1:
                self._judge(speaker, before, after)

    def _judge(self, speaker: Speaker, before: Aggregate | None, after: Aggregate) -> None:
        was_out, is_out = _out(before), _out(after)
        unsaid = {about for about, said in after.emitted.items() if said.hash == UNSAID}
        said, taken_back = is_out - was_out, was_out - is_out - unsaid
        if not (said or taken_back) or speaker.speaks_unread(after.partition):
            return
        announced = before.announced if before else {}
        right: set[str] = set()
        undisputed: set[str] = set()
        for moment in self._moments(speaker, after):
            facts = self._witness.log.joined(after.facts, after.id, moment.until)
            named = self._names(speaker, facts, announced, moment)
            right |= (said & named) | (taken_back - named)
            log = self._witness.log
            reported = self._publishers.all_reported(log, after.id, facts, moment.until)
            if reported is not facts:
                named = self._names(speaker, reported, announced, moment)
            undisputed |= said & named
            if right >= said | taken_back and undisputed >= said:
                return
        self._tell(Invariant.HINDSIGHT, speaker, after, said - right, "said")
        self._tell(Invariant.HINDSIGHT, speaker, after, taken_back - right, "taken back")
        self._tell(Invariant.REPORTED, speaker, after, (said & right) - undisputed, "said")

    def _moments(self, speaker: Speaker, after: Aggregate) -> Iterator[_Moment]:
        """Those for which the instance can speak, the present first and then the latest."""
        decided_at = after.updated_at
        yield _Moment(asyncio.get_running_loop().time(), decided_at)
        reading = self._readings.get(speaker.name, _Reading())
        news = reading.news.get(after.id, {}).values()
        adds_nothing = self._witness.log.adds_nothing
        first = max((at for at, event in news if adds_nothing(after.facts, event)), default=0)
        for fetch in reversed(reading.fetches[first:]):
            if after.partition in fetch.whole:
                yield _Moment(fetch.sent_at, min(fetch.clock, decided_at))

    def _names(
        self, speaker: Speaker, facts: Any, announced: Announced, moment: _Moment
    ) -> set[str]:
        decision = self._decider.decide(facts, announced, speaker.decider.policy, moment.now)
        return {output.about for output in decision.outputs if isinstance(output, Announcement)}

    def _tell(
        self, invariant: Invariant, speaker: Speaker, after: Aggregate, what: set[str], how: str
    ) -> None:
        if what:
            names = ", ".join(sorted(what))
            self._witness.violated(invariant, f"{speaker.name} of {after.id}: {how} {names}")


def _out(aggregate: Aggregate | None) -> set[str]:
    """What is announced and not taken back."""
    emitted = aggregate.emitted if aggregate else {}
    return {about for about, said in emitted.items() if said.sealed is not None}
