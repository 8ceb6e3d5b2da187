"""The five services as they are put together, over what three dealers have."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from services.complaints import api as complaints_api
from services.complaints.app import decider as complaints
from services.complaints.domain.dry_run import TRIAL as COMPLAINTS_TRIAL
from services.complaints.settings import ComplaintSettings
from services.followup import api as followup_api
from services.followup.app import service as followup
from services.followup.domain.dry_run import TRIAL as FOLLOWUP_TRIAL
from services.followup.settings import FollowUpSettings
from services.identity import api as identity_api
from services.identity.domain.dry_run import TRIAL as IDENTITY_TRIAL
from services.identity.domain.policy import IdentityPolicy
from services.intake.adapters.imports.upload import Uploads
from services.intake.adapters.webhooks import Webhook
from services.intake.api.callers import Callers
from services.intake.api.imports import ImportsDesk
from services.intake.domain.examine.feed import Feed
from services.intake.settings import IntakeSettings
from services.scoring import api as scoring_api
from services.scoring.app import service as scoring
from services.scoring.domain.dry_run import TRIAL as SCORING_TRIAL
from services.scoring.settings import ScoringSettings
from shared.contracts.envelope import Event
from shared.contracts.identity import Because, Member, PersonChanged
from shared.contracts.values import Bilingual
from shared.decider.decider import Decider
from shared.platform import http
from shared.platform.doorman import Tokens
from shared.policies.trial import Trial
from shared.runtime.endpoints import Answering, endpoints
from shared.testing.clock import ManualClock
from shared.testing.reader import MemoryReader
from shared.testing.store import MemoryStore
from tests.access.dealers import DEALERS, MINE, SISTER, SOURCES, Holders, of_all
from tests.services.complaints import given as case_story
from tests.services.followup import given as followup_story
from tests.services.followup.given_leads import lead
from tests.services.identity import given as identity_story
from tests.services.intake import given as reports
from tests.services.intake.given_imports import MAPPING
from tests.services.intake.memory_imports import MemoryImports
from tests.services.intake.signing import SECRET
from tests.services.intake.world import World
from tests.services.network import Network
from tests.services.scoring import given as scoring_story

NOW = scoring_story.day("2025-06-01")
_open: list["Houses"] = []
SERVICES = ("intake", "identity", "scoring", "followup", "complaints")


async def _ready() -> list[str]:
    return []


@dataclass
class Houses:
    """All services, behind one doorman."""

    folder: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    imports: MemoryImports = field(default_factory=MemoryImports)
    tokens: Tokens | None = None
    """Whose tokens are accepted beside keys."""

    def __post_init__(self) -> None:
        self.holders = Holders(self.clock, self.tokens)
        self.intake = World(clock=self.clock, dealers=DEALERS)
        self.apps: dict[str, FastAPI] = {}
        self.import_ids: dict[str, str] = {}

    @classmethod
    async def open(cls, folder: Path, *services: str, tokens: Tokens | None = None) -> "Houses":
        """With something of each dealer's in each of these services; in all where none is said."""
        if services and "intake" not in services and _open:  # nothing changes in the others
            return _open[0]
        houses = cls(folder, tokens=tokens)
        houses.apps["intake"] = houses._intake()
        await houses._report()
        for service in services if services == ("intake",) else STORIES:
            if service in STORIES:
                await houses.tell(service, STORIES[service]())
        if len(houses.apps) == len(SERVICES) and tokens is None:
            _open[:] = [houses]
        return houses

    def client(self, service: str) -> httpx.AsyncClient:
        """Asks it; nobody's key is shown."""
        transport = httpx.ASGITransport(self.apps[service])
        return httpx.AsyncClient(transport=transport, base_url="http://aftercare")

    def _intake(self) -> FastAPI:
        (self.folder / "test-visits.yaml").write_text(MAPPING, encoding="utf-8")
        settings = IntakeSettings()
        expecting = self.intake.expecting(
            *(
                Webhook(
                    name=f"{source}-events",
                    feed=Feed(dealer_id=dealer_id, source=source),
                    dealer=reports_dealer(dealer_id),
                    mapping=None,
                    secrets=(SECRET,),
                )
                for dealer_id, source in SOURCES.items()
            ),
            mappings=self.folder,
        )
        desk = ImportsDesk(
            self.imports,
            Uploads(self.imports, clock=self.clock, settings=settings),
            mappings=expecting.mappings,
            dealers=DEALERS,
            clock=self.clock,
            callers=Callers(DEALERS, settings.limits()),
            wake=lambda: None,
        )
        return self.intake.app(
            settings, expecting=expecting, imports=desk, doorman=self.holders.doorman
        )

    async def _report(self) -> None:
        key = self.holders.key("events:write", dealers=["*"])
        async with self.client("intake") as intake:
            for dealer_id, source in SOURCES.items():
                whose: Any = {"dealer_id": dealer_id, "source": source}
                for noun in ("sale", "complaint", "task-outcome"):
                    await self.intake.report(noun, report_of(noun, **whose))
                sent = await intake.post(
                    "/v1/imports",
                    params={"mapping": "test-visits", "name": f"{source}.csv", **whose},
                    content=f"ro_no,status\r\n{source}-1,closed\r\n",
                    headers={"authorization": f"Bearer {key}"},
                )
                assert sent.status_code == 202, sent.text
                self.import_ids[dealer_id] = sent.json()["import_id"]
                wrong = [report_of("sale", sale_type=None, deal_no=no, **whose) for no in "12"]
                await intake.post(
                    "/v1/events",
                    json=[reports.event("sale", each) for each in wrong],
                    headers={
                        "authorization": f"Bearer {key}",
                        "content-type": "application/cloudevents-batch+json",
                    },
                )

    def rejected_id(self, dealer_id: str) -> str:
        """Of something of this dealer's that was rejected and is kept."""
        rows = [each.row for each in self.intake.rejected.rows.values()]
        found = (row.rejected_id for row in rows if row.dealer_id == dealer_id)
        return next(found, "")

    async def tell(self, service: str, story: "Story") -> None:
        """It knows this, and nothing else."""
        self.apps[service] = await self._deciding(story)

    async def _deciding(self, story: "Story") -> FastAPI:
        store = MemoryStore()
        await store.save(story.stored)
        answering = Answering(
            decider=story.decider,
            reader=story.reader,
            store=store,
            clock=self.clock,
            dealers=DEALERS,
            partitions=lambda: 1,
            readiness=_ready,
        )
        app = http.make_app(title=story.decider.name, doorman=self.holders.doorman)
        for router in endpoints(answering, story.routes, trial=story.trial):
            app.include_router(router)
        return app


