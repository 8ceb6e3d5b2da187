"""The five services as they are put together, on a database and without a broker, each with
something in it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from pydantic import SecretStr

from services.complaints import api as complaints
from services.complaints.domain.dry_run import TRIAL as COMPLAINTS_TRIAL
from services.followup import api as followup
from services.followup.domain.dry_run import TRIAL as FOLLOWUP_TRIAL
from services.identity import api as identity
from services.identity.domain.dry_run import TRIAL as IDENTITY_TRIAL
from services.intake.adapters.door import Door
from services.intake.adapters.first_answers import MongoFirstAnswers
from services.intake.adapters.imports.store import MongoImports
from services.intake.adapters.imports.upload import Uploads
from services.intake.adapters.mappings import Mappings
from services.intake.adapters.register import MongoRegister
from services.intake.adapters.rejected.seal import new_key
from services.intake.adapters.rejected.store import MongoRejected
from services.intake.adapters.webhooks import Webhook, Webhooks
from services.intake.api.callers import Callers
from services.intake.api.webhooks import Expecting
from services.intake.app import import_runner, imports_desk, quarantine_of
from services.intake.app import make_app as make_intake
from services.intake.domain.examine.feed import Feed
from services.intake.domain.rejected.row import WayIn
from services.intake.receive import Intake
from services.intake.settings import IntakeSettings
from services.scoring import api as scoring
from services.scoring.domain.dry_run import TRIAL as SCORING_TRIAL
from shared.contracts.envelope import Event
from shared.decider.decider import Decider
from shared.platform.http import make_app, operations
from shared.platform.mongo import Mongo
from shared.policies.trial import Trial
from shared.runtime.holdings import holdings_router
from shared.runtime.mongo_store import MongoStore
from shared.runtime.mongo_summaries import MongoSummaries
from shared.runtime.policies import policy_routes
from shared.settings import MongoSettings
from shared.testing.clock import ManualClock
from shared.testing.doorman import knows_one
from shared.testing.publisher import MemoryPublisher
from shared.time.clock import SystemClock
from tests.dealers import DEALERS
from tests.services.complaints import given as complaints_story
from tests.services.following import Following
from tests.services.followup import given as followup_story
from tests.services.followup.given_tasks import FOLLOWUP
from tests.services.identity import given as identity_story
from tests.services.intake import given as intake_story
from tests.services.intake.given_imports import MAPPING
from tests.services.intake.signing import SECRET
from tests.services.scoring import given as scoring_story
from tests.services.scoring.asked import SCORING

DEALER = "sunrise/pudong"
KNOWN: Mapping[str, Sequence[str]] = {
    "path.group": ["sunrise"],
    "path.dealer": ["pudong"],
    "path.source": ["cdk", "dms"],
    "path.number": ["C1"],
    "path.key": ["sunrise~pudong~cdk~C1", "sunrise~pudong~dms~C1"],
    "path.case": [f"{complaints_story.CUSTOMER}|{complaints_story.CASE}".replace("/", "~")],
    "path.document_id": ["sunrise~pudong~cdk~complaint~K1"],
    "path.name": ["crm"],
    "query.dealer": [DEALER],
    "query.dealer_id": [DEALER],
    "query.mapping": ["test-visits"],
    "body.data.dealer_id": [DEALER],
    "body.dealer": [DEALER],
}
"""Parameter -> what it may be, so that something of what the services hold is asked for; `~` stands
for a slash within a path."""


async def _ready() -> list[str]:
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A service that is asked about what others reported."""

    decider: Decider[Any, Any]
    trial: Trial[Any, Any]
    routes: Callable[[Any, ManualClock], APIRouter]
    story: Sequence[Event[Any]]
    until: datetime

    def made(self, mongo_settings: MongoSettings, folder: Path) -> FastAPI:
        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            mongo = Mongo(mongo_settings, self.decider.name)
            store = MongoStore(mongo.database, listed=self.decider.listed)
            lists = () if self.decider.summaries is None else self.decider.summaries.lists
            summaries = MongoSummaries(mongo.database, lists)
            began = min(each.recorded_at for each in self.story)
            told = Following(
                folder,
                self.decider,
                self.trial,
                None,
                began,
                dealers=[DEALER] if self.decider.listed else (),
                store=store,
                summaries=summaries,
            )
            await store.prepare()
            await summaries.prepare()
            await told.ownership.gained([0])
            await told.take(*self.story)
            await told.until(self.until)
            await told.summarize()
            app.include_router(operations(_ready))
            app.include_router(holdings_router(self.decider.facts, store))
            app.include_router(self.routes(told.reader, told.clock))
            app.include_router(policy_routes(told.pages, DEALERS))
            yield
            await mongo.close()

        return make_app(title=self.decider.name, doorman=knows_one(), lifespan=lifespan)


