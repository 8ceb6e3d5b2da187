"""Complaints that go on: what a rig's intake takes, its complaints hear of at once."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from services.complaints.api import routes
from services.complaints.app import decider
from services.complaints.settings import ComplaintSettings
from shared.platform.http import make_app
from shared.platform.validate import to_event
from shared.runtime.aggregate import Aggregate
from shared.runtime.snapshots import StoreReader
from shared.testing.clock import ManualClock
from shared.testing.publisher import MemoryPublisher
from shared.testing.store import MemoryStore
from tests.access.dealers import DEALERS, MINE
from tests.access.services import report_of
from tests.polled import polled
from tests.services.desk.rig import BASE, Browser, Rig
from tests.services.network import Network


class HearingStore(MemoryStore):
    """Holds what complaints makes of all that was published so far."""

    def __init__(self, publisher: MemoryPublisher, clock: ManualClock) -> None:
        super().__init__()
        self.decider = decider(ComplaintSettings())
        self.is_deaf = False
        """Whether it hears of nothing more."""
        self._publisher, self._clock = publisher, clock
        self._network = Network(self.decider, clock.now())
        self._heard = 0

    async def load(self, ids: Collection[str]) -> Mapping[str, Aggregate]:
        await self._hear()
        return await super().load(ids)

    async def named(self, name: str) -> Sequence[Aggregate]:
        await self._hear()
        return await super().named(name)

    async def page(self, *, dealer_id: str | None, after: str, limit: int) -> Sequence[Aggregate]:
        await self._hear()
        return await super().page(dealer_id=dealer_id, after=after, limit=limit)

    async def open_by_deadline(
        self,
        dealer_id: str,
        *,
        after: tuple[datetime, str] | None,
        limit: int,
        before: datetime | None = None,
    ) -> Sequence[Aggregate]:
        await self._hear()
        return await super().open_by_deadline(dealer_id, after=after, limit=limit, before=before)

    async def wake(self) -> None:
        """All that is due by now is noticed."""
        await self._hear()
        self._network.now = self._clock.now()
        self._network.by(self.decider)
        await self._keep()

    async def _hear(self) -> None:
        records = [] if self.is_deaf else self._publisher.records[self._heard :]
        if not records:
            return
        self._heard = len(self._publisher.records)
        found = (to_event(polled(record), self.decider.reading) for record in records)
        self._network.now = max(self._network.now, self._clock.now())
        self._network.reported([event for event in found if event is not None])
        await self._keep()

    async def _keep(self) -> None:
        self._aggregates.clear()
        await self.save([replace(each, version=1) for each in self._network.stored().values()])


@dataclass
class Complaints:
    """A rig whose complaints go on."""

    rig: Rig
    store: HearingStore

    @classmethod
    def at(cls, rig: Rig) -> "Complaints":
        """In the place of what that rig had."""
        clock, intake = rig.houses.clock, rig.houses.intake
        store = HearingStore(intake.publisher, clock)
        reader = StoreReader(store.decider, store, clock, DEALERS)
        app = make_app(title="complaints", doorman=rig.houses.holders.doorman)
        app.include_router(routes(reader, clock))
        rig.houses.apps["complaints"] = app
        return cls(rig, store)

    async def filed(self, number: str, **more: Any) -> str:
        """One was received an hour ago, unless `more` says otherwise; the address of its page."""
        received = self.rig.houses.clock.now() - timedelta(hours=1)
        data = report_of(
            "complaint",
            **{
                "dealer_id": MINE,
                "source": "cdk",
                "case_no": number,
                "received_at": received.isoformat(),
                "source_modified_at": received.isoformat(),
                **more,
            },
        )
        item = await self.rig.houses.intake.report("complaint", data)
        assert item.outcome == "accepted", item
        return f"{BASE}/cases/cdk/{number}"

    def steps_taken(self) -> list[dict[str, Any]]:
        """What intake has published of steps, each once for each time that it did."""
        found = []
        for record in self.rig.houses.intake.publisher.records:
            event = to_event(polled(record), self.store.decider.reading)
            if event is not None and hasattr(event.data, "step_id"):
                found.append(event.data.model_dump(mode="json"))
        return found


def hidden(page: str, form: str) -> dict[str, str]:
    """The hidden fields of the form of this id, but for the one against forgery."""
    part = page.partition(f'id="{form}"')[2].partition("</form>")[0]
    assert part, f"there is no form {form}"
    found = re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', part)
    return {name: value for name, value in found if name != "csrf"}


async def step(browser: Browser, place: str, name: str, **fields: str) -> Any:
    """Sends the form of a step as the page of the case has it; what is answered."""
    page = await browser.get(place)
    return await browser.post(place, **{**hidden(page.text, f"step-{name}"), **fields})


async def shown_after(browser: Browser, answer: Any) -> str:
    """The page to which the answer to a form leads."""
    assert answer.status_code == 303, answer.text
    page = await browser.client.get(answer.headers["location"])
    assert page.status_code == 200, page.text
    return str(page.text)
