"""A reader over cases in memory, and a client that asks the endpoints over it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import httpx

from services.complaints.api import routes
from services.complaints.domain.facts import CaseFacts
from services.complaints.domain.rulebook import Rulebook
from shared.contracts.identifiers import name_within
from shared.decider.decision import Listing
from shared.decider.snapshot import View
from shared.platform.http import make_app
from shared.time.clock import ManualClock
from tests.fakes import DEALERS
from tests.services.complaints.scenario import CASE, CUSTOMER, DEALER, RULES, Case

ID = f"{CUSTOMER}|{CASE}"
CASES = f"/v1/dealers/{DEALER}/cases"
STATISTICS = f"/v1/dealers/{DEALER}/statistics"


class OneDealer:
    """A reader over cases in memory."""

    def __init__(self, cases: Mapping[str, Case], rules: Rulebook = RULES) -> None:
        self.views = {id_: view_of(id_, case) for id_, case in cases.items()}
        self.more: list[tuple[str, Listing]] = []
        self.policy = rules
        self.read = 0

    def is_dealer(self, dealer_id: str) -> bool:
        return DEALERS.find(dealer_id) is not None

    async def named(self, name: str) -> list[View[CaseFacts]]:
        return [view for id_, view in sorted(self.views.items()) if name_within(id_) == name]

    async def get(self, aggregate_id: str) -> View[CaseFacts] | None:
        return self.views.get(aggregate_id)

    async def page(
        self, dealer_id: str, *, after: str = "", limit: int = 100
    ) -> list[View[CaseFacts]]:
        ids = sorted(id_ for id_ in self.views if id_ > after and id_.startswith(dealer_id))
        return [self.views[id_] for id_ in ids[:limit]]

    async def open_by_deadline(
        self, dealer_id: str, *, after: tuple[datetime, str] | None = None, limit: int = 100
    ) -> list[View[CaseFacts]]:
        found = sorted(
            ((view.listing.deadline, view.id), view)
            for view in await self.page(dealer_id, limit=len(self.views))
            if view.listing is not None and view.listing.deadline is not None
        )
        return [view for place, view in found if after is None or place > after][:limit]

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
        found = [(view.id, view.listing) for view in self.views.values() if view.listing]
        later = [
            (id_, listing)
            for id_, listing in sorted([*found, *self.more], key=lambda each: each[0])
            if id_.startswith(dealer_id) and id_ > after and since <= listing.since < until
        ]
        return later[:limit]


def view_of(id_: str, case: Case) -> View[CaseFacts]:
    return View(
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
