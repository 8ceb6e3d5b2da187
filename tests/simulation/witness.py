"""What must hold at every step. It watches the servers, and trusts nobody's account."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, Protocol, TypeAlias

from aiokafka import TopicPartition

from shared.contracts.envelope import from_headers
from shared.contracts.identifiers import customer_of, subject_id
from shared.contracts.topics import DEAD_LETTERS
from shared.decider.decider import Decider
from shared.platform.dead_letters import own_headers
from shared.platform.kafka import RawRecord
from shared.platform.publisher import Record
from shared.runtime.aggregate import NOTHING, Aggregate, Emitted
from shared.runtime.reconcile import UNSAID
from tests.simulation.log import Log, LogEntry

PARTITIONS = 3


class Invariant(Enum):
    """What was broken, in words for whoever reads a failure."""

    VERSIONS_RISE = "the versions of a document rise one by one"
    SEQUENCES_RISE = "the sequences of a subject rise"
    SEALED = "what was announced is not announced again until it is withdrawn"
    WRITTEN_FIRST = "a message is written before it is published"
    ONE_CONTENT = "one id has one content"
    OWNED = "an instance acts for its own partitions only"
    PAUSED = "an instance that was paused in mid-turn publishes nothing"
    COMMITTED_LAST = "offsets are committed after what is before them is saved or buried"
    SETTLED_FIRST = "what was written is out before its owner, or the next, commits"
    NO_UNEXPECTED = "nothing but what is foreseen goes wrong"
    COMES_TO_REST = "once nothing goes wrong, all work comes to an end"
    FACTS = "no fact is lost"
    OUTPUTS = "what is stored as said was said"
    LATEST = "the latest message of each subject is what the facts lead to"
    TIMERS = "each deadline is announced, and none before its time"
    DEAD_LETTERS = "each poison record is in the dead letters, under one id"
    HINDSIGHT = "whoever knows all that the log held at that moment would have said the same"
    REPORTED = "nothing is announced that had been disproved before the case was published"
    LISTED = "lists and totals say what the aggregates do"
    PERSONS = "each customer is told to be whoever they are by all that was reported"
    JUSTIFIED = "no link is ever told that nothing reported makes"
    ONE_AT_A_TIME = "of the conversations that come once in a while one is open at most"
    FILED = "a low answer is filed as one complaint, and taken back where it does not hold"
    MERGES = "what a merged case hands over is held by the one it was merged into"


class Violation(AssertionError):
    """An invariant that was broken."""

    def __init__(self, invariant: Invariant, detail: str) -> None:
        super().__init__(f"broken: {invariant.value}: {detail}")
        self.invariant = invariant


class Owner(Protocol):
    """What is known of an instance."""

    name: str

    @property
    def gained_at(self) -> Mapping[int, float]:
        """When each partition that it believes to own was assigned to it."""
        ...

    @property
    def was_paused_too_long(self) -> bool:
        """Whether it was, since its present turn began, for longer than its pulse allows."""
        ...


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a dead letter came from."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Written:
    """When a message was written, and by which process."""

    at: float
    writer: str
    partition: int
    """That of what it is about; it may be said to another customer."""


Content: TypeAlias = tuple[str, bytes | None, bytes | None]
"""What a record says, and about whom. Its headers may name another cause of the same."""


def partition_of(key: str) -> int:
    """Stands in for the broker's hash of a key."""
    number = customer_of(key).rpartition("/")[2]
    return int("".join(filter(str.isdigit, number)) or "0") % PARTITIONS


@cache
def subject(service: str, aggregate_id: str, about: str) -> str:
    """The subject of an output of a service."""
    return str(subject_id(service, aggregate_id, about))


