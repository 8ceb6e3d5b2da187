"""A reader over cases in memory, and a client that asks the endpoints over it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

import httpx

from services.complaints.api import routes
from services.complaints.domain.facts import CaseFacts
from services.complaints.domain.rulebook import CaseRulebook
from shared.decider.decision import Listing
from shared.decider.snapshot import Snapshot
from shared.platform.http import make_app
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.reader import MemoryReader
from tests.dealers import DEALERS
from tests.services.complaints.given import CASE, CUSTOMER, DEALER, RULES, Case

ID = f"{CUSTOMER}|{CASE}"
CASES = f"/v1/dealers/{DEALER}/cases"
STATISTICS = f"/v1/dealers/{DEALER}/statistics"


class OneDealer(MemoryReader[CaseFacts, CaseRulebook]):
    """Cases in memory, more listings than there are cases, and how often those were read; and
    whether anybody looked for a case by its document."""

    def __init__(self, cases: Mapping[str, Case], rules: CaseRulebook = RULES) -> None:
        snapshots = [snapshot_of(id_, case) for id_, case in cases.items()]
        super().__init__(snapshots, policy=rules, dealers=DEALERS)
        self.more: list[tuple[str, Listing]] = []
        self.read = 0
        self.looked = asyncio.Event()

    async def facts_named(self, name: str) -> list[CaseFacts]:
        self.looked.set()
        return await super().facts_named(name)

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
        found = await super().listings(dealer_id, since=since, until=until, after=after)
        more = [
            (id_, listing)
            for id_, listing in self.more
            if id_.startswith(dealer_id) and id_ > after and since <= listing.since < until
        ]
        return sorted([*found, *more], key=lambda each: each[0])[:limit]


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
    app = make_app(title="complaints", doorman=KnowsEverybody())
    app.include_router(routes(reader, ManualClock(now)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://complaints")
