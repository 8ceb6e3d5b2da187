"""Topics, and a consumer group as Kafka has it: generations, offsets, eager rebalances."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from random import Random
from typing import NamedTuple, Protocol, TypeAlias

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError, RequestTimedOutError

from shared.contracts.envelope import from_headers
from shared.contracts.topics import DEAD_LETTERS
from shared.platform.errors import RefusedMessage, TransientFailure
from shared.platform.publisher import Record
from shared.runtime.ownership import Ownership
from shared.time.clock import TimeSource
from tests.polled import polled
from tests.simulation.hindsight import Fetch, Hindsight
from tests.simulation.network import Network, Request, Sender
from tests.simulation.witness import PARTITIONS, Owner, Witness, partition_of

RawRecord: TypeAlias = "ConsumerRecord[bytes, bytes]"

SESSION_SECONDS = 10.0
"""A member that is silent for so long, or drains for so long, is left out."""
HEARTBEAT_SECONDS = 1.5
MOST_RECORDS_A_POLL = (2, 6)
"""Of a member; with few of them, what belongs together comes in different polls."""
NOTHING_NEW_SECONDS = 1.0


class Broker:
    """The source topics, and whatever was published."""

    def __init__(self, witness: Witness, topics: Sequence[str]) -> None:
        self.partitions = [
            TopicPartition(topic, partition) for topic in topics for partition in range(PARTITIONS)
        ]
        self.source: dict[TopicPartition, list[RawRecord]] = {at: [] for at in self.partitions}
        self.committed = dict.fromkeys(self.partitions, 0)
        self._witness = witness
        witness.log.expects(self.partitions)

    def receive(
        self,
        record: Record,
        *,
        poison: bool = False,
        reported_at: float | None = None,
        written_ms: int = 0,
    ) -> None:
        """A producer's record comes onto its topic, if that is one of the sources.

        `poison`: nobody can read it. `reported_at`: when what it tells was handed to its producer.
        `written_ms`: what the broker says when it was written, where that counts.
        """
        found = TopicPartition(record.topic, partition_of((record.key or b"").decode()))
        log = self.source.get(found)
        if log is None:
            return
        place = found.partition, len(log)
        log.append(polled(record, partition=place[0], offset=place[1], timestamp=written_ms))
        self._witness.received(log[-1], poison=poison, reported_at=reported_at)

    def rewind(self, random: Random) -> None:
        """Somebody puts the group's offsets back, some of them to the start."""
        for partition, offset in self.committed.items():
            self.committed[partition] = random.choice((offset, random.randint(0, offset), 0))

    async def append(self, records: Sequence[Record]) -> None:
        """Records come onto the topics of the outputs and the dead letters."""
        self._witness.arrived(records)
        for record in records:
            self.receive(record)

    async def append_but(self, refused: int, records: Sequence[Record]) -> None:
        """The broker's limit for the size of a message is below that of one of them."""
        await self.append([record for at, record in enumerate(records) if at != refused])
        raise RefusedMessage([refused])


class Answer(NamedTuple):
    """What a fetch brought, and where each partition of a topic ended then."""

    records: list[RawRecord]
    ends: Mapping[TopicPartition, int]