class Story:
    """What a service knows; nothing changes it."""

    def __init__(
        self,
        decider: Decider[Any, Any],
        trial: Trial[Any, Any],
        routes: Any,
        events: Iterable[Event[Any]],
        now: datetime = NOW,
    ) -> None:
        stored = Network(decider, now).reported(*events).stored()
        facts = {key: decider.facts.model_validate_json(each.facts) for key, each in stored.items()}
        self.decider, self.trial, self.routes = decider, trial, routes
        self.stored = [replace(each, version=1) for each in stored.values()]
        self.reader = MemoryReader.deciding(decider, facts, now, dealers=DEALERS)


def reports_dealer(dealer_id: str) -> Any:
    """The dealer."""
    return DEALERS.find(dealer_id)


def report_of(noun: str, **more: Any) -> reports.Data:
    """A report of this kind, long enough ago."""
    made: Mapping[str, Any] = {
        "sale": partial(
            reports.sale,
            deal_date="2025-05-01",
            delivered_on="2025-05-02",
            source_modified_at="2025-05-02T10:00:00Z",
        ),
        "complaint": partial(
            reports.complaint,
            received_at="2025-05-02T10:00:00Z",
            source_modified_at="2025-05-02T10:00:00Z",
            narrative=f"{more['source'].removesuffix('only').upper()}-ONLY was cross",
        ),
        "task-outcome": partial(
            reports.task_outcome,
            at="2025-05-02T10:00:00Z",
            outcome_no="1",
            source_modified_at="2025-05-02T10:00:00Z",
            note=f"{more['source'].removesuffix('only').upper()}-ONLY wants to be called at noon",
        ),
    }
    found: reports.Data = made[noun](**more)
    return found


@cache
def _identity() -> Story:
    """The customers of all dealers of a group are one person, and a car went from one to another
    dealer's."""
    mine = [
        identity_story.profile(f"{MINE}/cdk/C1", identity_story.WANG, identity_story.MOBILE),
        identity_story.sale(f"{MINE}/cdk/C1", at=NOW - timedelta(days=400), number="D1"),
    ]
    gone = identity_story.sale(f"{SISTER}/berlinonly/C9", at=NOW - timedelta(days=9), number="D9")
    decider = identity_story.deciding(IdentityPolicy(reach="group"))
    apart = identity_story.staff_say("different", f"{MINE}/cdk/C1", f"{SISTER}/berlinonly/C8")
    events = [*of_all(mine), gone, *apart]
    return Story(decider, IDENTITY_TRIAL, identity_api.routes, events)


@cache
def _scoring() -> Story:
    return scoring_with()


def scoring_with(*more: Event[Any]) -> Story:
    """What scoring knows of all dealers, and more."""
    mine = [scoring_story.sale("2025-01-10"), scoring_story.visit("2025-03-01")]
    keys = {dealer_id: f"{dealer_id}/{source}/C1" for dealer_id, source in SOURCES.items()}
    persons = [
        Event(
            id=f"person-{dealer_id}",
            key=keys[dealer_id],
            dealer_id=dealer_id,
            recorded_at=NOW,
            data=PersonChanged(
                customer_key=keys[dealer_id],
                dealer_id=dealer_id,
                members=(
                    Member(
                        customer_key=keys[other],
                        because=(
                            Because(
                                rule="telephone",
                                other_customer_key=keys[dealer_id],
                                words=Bilingual(en="the same telephone", zh="同一电话"),
                            ),
                        ),
                    ),
                ),
            ),
            sequence=1,
        )
        for dealer_id, other in ((MINE, SISTER), (SISTER, MINE))
    ]
    routes = partial(scoring_api.routes, dealers=DEALERS)
    events = [*of_all(mine), *persons, *more]
    return Story(scoring(ScoringSettings()), SCORING_TRIAL, routes, events)


@cache
def _followup() -> Story:
    return followup_with()


def followup_with(*more: Event[Any], now: datetime = NOW) -> Story:
    """What followup knows of all dealers, and more, as it decides at that time."""
    mine = [
        followup_story.delivery("2025-05-28", sold_by="seller"),
        followup_story.visit("2025-05-30"),
        lead("2025-05-31"),
        followup_story.survey("2025-05-20", 9),
    ]
    routes = partial(followup_api.routes, dealers=DEALERS)
    return Story(followup(FollowUpSettings()), FOLLOWUP_TRIAL, routes, [*of_all(mine), *more], now)


@cache
def _complaints() -> Story:
    mine = [case_story.filed(), case_story.step("contacted", "1h")]
    decider = complaints(ComplaintSettings())
    return Story(decider, COMPLAINTS_TRIAL, complaints_api.routes, of_all(mine))


STORIES: Mapping[str, Callable[[], Story]] = {
    "identity": _identity,
    "scoring": _scoring,
    "followup": _followup,
    "complaints": _complaints,
}
