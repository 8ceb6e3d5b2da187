"""A consumer of the toy service on fakes, and the records that it polls."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError

from shared.contracts.intake import VisitRecorded
from shared.contracts.topics import VISITS
from shared.runtime.ownership import Ownership, Pulse
from shared.runtime.ports import Ports
from shared.runtime.worker import Worker
from shared.settings import RuntimeSettings
from shared.testing.clock import ManualClock
from shared.testing.publisher import MemoryPublisher
from shared.testing.store import MemoryStore
from tests.shared.runtime.on_servers import record_of
from tests.shared.runtime.toy import DEALER, START, TOY, ToyFacts, ToyPolicy, visit


class FakeLog:
    """Remembers what was committed and where it was told to go back to."""

    def __init__(self) -> None:
        self.committed: dict[TopicPartition, int] = {}
        self.sought: dict[TopicPartition, int] = {}
        self.commit_fails = False
        self.read_until: datetime | None = START
        self.behind: set[int] = set()
        self.owned = {TopicPartition(VISITS.name, partition) for partition in range(6)}

    def assignment(self) -> set[TopicPartition]:
        return self.owned

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.sought[partition] = offset

    async def handed_out(self) -> Mapping[TopicPartition, datetime | None]:
        return {
            owned: None if owned.partition in self.behind else self.read_until
            for owned in self.owned
        }

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        if self.commit_fails:
            raise CommitFailedError
        self.committed |= offsets


class Taking:
    """A consumer of the toy service on fakes."""

    def __init__(self, *, poison_in_a_row: int = 3, backlog_records: int = 0) -> None:
        self.store, self.publisher, self.log = MemoryStore(), MemoryPublisher(), FakeLog()
        self.ownership = Ownership(Pulse(limit_seconds=5, monotonic=lambda: 0.0))
        self.gave_up: list[str] = []
        self.clock, self.seconds = ManualClock(START), 0.0
        ports = Ports(
            store=self.store,
            publisher=self.publisher,
            subscription=self.log,
            ownership=self.ownership,
            clock=self.clock,
            monotonic=lambda: self.seconds,
        )
        self.worker: Worker[ToyFacts, ToyPolicy] = Worker(
            TOY,
            ports,
            RuntimeSettings(poison_in_a_row=poison_in_a_row, backlog_records=backlog_records),
            dealers=[DEALER],
            give_up=self.gave_up.append,
        )

    async def take(self, records: Sequence["ConsumerRecord[bytes, bytes]"]) -> None:
        await self.worker.take(records)

    def sent_to(self, topic: str) -> int:
        return sum(record.topic == topic for record in self.publisher.records)


def polled(
    offset: int,
    *,
    partition: int = 0,
    customer: str = "1",
    value: bytes | None = None,
    data: VisitRecorded | None = None,
) -> "ConsumerRecord[bytes, bytes]":
    sent = record_of(data or visit(offset, customer=customer))
    return ConsumerRecord(
        topic=VISITS.name,
        partition=partition,
        offset=offset,
        timestamp=0,
        timestamp_type=0,
        key=sent.key,
        value=sent.value if value is None else value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=sent.headers,
    )


def partition(number: int) -> TopicPartition:
    return TopicPartition(VISITS.name, number)