class Member:
    """One process's consumer: what the runtime sees of the group."""

    def __init__(
        self, group: "Group", process: "Process", ownership: Ownership, random: Random
    ) -> None:
        self._group = group
        self.process = process
        self._ownership = ownership
        self._random = random
        self._most_records = random.choice(MOST_RECORDS_A_POLL)
        self._positions: dict[TopicPartition, int] = {}
        self._asked_at: dict[TopicPartition, datetime] = {}
        """When a fetch was sent whose answer reached the end of the partition."""
        self._generation = -1
        self._rejoining = True
        self.has_records_in_hand = False

    def assignment(self) -> set[TopicPartition]:
        return set(self._positions)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self._positions[partition] = offset
        self._asked_at.pop(partition, None)

    async def handed_out(self) -> Mapping[TopicPartition, datetime | None]:
        return {partition: self._asked_at.get(partition) for partition in self._positions}

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        wanted = dict(sorted(offsets.items()))
        if not wanted.keys() <= self._positions.keys():
            raise IllegalStateError("a partition is not assigned")
        self._group.witness.commits(self.process, {found.partition for found in wanted})
        effect = partial(self._group.commit, self, self._generation, wanted)
        headers = " ".join(f"{_short(found)}@{offset}" for found, offset in wanted.items())
        request = Request(f"commit {headers}", effect, _timed_out, "broker")
        await self._group.network.call(self.process, request)

    async def poll(self) -> list[RawRecord]:
        """Some records of some of its partitions; none while it rejoins, or for a while."""
        if self._rejoining:
            await asyncio.sleep(NOTHING_NEW_SECONDS)
            return []
        positions, reached = self._positions, self._asked_at
        sent_at, asked_at = asyncio.get_running_loop().time(), self.process.clock.now()
        asked = dict(positions)
        request = Request("poll", partial(self._fetch, asked), _timed_out, "broker")
        try:
            found = await self._group.network.call(self.process, request)
        except KafkaError:
            return []
        if positions != asked:  # moved meanwhile: aiokafka discards such an answer, too
            return []
        for record in found.records:
            positions[TopicPartition(record.topic, record.partition)] = record.offset + 1
        for partition, end in found.ends.items():
            if positions[partition] < end:
                reached.pop(partition, None)
            else:
                reached[partition] = asked_at
        if positions is self._positions:
            behind = {at.partition for at, end in found.ends.items() if positions[at] < end}
            whole = frozenset(at.partition for at in positions) - behind
            events = self._group.witness.log.events(found.records)
            fetch = Fetch(sent_at, asked_at, whole)
            self._group.hindsight.fetched(self.process, fetch, events)
        self.has_records_in_hand = bool(found.records)
        if not found.records:
            await asyncio.sleep(NOTHING_NEW_SECONDS)
        return found.records

    async def _fetch(self, positions: Mapping[TopicPartition, int]) -> Answer:
        room = self._random.randint(1, self._most_records)
        source = self._group.broker.source
        found: list[RawRecord] = []
        for partition in self._random.sample(sorted(positions), len(positions)):
            start = positions[partition]
            found.extend(source[partition][start : start + room - len(found)])
        return Answer(found, {partition: len(source[partition]) for partition in positions})

    @property
    def is_at_end(self) -> bool:
        """Whether it has been given every record of its partitions."""
        source = self._group.broker.source
        return all(offset >= len(source[at]) for at, offset in self._positions.items())

    async def give_up(self) -> None:
        """What aiokafka does before it joins again: the listener drains, then nothing is ours."""
        self._rejoining = True
        await self.process.awake()
        await self._ownership.revoke()
        self.process.gained_at = {}

    async def assigned(self, generation: int, partitions: Sequence[int]) -> None:
        """What aiokafka does when the group has agreed: positions are those committed."""
        committed = self._group.broker.committed
        self._generation = generation
        self._positions = {
            found: offset for found, offset in committed.items() if found.partition in partitions
        }
        self._asked_at = {}
        self._group.hindsight.assigned(self.process)
        self._rejoining = False
        now = asyncio.get_running_loop().time()
        self.process.gained_at = dict.fromkeys(partitions, now)
        await self._ownership.gained(partitions)

    async def beat(self) -> None:
        """Join, and join again whenever the group went on without this member."""
        while True:
            await self.process.awake()
            if not self._group.holds(self):
                await self.give_up()
                self._group.join(self)
            await asyncio.sleep(HEARTBEAT_SECONDS)


class Process(Sender, Owner, Protocol):
    """What the group knows of a member's process."""

    gained_at: dict[int, float]

    @property
    def clock(self) -> TimeSource:
        """Its own."""
        ...