class Witness:
    """Collects what is broken; the first of it ends the run."""

    def __init__(self, decider: Decider[Any, Any], announces: Collection[str]) -> None:
        self.log = Log(decider)
        """What the source topics hold."""
        self.violations: list[Violation] = []
        self._decider = decider
        self._announces = announces
        self.stored: dict[str, Aggregate] = {}
        self.latest: dict[str, tuple[int, Record]] = {}
        """Subject -> the highest sequence on the topics, and its record."""
        self.buried: dict[Origin, str] = {}
        self.said: Counter[str] = Counter()
        """CloudEvents type -> how many messages of it, and dead letters; repeats not counted."""
        self._written: dict[tuple[str, int], Written] = {}
        self._highest: dict[str, int] = {}
        self._contents: dict[str, Content] = {}
        self._out: set[tuple[str, int]] = set()
        self._committed: dict[TopicPartition, int] = {}
        self._ever: dict[str, list[Record]] = {}

    def received(self, record: RawRecord, *, poison: bool, reported_at: float | None) -> None:
        """A source topic holds this. `reported_at`: when it was handed to its producer."""
        now = asyncio.get_running_loop().time()
        reported_at = now if reported_at is None else reported_at
        self.log.add(record, at=now, reported_at=reported_at, poison=poison)

    def violated(self, invariant: Invariant, detail: str) -> None:
        """Note it; the service's own code must not be able to swallow it."""
        self.violations.append(Violation(invariant, detail))

    def subject(self, aggregate_id: str, about: str) -> str:
        """The subject of an output of this run's service."""
        return subject(self._decider.name, aggregate_id, about)

    def is_out(self, about: str, sequence: int) -> bool:
        """Whether the topics hold this message."""
        return (about, sequence) in self._out

    def ever_on(self, topic: str) -> Sequence[Record]:
        """All messages that this topic of outputs ever held, each once."""
        return self._ever.get(topic, ())

    def wrote(self, after: Aggregate, writer: str) -> None:
        """The database holds `after`, perhaps anew and by this writer."""
        before = self.stored.get(after.id)
        if before == after:
            return
        self.stored[after.id] = after
        version = before.version if before else 0
        if after.version != version + 1:
            self.violated(Invariant.VERSIONS_RISE, f"{after.id}: {after.version} follows {version}")
        for about, entry in after.emitted.items():
            known = before.emitted.get(about) if before else None
            if entry.hash == UNSAID or (
                known and replace(known, forget_at=entry.forget_at) == entry
            ):
                continue
            if known and self._stands(known) and self._stands(entry):
                self.violated(Invariant.SEALED, f"{after.id} {about}")
            self._said(self.subject(after.id, about), entry.sequence, writer, after.partition)

    def _stands(self, entry: Emitted) -> bool:
        """Whether it is an announcement that was said and not withdrawn."""
        return entry.type in self._announces and not entry.withdrawn and entry.hash != UNSAID

    def _said(self, about: str, sequence: int, writer: str, partition: int) -> None:
        if sequence <= self._highest.get(about, -1):
            self.violated(Invariant.SEQUENCES_RISE, f"{about}: {sequence} again")
        self._highest[about] = sequence
        now = asyncio.get_running_loop().time()
        self._written[about, sequence] = Written(now, writer, partition)

    def publishes(self, owner: Owner, records: Iterable[Record]) -> None:
        """An instance begins to send these."""
        for record in records:
            if record.topic == DEAD_LETTERS.name:
                self.acts(owner, int(own_headers(record.headers)["partition"]))
                continue
            headers = from_headers(record.headers)
            written = self._written.get((headers["subject"], int(headers["sequence"])))
            if written is None:
                self.violated(Invariant.WRITTEN_FIRST, f"{owner.name} sends {headers['type']}")
            else:
                self.acts(owner, written.partition)
        if owner.was_paused_too_long:
            self.violated(Invariant.PAUSED, owner.name)

    def acts(self, owner: Owner, partition: int) -> None:
        """An instance writes or publishes for a partition."""
        if partition not in owner.gained_at:
            self.violated(Invariant.OWNED, f"{owner.name} acts for partition {partition}")

    def arrived(self, records: Sequence[Record]) -> None:
        """The topics hold these."""
        for record in records:
            if record.topic == DEAD_LETTERS.name:
                letter = own_headers(record.headers)
                origin = _origin(letter)
                if self.buried.setdefault(origin, letter["id"]) != letter["id"]:
                    self.violated(Invariant.DEAD_LETTERS, f"{origin} has two ids")
                self._one_content(letter["id"], record)
                continue
            headers = from_headers(record.headers)
            about, sequence = headers["subject"], int(headers["sequence"])
            self._one_content(headers["id"], record)
            self._out.add((about, sequence))
            if sequence >= self.latest.get(about, (0, record))[0]:
                self.latest[about] = (sequence, record)

    def _one_content(self, id_: str, record: Record) -> None:
        content = (record.topic, record.key, record.value)
        if id_ not in self._contents:
            self._ever.setdefault(record.topic, []).append(record)
            is_letter = record.topic == DEAD_LETTERS.name
            self.said["dead letter" if is_letter else from_headers(record.headers)["type"]] += 1
        if self._contents.setdefault(id_, content) != content:
            self.violated(Invariant.ONE_CONTENT, id_)

    def commits(self, owner: Owner, partitions: Iterable[int]) -> None:
        """An instance begins to commit offsets of these."""
        for partition in partitions:
            self._settled_first(owner, partition)

    def committed(self, offsets: Mapping[TopicPartition, int]) -> None:
        """The group holds these offsets."""
        for partition, offset in offsets.items():
            checked = self._committed.get(partition, 0)
            for entry in self.log.entries(partition)[checked:offset]:
                if not self._reflected(entry):
                    self.violated(Invariant.COMMITTED_LAST, f"{partition}@{entry.record.offset}")
            self._committed[partition] = max(checked, offset)

    def _reflected(self, entry: LogEntry) -> bool:
        record = entry.record
        if entry.poison:
            return Origin(record.topic, record.partition, record.offset) in self.buried
        if entry.event is None:
            return True
        known = self.stored.get(self._decider.aggregate_id(entry.event))
        return self.log.adds_nothing(known.facts if known else NOTHING, entry.event)

    def nothing_is_missing(self) -> None:
        """When all is quiet: what is stored as said was said, and what was unreadable is buried."""
        for aggregate in self.stored.values():
            for about, entry in aggregate.emitted.items():
                if not self.is_out(self.subject(aggregate.id, about), entry.sequence):
                    self.violated(Invariant.OUTPUTS, f"{aggregate.id} {about} #{entry.sequence}")
        poison = [entry.record for entry in self.log.all() if entry.poison]
        expected = {Origin(found.topic, found.partition, found.offset) for found in poison}
        if self.buried.keys() != expected:
            wrong = sorted(map(str, self.buried.keys() ^ expected))
            self.violated(Invariant.DEAD_LETTERS, ", ".join(wrong))

    def _settled_first(self, owner: Owner, partition: int) -> None:
        gained_at = owner.gained_at.get(partition, 0.0)
        for aggregate in self.stored.values():
            if aggregate.partition != partition:
                continue
            for about, entry in aggregate.emitted.items():
                if entry.hash == UNSAID:
                    continue
                said = (self.subject(aggregate.id, about), entry.sequence)
                written = self._written[said]
                must_be_out = written.writer == owner.name or written.at < gained_at
                if must_be_out and said not in self._out:
                    self.violated(Invariant.SETTLED_FIRST, f"{aggregate.id} {about}")


def _origin(letter: Mapping[str, str]) -> Origin:
    return Origin(letter["topic"], int(letter["partition"]), int(letter["offset"]))
