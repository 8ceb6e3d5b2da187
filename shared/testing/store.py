"""A store in memory; passes the same contract suite as the one in MongoDB."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from shared.contracts.identifiers import name_within
from shared.decider.decision import Listing
from shared.platform.errors import Conflict, RefusedDocuments
from shared.platform.mongo import encoded
from shared.runtime.aggregate import Aggregate, Intent, PolicyMark
from shared.runtime.documents import (
    from_aggregate,
    from_intent,
    from_mark,
    to_aggregate,
    to_intent,
    to_mark,
)


class MemoryStore:
    """Keeps documents, so that what MongoDB would change is changed here."""

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
