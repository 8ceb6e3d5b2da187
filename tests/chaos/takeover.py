"""Who owns which partitions, as Kafka says, and how long a topic was silent meanwhile."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment

from shared.contracts.topics import SCORES
from shared.platform.kafka import RawRecord, make_admin
from tests.chaos.evidence import records_of
from tests.servers import PARTITIONS, PATIENCE_SECONDS, Broker

Owned = Mapping[str, frozenset[int]]
"""Member of the consumer group -> its partitions."""
POLL_SECONDS = 0.1
AFTERWARDS_SECONDS = 5.0
"""So long after an assignment it still has a part in what is silent."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was done to an instance, and who owned what before and after."""

    at: float
    assigned_after_seconds: float
    before: Owned
    after: Owned

    @property
    def moved(self) -> frozenset[int]:
        """The partitions that have another owner."""
        return frozenset(
            partition
            for member, partitions in self.after.items()
            for partition in partitions - self.before.get(member, frozenset())
        )


def until_shared(broker: Broker, service: str, among: int, *, before: Owned, at: float) -> Moment:
    """Wait until so many instances own all partitions evenly, since what was done `at`."""
    while time.time() - at < PATIENCE_SECONDS:
        owned = ownership(broker, service)
        if sorted(map(len, owned.values())) == [PARTITIONS // among] * among:
            return Moment(at, time.time() - at, before, owned)
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"{among} instances of {service} do not share: {owned}")


def ownership(broker: Broker, service: str) -> Owned:
    """The partitions of each member; empty while the group is being rebalanced."""
    return asyncio.run(_ownership(broker, service))


async def _ownership(broker: Broker, service: str) -> Owned:
    admin = make_admin(broker.settings())
    await admin.start()
    try:
        (answer,) = await admin.describe_consumer_groups([f"aftercare.{service}"])
    finally:
        await admin.close()
    ((_, _, state, _, _, members, *_),) = answer.groups
    if state != "Stable":
        return {}
    return {member[0]: _partitions(member[4]) for member in members}


def _partitions(assignment: bytes) -> frozenset[int]:
    decoded = ConsumerProtocolMemberAssignment.decode(assignment)
    return frozenset(number for _, numbers in decoded.assignment for number in numbers)


def scores_of(broker: Broker) -> list[RawRecord]:
    """Every score published so far."""
    return asyncio.run(records_of(broker, [SCORES.name]))[SCORES.name]


def longest_silence(
    records: Iterable[RawRecord], partitions: Iterable[int], moment: Moment
) -> float:
    """Seconds in which one of these partitions got nothing, from just before `moment` until the
    assignment had settled. Under steady load it is what a customer waits at most."""
    until = moment.at + moment.assigned_after_seconds + AFTERWARDS_SECONDS
    instants: dict[int, list[float]] = {partition: [] for partition in partitions}
    for record in records:
        at = record.timestamp / 1000
        if record.partition in instants and moment.at - 1 < at < until:
            instants[record.partition].append(at)
    return max(
        later - earlier for found in instants.values() for earlier, later in pairwise(sorted(found))
    )
