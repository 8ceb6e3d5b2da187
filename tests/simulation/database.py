"""The store as a process sees it: behind the network."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from random import Random
from typing import Protocol, TypeVar

from shared.platform.errors import TransientFailure
from shared.runtime.aggregate import Aggregate, Intent, PolicyMark
from shared.runtime.documents import from_mark
from shared.runtime.plan import fence
from shared.testing.store import MemoryStore
from shared.time.clock import TimeSource
from tests.simulation.hindsight import Hindsight, Speaker
from tests.simulation.network import Effect, Network, Request, Sender
from tests.simulation.witness import Witness

T = TypeVar("T")


class Database(MemoryStore):
    """The one database of a run. A witness sees every write as it lands."""

    def __init__(self, witness: Witness) -> None:
        super().__init__()
        self._witness = witness

    async def save_for(self, writer: str, aggregates: Sequence[Aggregate]) -> None:
        """`save`, seen by the witness."""
        try:
            await self.save(aggregates)
        finally:
            for found in (await self.load([written.id for written in aggregates])).values():
                self._witness.wrote(found, writer)


class Client(Sender, Speaker, Protocol):
    """A process that may use the store."""

    @property
    def clock(self) -> TimeSource:
        """Its own, which may differ from those of others."""
        ...


class NetworkStore:
    """A process's connection to the database; a `Store` like any other."""

    def __init__(
        self,
        database: Database,
        network: Network,
        client: Client,
        *,
        witness: Witness,
        hindsight: Hindsight,
        random: Random,
    ) -> None:
        self._database = database
        self._network = network
        self._client = client
        self._witness = witness
        self._hindsight = hindsight
        self._random = random
        self.audits_begun = 0
        """How often the first page of what is open was asked for."""

    async def load(self, ids: Collection[str]) -> Mapping[str, Aggregate]:
        wanted = sorted(ids)
        return await self._call(f"load {_short(wanted)}", partial(self._database.load, wanted))

    async def save(self, aggregates: Sequence[Aggregate]) -> None:
        """A bulk has no order of its own: it is sorted, so that a run can be repeated."""
        bulk = sorted(aggregates, key=lambda aggregate: aggregate.id)
        for aggregate in bulk:
            self._witness.acts(self._client, aggregate.partition)
        self._hindsight.writes(self._client, bulk)
        listed = " ".join(f"{_short([one.id])}@{one.version}" for one in bulk)
        part = [aggregate for aggregate in bulk if self._random.random() < 0.5]
        save = partial(self._database.save_for, self._client.name)
        await self._call(
            f"save {listed}",
            partial(save, bulk),
            torn=partial(save, part),
            rival=partial(self._rival, self._random.choice(bulk)) if bulk else None,
        )

    async def _rival(self, aggregate: Aggregate) -> None:
        """Another writer, such as an owner that settles: the version rises, no more."""
        known = (await self._database.load([aggregate.id])).get(aggregate.id)
        now = self._client.clock.now()
        rivals = [fence(aggregate.id, known, aggregate.partition, now)]
        await self._database.save_for("rival", rivals)

    async def add_intents(self, intents: Sequence[Intent]) -> None:
        listed = " ".join(intent.id for intent in intents)
        part = intents[: self._random.randint(0, len(intents))]
        await self._call(
            f"add intents {listed}",
            partial(self._database.add_intents, intents),
            torn=partial(self._database.add_intents, part),
        )

    async def intents(self, partitions: Collection[int]) -> Sequence[Intent]:
        return await self._call(
            f"intents of {sorted(partitions)}", partial(self._database.intents, partitions)
        )

    async def remove_intents(self, ids: Collection[str]) -> None:
        removed = sorted(ids)
        part = removed[: self._random.randint(0, len(removed))]
        await self._call(
            f"remove intents {' '.join(removed)}",
            partial(self._database.remove_intents, removed),
            torn=partial(self._database.remove_intents, part),
        )

    async def due(self, until: Mapping[int, datetime], *, limit: int) -> Sequence[Aggregate]:
        return await self._call(
            f"due of {sorted(until)}", partial(self._database.due, until, limit=limit)
        )

    async def policy_versions(
        self, partitions: Collection[int], *, after: str, limit: int
    ) -> Sequence[tuple[str, str]]:
        return await self._call(
            f"policy versions of {sorted(partitions)}",
            partial(self._database.policy_versions, partitions, after=after, limit=limit),
        )

    async def policy_marks(self, partitions: Collection[int]) -> Mapping[int, PolicyMark]:
        return await self._call(
            f"policies applied to {sorted(partitions)}",
            partial(self._database.policy_marks, partitions),
        )

    async def mark_policy(
        self,
        partitions: Collection[int],
        mark: PolicyMark | None,
        *,
        instead_of: PolicyMark | None = None,
    ) -> None:
        await self._call(
            f"mark the policy of {sorted(partitions)} '{from_mark(mark)}'",
            partial(self._database.mark_policy, partitions, mark, instead_of=instead_of),
        )

    async def open_by_deadline(
        self,
        dealer_id: str,
        *,
        after: tuple[datetime, str] | None,
        limit: int,
        before: datetime | None = None,
    ) -> Sequence[Aggregate]:
        self.audits_begun += after is None
        page = partial(self._database.open_by_deadline, dealer_id, after=after, limit=limit)
        return await self._call("open by deadline", partial(page, before=before))

    async def _call(
        self,
        what: str,
        effect: Effect[T],
        torn: Effect[object] | None = None,
        rival: Effect[object] | None = None,
    ) -> T:
        request = Request(what, effect, away, "database", torn=torn, rival=rival)
        return await self._network.call(self._client, request)


def away() -> TransientFailure:
    """What a process is told where no reply comes."""
    return TransientFailure("database: no reply")


def _short(ids: Sequence[str]) -> str:
    return ",".join(f"c{id_.rpartition('/')[2]}" for id_ in ids)
