"""In-memory stand-ins that honour the same contract suites as the real ones."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar

from shared.contracts.identifiers import dealer_of, name_within
from shared.dealers.file import EXAMPLE_DEALERS, read_dealers
from shared.decider.decider import Decider, Facts
from shared.decider.decision import Decision, Listing
from shared.decider.policy import Policy
from shared.decider.snapshot import Snapshot
from shared.platform.errors import Conflict, RefusedDocuments
from shared.platform.mongo import encoded
from shared.platform.publisher import Record
from shared.runtime.aggregate import Aggregate, Intent, PolicyMark
from shared.runtime.documents import (
    from_aggregate,
    from_intent,
    from_mark,
    to_aggregate,
    to_intent,
    to_mark,
)

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

DEALERS = read_dealers(EXAMPLE_DEALERS)
"""Those of the demo: a test's dealers are among them."""


class MemoryStore:
    """A store in memory. Keeps documents, so that what MongoDB would change is changed here."""

    def __init__(self) -> None:
        self._aggregates: dict[str, dict[str, object]] = {}
        self._intents: dict[str, dict[str, object]] = {}
        self._policies: dict[int, str] = {}
        self.refuses: set[str] = set()
        """Whose documents are refused but for one that says why it was set aside."""

    async def prepare(self) -> None:
        return None

    def _all(self) -> list[Aggregate]:
        return [to_aggregate(self._aggregates[id_]) for id_ in sorted(self._aggregates)]

    async def load(self, ids: Collection[str]) -> Mapping[str, Aggregate]:
        return {id_: to_aggregate(self._aggregates[id_]) for id_ in ids if id_ in self._aggregates}

    async def save(self, aggregates: Sequence[Aggregate]) -> None:
        refused = {
            one.id
            for one in aggregates
            if encoded(from_aggregate(one)) is None
            or (one.id in self.refuses and one.parked is None)
        }
        written = len(refused)
        for aggregate in aggregates:
            known = self._aggregates.get(aggregate.id)
            version = known["version"] if known else 0
            if version == aggregate.version - 1 and aggregate.id not in refused:
                self._aggregates[aggregate.id] = from_aggregate(aggregate)
                written += 1
        if written < len(aggregates):
            raise Conflict(f"{written} of {len(aggregates)} documents were written")
        if refused:
            raise RefusedDocuments(refused)

    async def add_intents(self, intents: Sequence[Intent]) -> None:
        for intent in intents:
            self._intents[intent.id] = from_intent(intent)

    async def intents(self, partitions: Collection[int]) -> Sequence[Intent]:
        found = [to_intent(self._intents[id_]) for id_ in sorted(self._intents)]
        return [intent for intent in found if intent.partition in partitions]

    async def remove_intents(self, ids: Collection[str]) -> None:
        for id_ in ids:
            self._intents.pop(id_, None)

    async def due(self, until: Mapping[int, datetime], *, limit: int) -> Sequence[Aggregate]:
        due: dict[int, list[tuple[datetime, str]]] = {partition: [] for partition in until}
        known = {aggregate.id: aggregate for aggregate in self._all()}
        for one in known.values():
            instant = until.get(one.partition)
            if instant is not None and one.due_at is not None and one.due_at <= instant:
                due[one.partition].append((one.due_at, one.id))
        pages = (sorted(found)[:limit] for found in due.values())
        return [known[id_] for _, id_ in sorted(each for page in pages for each in page)]

    async def policy_versions(
        self, partitions: Collection[int], *, after: str, limit: int
    ) -> Sequence[tuple[str, str]]:
        found = [
            (aggregate.id, aggregate.policy_version)
            for aggregate in self._all()
            if aggregate.partition in partitions and aggregate.id > after
        ]
        return found[:limit]

    async def policy_marks(self, partitions: Collection[int]) -> Mapping[int, PolicyMark]:
        marks = {part: to_mark(self._policies.get(part, "")) for part in partitions}
        return {part: mark for part, mark in marks.items() if mark is not None}

    async def mark_policy(
        self,
        partitions: Collection[int],
        mark: PolicyMark | None,
        *,
        instead_of: PolicyMark | None = None,
    ) -> None:
        for part in partitions:
            if instead_of is None or self._policies.get(part) == from_mark(instead_of):
                self._policies[part] = from_mark(mark)

    async def page(self, *, dealer_id: str | None, after: str, limit: int) -> Sequence[Aggregate]:
        found = [
            aggregate
            for aggregate in self._all()
            if aggregate.id > after and (dealer_id is None or aggregate.dealer_id == dealer_id)
        ]
        return found[:limit]

    async def open_by_deadline(
        self,
        dealer_id: str,
        *,
        after: tuple[datetime, str] | None,
        limit: int,
        before: datetime | None = None,
    ) -> Sequence[Aggregate]:
        found = sorted(
            ((aggregate.listing.deadline, aggregate.id), aggregate)
            for aggregate in self._all()
            if aggregate.dealer_id == dealer_id
            and aggregate.listing is not None
            and aggregate.listing.deadline is not None
            and (before is None or aggregate.listing.deadline < before)
        )
        return [aggregate for at, aggregate in found if after is None or at > after][:limit]

    async def named(self, name: str) -> Sequence[Aggregate]:
        return [one for one in self._all() if name and name_within(one.id) == name]

    async def open_listings(self, dealer_id: str) -> Sequence[Listing]:
        every = await self.listings_begun(dealer_id, datetime.min.replace(tzinfo=UTC))
        return [listing for listing in every if listing.deadline is not None]

    async def listings_begun(self, dealer_id: str, since: datetime) -> Sequence[Listing]:
        return [
            one.listing
            for one in self._all()
            if one.dealer_id == dealer_id and one.listing is not None and one.listing.since >= since
        ]

    async def listings(
        self,
        dealer_id: str,
        *,
        since: datetime,
        until: datetime,
        after: str,
        limit: int,
    ) -> Sequence[tuple[str, Listing]]:
        found = [
            (aggregate.id, aggregate.listing)
            for aggregate in sorted(self._all(), key=lambda each: each.id)
            if aggregate.dealer_id == dealer_id
            and aggregate.id > after
            and aggregate.listing is not None
            and since <= aggregate.listing.since < until
        ]
        return found[:limit]


