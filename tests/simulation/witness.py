"""What must hold at every step. It watches the servers, and trusts nobody's account."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Protocol, TypeAlias

from shared.contracts.envelope import from_headers
from shared.contracts.identifiers import subject_id
from shared.contracts.topics import DEAD_LETTERS
from shared.runtime.aggregate import Aggregate, Emitted
from shared.runtime.dead_letters import told_by
from shared.runtime.reconcile import UNSAID
from shared.runtime.relay import Record
from tests.shared.toy import TOY
from tests.simulation.workload import Sent, key_of, partition_of


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

    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Written:
    """When a message was written, and by which process."""

    at: float
    writer: str


Content: TypeAlias = tuple[str, bytes | None, bytes | None]
"""What a record says, and about whom. Its headers may name another cause of the same."""


@cache
def subject(aggregate_id: str, about: str) -> str:
    """The subject of an output of the toy service."""
    return str(subject_id(TOY.name, aggregate_id, about))


class Witness:
    """Collects what is broken; the first of it ends the run."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self.log: list[list[Sent]] = []
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
        self._committed: dict[int, int] = {}

    def violated(self, invariant: Invariant, detail: str) -> None:
        """Note it; the service's own code must not be able to swallow it."""
        self.violations.append(Violation(invariant, detail))

    def is_out(self, about: str, sequence: int) -> bool:
        """Whether the topics hold this message."""
        return (about, sequence) in self._out

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
            if known == entry or entry.hash == UNSAID:
                continue
            if known and _stands(about, known) and _stands(about, entry):
                self.violated(Invariant.SEALED, f"{after.id} {about}")
            self._said(subject(after.id, about), entry.sequence, writer)

    def _said(self, about: str, sequence: int, writer: str) -> None:
        if sequence <= self._highest.get(about, -1):
            self.violated(Invariant.SEQUENCES_RISE, f"{about}: {sequence} again")
        self._highest[about] = sequence
        now = asyncio.get_running_loop().time()
        self._written[about, sequence] = Written(now, writer)

    def publishes(self, owner: Owner, records: Iterable[Record]) -> None:
        """An instance begins to send these."""
        for record in records:
            if record.topic == DEAD_LETTERS.name:
                self.acts(owner, int(told_by(record.headers)["partition"]))
                continue
            self.acts(owner, partition_of((record.key or b"").decode()))
            told = from_headers(record.headers)
            if (told["subject"], int(told["sequence"])) not in self._written:
                self.violated(Invariant.WRITTEN_FIRST, f"{owner.name} sends {told['type']}")
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
                letter = told_by(record.headers)
                origin = Origin(int(letter["partition"]), int(letter["offset"]))
                if self.buried.setdefault(origin, letter["id"]) != letter["id"]:
                    self.violated(Invariant.DEAD_LETTERS, f"{origin} has two ids")
                self._one_content(letter["id"], record)
                continue
            told = from_headers(record.headers)
            about, sequence = told["subject"], int(told["sequence"])
            self._one_content(told["id"], record)
            self._out.add((about, sequence))
            if sequence >= self.latest.get(about, (0, record))[0]:
                self.latest[about] = (sequence, record)

    def _one_content(self, id_: str, record: Record) -> None:
        content = (record.topic, record.key, record.value)
        if id_ not in self._contents:
            is_letter = record.topic == DEAD_LETTERS.name
            self.said["dead letter" if is_letter else from_headers(record.headers)["type"]] += 1
        if self._contents.setdefault(id_, content) != content:
            self.violated(Invariant.ONE_CONTENT, id_)

    def commits(self, owner: Owner, partitions: Iterable[int]) -> None:
        """An instance begins to commit offsets of these."""
        for partition in partitions:
            self._settled_first(owner, partition)

    def committed(self, offsets: Mapping[int, int]) -> None:
        """The group holds these offsets."""
        for partition, offset in offsets.items():
            checked = self._committed.get(partition, 0)
            for position in range(checked, offset):
                if not self._reflected(partition, position):
                    self.violated(Invariant.COMMITTED_LAST, f"{partition}@{position}")
            self._committed[partition] = max(checked, offset)

    def _reflected(self, partition: int, offset: int) -> bool:
        sent = self.log[partition][offset]
        if sent.poison:
            return Origin(partition, offset) in self.buried
        if sent.document is None:
            return True
        known = self.stored.get(key_of(sent.customer))
        visit = json.loads(known.facts).get("visits", {}).get(sent.document) if known else None
        return visit is not None and int(visit["version"].partition(".")[0]) >= sent.revision

    def _settled_first(self, owner: Owner, partition: int) -> None:
        gained_at = owner.gained_at.get(partition, 0.0)
        for aggregate in self.stored.values():
            if aggregate.partition != partition:
                continue
            for about, entry in aggregate.emitted.items():
                if entry.hash == UNSAID:
                    continue
                said = (subject(aggregate.id, about), entry.sequence)
                written = self._written[said]
                must_be_out = written.writer == owner.name or written.at < gained_at
                if must_be_out and said not in self._out:
                    self.violated(Invariant.SETTLED_FIRST, f"{aggregate.id} {about}")


def _stands(about: str, entry: Emitted) -> bool:
    """Whether it is an alarm that was said and not withdrawn."""
    return about.startswith("alarm/") and not entry.withdrawn and entry.hash != UNSAID
