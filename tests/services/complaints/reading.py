"""A reader over cases in memory, and a client that asks the endpoints over it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import httpx

from services.complaints.api import routes
from services.complaints.domain.facts import CaseFacts
from services.complaints.domain.rulebook import CaseRulebook
from shared.contracts.identifiers import name_within
from shared.decider.decision import Listing
from shared.decider.snapshot import Snapshot
from shared.platform.http import make_app
from shared.time.clock import ManualClock
from tests.fakes import DEALERS
from tests.services.complaints.scenario import CASE, CUSTOMER, DEALER, RULES, Case

ID = f"{CUSTOMER}|{CASE}"
CASES = f"/v1/dealers/{DEALER}/cases"
STATISTICS = f"/v1/dealers/{DEALER}/statistics"


class OneDealer:
    """A reader over cases in memory."""

    def __init__(self, cases: Mapping[str, Case], rules: CaseRulebook = RULES) -> None:
        self.snapshots = {id_: snapshot_of(id_, case) for id_, case in cases.items()}
        self.more: list[tuple[str, Listing]] = []
        self.policy = rules
        self.read = 0

    def is_dealer(self, dealer_id: str) -> bool:
        return DEALERS.find(dealer_id) is not None

    async def named(self, name: str) -> list[Snapshot[CaseFacts]]:
        return [
            snapshot for id_, snapshot in sorted(self.snapshots.items()) if name_within(id_) == name
        ]

    async def get(self, aggregate_id: str) -> Snapshot[CaseFacts] | None:
        return self.snapshots.get(aggregate_id)

    async def page(
        self, dealer_id: str, *, after: str = "", limit: int = 100
    ) -> list[Snapshot[CaseFacts]]:
        ids = sorted(id_ for id_ in self.snapshots if id_ > after and id_.startswith(dealer_id))
        return [self.snapshots[id_] for id_ in ids[:limit]]

    async def open_by_deadline(
        self, dealer_id: str, *, after: tuple[datetime, str] | None = None, limit: int = 100
    ) -> list[Snapshot[CaseFacts]]:
        found = sorted(
            ((snapshot.listing.deadline, snapshot.id), snapshot)
            for snapshot in await self.page(dealer_id, limit=len(self.snapshots))
            if snapshot.listing is not None and snapshot.listing.deadline is not None
        )
        return [snapshot for place, snapshot in found if after is None or place > after][:limit]

    async def listings(
        self,
        dealer_id: str,
        *,
        since: datetime,
        until: datetime,
        after: str = "",
        limit: int = 1000,
    ) -> Sequence[tuple[str, Listing]]:
        self.read += 1
        found = [
            (snapshot.id, snapshot.listing)
            for snapshot in self.snapshots.values()
            if snapshot.listing
        ]
        later = [
            (id_, listing)
            for id_, listing in sorted([*found, *self.more], key=lambda each: each[0])
            if id_.startswith(dealer_id) and id_ > after and since <= listing.since < until
        ]
        return later[:limit]


def snapshot_of(id_: str, case: Case) -> Snapshot[CaseFacts]:
    return Snapshot(
        id=id_,
        dealer_id=DEALER,
        facts=case.facts,
        decision=case.decision,
        announced=case.announced,
        due_at=case.decision.next_due,
        policy_version="",
        updated_at=case.now,
        listing=case.decision.listing,
    )


def client(reader: OneDealer, now: datetime) -> httpx.AsyncClient:
    app = make_app(title="complaints")
    app.include_router(routes(reader, ManualClock(now)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://complaints")