class MemoryPublisher:
    """Takes every record; `fail_next` makes the next publishes raise instead."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.fail_next: list[Exception] = []

    async def publish(self, records: Sequence[Record]) -> None:
        if self.fail_next:
            raise self.fail_next.pop(0)
        self.records.extend(records)


class Shelf(Generic[F, P]):
    """A reader of the facts that a test puts on it, as of one moment; none if undecided."""

    def __init__(
        self,
        decider: Decider[F, P],
        facts: Mapping[str, F],
        now: datetime,
        *,
        parked_because: str | None = None,
    ) -> None:
        self._decider = decider
        self._facts = facts
        self._now = now
        self._parked_because = parked_because

    def is_dealer(self, dealer_id: str) -> bool:
        return DEALERS.find(dealer_id) is not None

    async def named(self, name: str) -> list[Snapshot[F]]:
        return [self._snapshot(id_) for id_ in sorted(self._facts) if name_within(id_) == name]

    async def get(self, aggregate_id: str) -> Snapshot[F] | None:
        return self._snapshot(aggregate_id) if aggregate_id in self._facts else None

    async def page(self, dealer_id: str, *, after: str = "", limit: int = 100) -> list[Snapshot[F]]:
        ids = sorted(id_ for id_ in self._facts if dealer_of(id_) == dealer_id and id_ > after)
        return [self._snapshot(id_) for id_ in ids[:limit]]

    @property
    def policy(self) -> P:
        return self._decider.policy

    async def open_by_deadline(
        self, dealer_id: str, *, after: tuple[datetime, str] | None = None, limit: int = 100
    ) -> list[Snapshot[F]]:
        found = sorted(
            ((snapshot.listing.deadline, snapshot.id), snapshot)
            for snapshot in await self.page(dealer_id, limit=len(self._facts))
            if snapshot.listing is not None and snapshot.listing.deadline is not None
        )
        return [snapshot for at, snapshot in found if after is None or at > after][:limit]

    async def listings(
        self,
        dealer_id: str,
        *,
        since: datetime,
        until: datetime,
        after: str = "",
        limit: int = 1000,
    ) -> Sequence[tuple[str, Listing]]:
        found = [
            (snapshot.id, snapshot.listing)
            for snapshot in await self.page(dealer_id, after=after, limit=len(self._facts))
            if snapshot.listing is not None and since <= snapshot.listing.since < until
        ]
        return found[:limit]

    def _snapshot(self, id_: str) -> Snapshot[F]:
        facts, policy = self._facts[id_], self._decider.policy
        decision = Decision()
        if self._parked_because is None:
            decision = self._decider.decide(facts, {}, policy, self._now)
        return Snapshot(
            id=id_,
            dealer_id=dealer_of(id_),
            facts=facts,
            decision=decision,
            announced={},
            due_at=decision.next_due,
            policy_version=policy.version_for(dealer_of(id_)),
            updated_at=self._now,
            parked_because=self._parked_because,
            listing=decision.listing,
        )