def _scoring() -> _Reading:
    story = scoring_story
    return _Reading(
        decider=SCORING,
        trial=SCORING_TRIAL,
        routes=partial(scoring.routes, dealers=DEALERS),
        story=[
            story.sale("2025-01-10"),
            story.visit("2025-03-01"),
            story.visit("2025-06-01", "R2"),
        ],
        until=story.day("2025-07-01"),
    )


def _followup() -> _Reading:
    story = followup_story
    return _Reading(
        decider=FOLLOWUP,
        trial=FOLLOWUP_TRIAL,
        routes=partial(followup.routes, dealers=DEALERS),
        story=[
            story.visit("2025-01-04 17:00"),
            story.delivery("2025-01-10 16:00"),
            story.survey("2025-01-11 10:00", overall=9),
        ],
        until=story.at("2025-01-12 17:00"),
    )


def _complaints() -> _Reading:
    story = complaints_story
    return _Reading(
        decider=story.DECIDER,
        trial=COMPLAINTS_TRIAL,
        routes=complaints.routes,
        story=[story.filed(), story.step("contacted", "1h")],
        until=story.at("2d"),
    )


def _identity() -> _Reading:
    story = identity_story
    return _Reading(
        decider=story.DECIDER,
        trial=IDENTITY_TRIAL,
        routes=identity.routes,
        story=[
            story.profile(story.DMS, story.WANG, story.MOBILE),
            story.sale(story.DMS),
        ],
        until=story.day(3),
    )


def _intake(mongo_settings: MongoSettings, folder: Path) -> FastAPI:
    (folder / "test-visits.yaml").write_text(MAPPING, encoding="utf-8")
    key = SecretStr(new_key())
    settings = IntakeSettings(mongo=mongo_settings, mappings_dir=folder, rejected_key=key)
    clock, publisher, mongos = ManualClock(intake_story.NOW), MemoryPublisher(), list[Mongo]()
    callers, mappings = Callers(DEALERS, settings.limits()), Mappings(folder)

    def mongo() -> Mongo:
        if not mongos:
            mongos.append(Mongo(mongo_settings, "intake"))
        return mongos[0]

    register = MongoRegister(mongo, hash_key="of tests")
    rejected = MongoRejected(mongo)
    quarantine = quarantine_of(settings, rejected, register)
    intake = Intake(
        register=register,
        publisher=publisher,
        clock=clock,
        dealers=DEALERS,
        quarantine=quarantine,
    )
    answers, kept = MongoFirstAnswers(mongo), MongoImports(mongo)
    runner = import_runner(
        settings,
        kept,
        intake,
        DEALERS,
        mappings,
        still_may=knows_one().still_may,
        give_way=Door(settings).after_all,
    )
    uploads = Uploads(kept, clock=SystemClock(), settings=settings)
    desk = imports_desk(kept, uploads, callers, DEALERS, mappings, wake=runner.wake)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for prepare in (register.prepare, answers.prepare, kept.prepare, rejected.prepare):
            await prepare()
        await intake.receive(
            [
                intake_story.event("visit", intake_story.visit()),
                intake_story.event("complaint", intake_story.complaint()),
                intake_story.event("visit", intake_story.visit(ro_no="", source="cdk")),
            ],
            way=WayIn(door="events"),
        )
        yield
        await mongo().close()

    dealer = DEALERS.find(DEALER)
    assert dealer is not None
    feed = Feed(dealer_id=DEALER, source="cdk")
    crm = Webhook(name="crm", dealer=dealer, feed=feed, mapping=None, secrets=(SECRET,))
    return make_intake(
        intake,
        register=register,
        answers=answers,
        publisher=publisher,
        clock=clock,
        dealers=DEALERS,
        settings=settings,
        readiness=_ready,
        expecting=Expecting(webhooks=Webhooks({"crm": crm}), mappings=mappings, clock=clock),
        imports=desk,
        callers=callers,
        quarantine=quarantine,
        doorman=knows_one(),
        lifespan=lifespan,
    )


_MADE: dict[str, Callable[[MongoSettings, Path], FastAPI]] = {
    "intake": _intake,
    "scoring": lambda settings, folder: _scoring().made(settings, folder),
    "followup": lambda settings, folder: _followup().made(settings, folder),
    "complaints": lambda settings, folder: _complaints().made(settings, folder),
    "identity": lambda settings, folder: _identity().made(settings, folder),
}
SERVICES = tuple(_MADE)


def made(name: str, mongo: MongoSettings, folder: Path) -> FastAPI:
    """The service of this name."""
    return _MADE[name](mongo, folder)