class Group:
    """The coordinator."""

    def __init__(
        self, broker: Broker, network: Network, witness: Witness, hindsight: Hindsight
    ) -> None:
        self.broker = broker
        self.network = network
        self.witness = witness
        self.hindsight = hindsight
        self._members: list[Member] = []
        self._generation = 0
        self._wanted = asyncio.Event()
        self.is_settled = True
        """Whether no rebalance is under way."""

    def holds(self, member: Member) -> bool:
        """Whether it is a member now."""
        return member in self._members

    def join(self, member: Member) -> None:
        """Take a member in, with the next rebalance."""
        self._members.append(member)
        self._go_on()

    def leave(self, member: Member) -> None:
        """Go on without a member."""
        if member in self._members:
            self._members.remove(member)
            self._go_on()

    def _go_on(self) -> None:
        self.is_settled = False
        self._wanted.set()

    async def expire(self, member: Member) -> None:
        """Leave a member out when it stays silent for a session."""
        try:
            async with asyncio.timeout(SESSION_SECONDS):
                await member.process.awake()
        except TimeoutError:
            self.network.tell("group", f"{member.process.name} is silent and left out")
            self.leave(member)

    async def run(self) -> None:
        """Rebalance whenever somebody came or went."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._rebalance()

    async def _rebalance(self) -> None:
        self.network.tell("group", f"rebalances {' '.join(m.process.name for m in self._members)}")
        joining = list(self._members)
        drained = await asyncio.gather(*(self._drains(member) for member in joining))
        late = [member for member, in_time in zip(joining, drained, strict=True) if not in_time]
        self._members = [member for member in self._members if member not in late]
        if self._wanted.is_set():  # somebody came or went meanwhile
            return
        self._generation += 1
        for number, member in enumerate(self._members):
            share = range(number, PARTITIONS, len(self._members))
            self.network.tell("group", f"gives {list(share)} to {member.process.name}")
            self.network.spawn(member.assigned(self._generation, share))
        self.is_settled = True

    async def _drains(self, member: Member) -> bool:
        try:
            async with asyncio.timeout(SESSION_SECONDS):
                await member.give_up()
        except TimeoutError:
            self.network.tell("group", f"{member.process.name} does not drain and is left out")
            return False
        return True

    async def commit(
        self, member: Member, generation: int, offsets: dict[TopicPartition, int]
    ) -> None:
        """Refused to whoever is not of this generation."""
        if not self.holds(member) or generation != self._generation:
            raise CommitFailedError
        self.broker.committed.update(offsets)
        self.witness.committed(offsets)


class NetworkPublisher:
    """A process's producer; a `Publisher` like any other."""

    def __init__(
        self, broker: Broker, network: Network, process: Process, witness: Witness, random: Random
    ) -> None:
        self._broker = broker
        self._network = network
        self._process = process
        self._witness = witness
        self._random = random

    async def publish(self, records: Sequence[Record]) -> None:
        self._witness.publishes(self._process, records)
        if not records:
            return
        part = [record for record in records if self._random.random() < 0.5]
        refused = self._random.randrange(len(records))
        request = Request(
            f"publish {' '.join(map(_in_words, records))}",
            partial(self._broker.append, records),
            _no_acknowledgement,
            "broker",
            torn=partial(self._broker.append, part),
            refused=partial(self._broker.append_but, refused, records)
            if _may_be_too_large(records[refused])
            else None,
        )
        await self._network.call(self._process, request)


def _may_be_too_large(record: Record) -> bool:
    """A withdrawal is hardly larger than what it takes back, which the broker did take."""
    type_ = from_headers(record.headers).get("type", "")
    return record.topic != DEAD_LETTERS.name and ".withdrawn." not in type_


def _short(partition: TopicPartition) -> str:
    return f"{partition.topic.rpartition('.')[2]}/{partition.partition}"


def _in_words(record: Record) -> str:
    headers = from_headers(record.headers)
    kind = record.topic if "sequence" not in headers else headers["type"].split(".", 2)[2][:-3]
    customer = (record.key or b"").decode().rpartition("/")[2]
    return f"{kind}(c{customer} #{headers.get('sequence', '-')[-6:]})"


def _timed_out() -> KafkaError:
    return RequestTimedOutError()


def _no_acknowledgement() -> TransientFailure:
    return TransientFailure("broker: no acknowledgement in time")
