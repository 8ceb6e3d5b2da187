"""A reader of facts in memory, for endpoints that are tested without a store."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Generic, Self, TypeVar

from shared.contracts.identifiers import dealer_of, name_within
from shared.dealers.dealer import Dealers
from shared.decider.decider import Decider, Facts
from shared.decider.decision import Decision, Listing
from shared.decider.policy import Policy
from shared.decider.snapshot import Snapshot
from shared.decider.summary import MOST_RANK, ListedPage, Summary
from shared.runtime.reader import place_behind
from shared.testing.summaries import page_of, totals_of

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)


class MemoryReader(Generic[F, P]):
    """Reads the snapshots that a test gives it, by this policy and of these dealers."""

    def __init__(
        self,
        snapshots: Iterable[Snapshot[F]],
        *,
        policy: P,
        dealers: Dealers,
        summaries: Mapping[str, Summary] | None = None,
    ) -> None:
        """`summaries`: of those snapshots that are in lists and totals, by id."""
        self.snapshots = {snapshot.id: snapshot for snapshot in snapshots}
        self.policy = policy
        self._dealers = dealers
        self._summaries = summaries or {}
        self.until: datetime | None = max(
            (each.updated_at for each in self.snapshots.values()), default=None
        )
        """Up to when lists and totals tell; as `summarized_until` promises."""

    @classmethod
    def deciding(
        cls,
        decider: Decider[F, P],
        facts: Mapping[str, F],
        now: datetime,
        *,
        dealers: Dealers,
        parked_because: str | None = None,
    ) -> Self:
        """Of these facts, by aggregate, as they are decided now; undecided where one is parked."""
        found = (_snapshot(decider, id_, facts[id_], now, parked_because) for id_ in facts)
        summaries = {}
        if decider.summaries is not None and parked_because is None:
            for id_ in facts:
                summary = decider.summaries.summarize(facts[id_], decider.policy, now)
                if summary is not None:
                    summaries[id_] = summary
        return cls(found, policy=decider.policy, dealers=dealers, summaries=summaries)

    def is_dealer(self, dealer_id: str) -> bool:
        return self._dealers.find(dealer_id) is not None

    async def named(self, name: str) -> list[Snapshot[F]]:
        return [one for one in self._in_order() if name_within(one.id) == name]

    async def get(self, aggregate_id: str) -> Snapshot[F] | None:
        return self.snapshots.get(aggregate_id)

    async def facts(self, aggregate_id: str) -> F | None:
        snapshot = self.snapshots.get(aggregate_id)
        return None if snapshot is None else snapshot.facts

    async def facts_named(self, name: str) -> list[F]:
        return [snapshot.facts for snapshot in await self.named(name)]

    async def page(self, dealer_id: str, *, after: str = "", limit: int = 100) -> list[Snapshot[F]]:
        found = [one for one in self._in_order() if one.dealer_id == dealer_id and one.id > after]
        return found[:limit]

    async def open_by_deadline(
        self, dealer_id: str, *, after: tuple[datetime, str] | None = None, limit: int = 100
    ) -> list[Snapshot[F]]:
        found = sorted(
            ((one.listing.deadline, one.id), one)
            for one in await self.page(dealer_id, limit=len(self.snapshots))
            if one.listing is not None and one.listing.deadline is not None
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
            (one.id, one.listing)
            for one in await self.page(dealer_id, after=after, limit=len(self.snapshots))
            if one.listing is not None and since <= one.listing.since < until
        ]
        return found[:limit]

    async def listed(
        self,
        dealer_id: str,
        name: str,
        *,
        at_least: int = 0,
        below: int = MOST_RANK + 1,
        descending: bool = False,
        after: str = "",
        limit: int = 100,
    ) -> ListedPage:
        return page_of(
            self._of(dealer_id),
            name,
            ranks=range(at_least, below),
            descending=descending,
            after=place_behind(after),
            limit=limit,
        )

    async def totals(self, dealer_id: str) -> Mapping[str, Mapping[str, int]]:
        return totals_of(self._of(dealer_id).values())

    async def summarized_until(self) -> datetime | None:
        return self.until

    def _of(self, dealer_id: str) -> Mapping[str, Summary]:
        return {
            id_: summary
            for id_, summary in self._summaries.items()
            if self.snapshots[id_].dealer_id == dealer_id
        }

    def _in_order(self) -> list[Snapshot[F]]:
        return [self.snapshots[id_] for id_ in sorted(self.snapshots)]


def _snapshot(
    decider: Decider[F, P], id_: str, facts: F, now: datetime, parked_because: str | None
) -> Snapshot[F]:
    policy, decision = decider.policy, Decision()
    if parked_because is None:
        decision = decider.decide(facts, {}, policy, now)
    return Snapshot(
        id=id_,
        dealer_id=dealer_of(id_),
        facts=facts,
        decision=decision,
        announced={},
        due_at=decision.next_due,
        policy_version=policy.version_for(dealer_of(id_)),
        updated_at=now,
        parked_because=parked_because,
        listing=decision.listing,
    )
