"""Intake's composition root."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import get_args

from fastapi import FastAPI

from services.intake.adapters.connectors.connectors_file import read_connectors, topics_in
from services.intake.adapters.connectors.door import GROUP as CONNECTORS_GROUP
from services.intake.adapters.connectors.door import ConnectorsDoor
from services.intake.adapters.connectors.rejected import KeptOfConnectors
from services.intake.adapters.door import Door
from services.intake.adapters.drops.drops_file import read_drops
from services.intake.adapters.drops.folder import FileTaking, WatchedFolder
from services.intake.adapters.drops.runner import FILES_AT_ONCE, DropRunner
from services.intake.adapters.first_answers import FirstAnswers, MongoFirstAnswers
from services.intake.adapters.imports.around import GiveWay
from services.intake.adapters.imports.clearing import Keeping
from services.intake.adapters.imports.leave import StillMay
from services.intake.adapters.imports.runner import ImportRunner
from services.intake.adapters.imports.store import ImportStore, MongoImports
from services.intake.adapters.imports.upload import Uploads
from services.intake.adapters.limited import UNKNOWN
from services.intake.adapters.mappings import Mappings
from services.intake.adapters.register import MongoRegister, Register
from services.intake.adapters.rejected.quarantine import Quarantine, RoomForRejected
from services.intake.adapters.rejected.store import MongoRejected, RejectedStore
from services.intake.adapters.reports import GROUP, TOPICS, ReportsDoor
from services.intake.adapters.republish import Republishing
from services.intake.adapters.webhooks_folder import expected_webhooks
from services.intake.api.callers import Callers
from services.intake.api.documents import (
    documents_router,
    narratives_router,
    notes_router,
    republish_router,
)
from services.intake.api.events import Taking, events_router
from services.intake.api.first import FirstTime
from services.intake.api.imports import ImportsDesk, imports_router
from services.intake.api.rejected import RejectedDesk, rejected_router
from services.intake.api.webhooks import Expecting, webhooks_router
from services.intake.domain.limits.limiter import Limit
from services.intake.domain.webhooks.signature import Verdict
from services.intake.receive import Intake
from services.intake.settings import IntakeSettings
from services.intake.views.openapi import with_events
from shared.contracts import intake as contracts
from shared.contracts.topics import DEAD_LETTERS
from shared.dealers.dealer import Dealers
from shared.platform import http, metrics
from shared.platform.doorman import Doorman
from shared.platform.errors import TransientFailure
from shared.platform.front_door import connecting_doorman
from shared.platform.http import Lifespan, Readiness, operations, run
from shared.platform.kafka import make_consumer, partition_counts
from shared.platform.keys import DATABASE as ACCESS
from shared.platform.logs import configure_logging
from shared.platform.mongo import Mongo
from shared.platform.preparing import at_work, prepare_when_it_answers
from shared.platform.publisher import ConnectingPublisher, Publisher, connecting_publisher
from shared.platform.rights import Right, require_rights, to_work
from shared.platform.usable import require_usable
from shared.settings import from_environment, starting
from shared.time.clock import SystemClock, TimeSource

WEBHOOKS = "/v1/webhooks/"
"""Below it who sends shows who they are by a signature."""
RIGHTS = to_work(
    reads=TOPICS,
    writes={DEAD_LETTERS.name, *(contract.TOPIC.name for contract in contracts.ALL)},
    group=GROUP,
)
"""What intake's user has to be allowed on Kafka, beside `rights_on_connectors`."""


def rights_on_connectors(settings: IntakeSettings) -> tuple[Right, ...]:
    """What it has to be allowed besides, to read the topics of connectors; nothing without them.

    Raises `WrongFile`.
    """
    topics = topics_in(settings.connectors_file)
    return to_work(reads=topics, writes=(), group=CONNECTORS_GROUP) if topics else ()


def make_app(
    intake: Intake,
    *,
    register: Register,
    answers: FirstAnswers,
    publisher: Publisher,
    clock: TimeSource,
    dealers: Dealers,
    settings: IntakeSettings,
    readiness: Readiness,
    expecting: Expecting,
    doorman: Doorman,
    callers: Callers,
    door: Door | None = None,
    imports: ImportsDesk | None = None,
    quarantine: Quarantine | None = None,
    lifespan: Lifespan | None = None,
    warnings: Callable[[], Sequence[str]] = lambda: (),
) -> FastAPI:
    """The endpoints of an intake over any register and publisher. `imports`: None where no files
    are taken; `quarantine`: None where nothing is kept that is rejected. `warnings`: what an
    operator has to look at, while intake works."""
    app = http.make_app(
        title="Aftercare intake",
        description="Takes what dealer-management systems report, as CloudEvents.",
        doorman=doorman,
        is_open=lambda path: path.startswith(WEBHOOKS),
        lifespan=lifespan,
        describe=with_events,
    )
    types = [contract.TYPE for contract in contracts.ALL]
    metrics.begin(metrics.messages_published, ["intake"], types)
    metrics.begin(metrics.conflicts, ["intake"])
    metrics.begin(metrics.clock_fast_events, ["intake"])
    senders = [*(dealer.id for dealer in dealers.all()), UNKNOWN]
    metrics.begin(metrics.intake_limited, senders, get_args(Limit))
    metrics.begin(
        metrics.intake_webhooks, [*expecting.webhooks.by_name, "unknown"], get_args(Verdict)
    )
    taking = Taking(
        intake=intake,
        door=door or Door(settings),
        callers=callers,
        first=FirstTime(answers, register, clock),
        settings=settings,
    )
    app.include_router(events_router(taking))
    app.include_router(webhooks_router(taking, expecting))
    app.include_router(documents_router(register, dealers))
    app.include_router(narratives_router(register))
    app.include_router(notes_router(register))
    app.include_router(
        republish_router(Republishing(register=register, publisher=publisher), dealers)
    )
    if imports is not None:
        app.include_router(imports_router(imports))
    if quarantine is not None:
        desk = RejectedDesk(
            quarantine=quarantine, taking=taking, mappings=expecting.mappings, dealers=dealers
        )
        app.include_router(rejected_router(desk))
    app.include_router(operations(readiness, warnings))
    return app


def compose(settings: IntakeSettings) -> FastAPI:
    """Intake on MongoDB and Kafka. Starts, and answers 503, while either is away."""
    mongo = functools.cache(functools.partial(Mongo, settings.mongo, "intake"))
    register = MongoRegister(mongo, hash_key=settings.hash_key.get_secret_value())
    publisher = connecting_publisher(settings.kafka)
    answers = MongoFirstAnswers(mongo)
    dealers, clock, mappings = settings.dealers(), settings.clock.clock(), settings.mappings()
    rejected = MongoRejected(mongo)
    quarantine = quarantine_of(settings, rejected, register)
    intake = Intake(
        register=register,
        publisher=publisher,
        clock=clock,
        dealers=dealers,
        quarantine=quarantine,
    )
    reports = reports_door(settings, intake, publisher)
    connectors = connectors_door(settings, intake, publisher, dealers, mappings)
    kept, door, callers = MongoImports(mongo), Door(settings), Callers(dealers, settings.limits())
    doorman = connecting_doorman(settings.auth, lambda: mongo().beside(ACCESS))
    runner = import_runner(
        settings,
        kept,
        intake,
        dealers,
        mappings,
        still_may=doorman.still_may,
        give_way=door.after_all,
    )
    uploads = Uploads(kept, clock=SystemClock(), settings=settings)  # one, by whichever door
    drops = drop_runner(settings, kept, uploads, dealers, mappings, wake=runner.wake)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        publisher.start()
        try:
            async with at_work(
                prepare_when_it_answers(register.prepare, answers.prepare, rejected.prepare),
                *(each.run() for each in (reports, drops, connectors, quarantine)),
                runner.run(prepare=kept.prepare),
            ):
                yield
        finally:
            await publisher.stop()
            await mongo().close()

    return make_app(
        intake,
        register=register,
        answers=answers,
        publisher=publisher,
        clock=clock,
        dealers=dealers,
        settings=settings,
        readiness=readiness_of(publisher, reports, register),
        expecting=Expecting(
            webhooks=expected_webhooks(settings.webhooks_dir, dealers, mappings),
            mappings=mappings,
            clock=clock,
        ),
        doorman=doorman,
        callers=callers,
        door=door,
        imports=imports_desk(kept, uploads, callers, dealers, mappings, wake=runner.wake),
        quarantine=quarantine,
        lifespan=lifespan,
        warnings=lambda: [*drops.troubles, *connectors.troubles],
    )


def readiness_of(
    publisher: ConnectingPublisher, reports: ReportsDoor, register: Register
) -> Readiness:
    """What keeps intake from taking anything in."""

    async def readiness() -> list[str]:
        troubles = [each for each in (publisher.trouble, reports.trouble) if each is not None]
        try:
            await register.ping()
        except TransientFailure as failure:
            troubles.append(str(failure))
        return troubles

    return readiness


def import_runner(
    settings: IntakeSettings,
    kept: ImportStore,
    intake: Intake,
    dealers: Dealers,
    mappings: Mappings,
    *,
    still_may: StillMay,
    give_way: GiveWay,
) -> ImportRunner:
    """What takes imported files in."""
    keeping = Keeping(
        lease=timedelta(seconds=settings.import_lease_seconds),
        file=timedelta(days=settings.import_file_days),
        job=timedelta(days=settings.import_days),
        troubles=settings.import_records_kept,
    )
    return ImportRunner(
        kept,
        intake.receive,
        prepare=intake.prepare,
        still_may=still_may,
        mappings=mappings,
        dealers=dealers,
        clock=SystemClock(),
        keeping=keeping,
        give_way=give_way,
        keep_rejected=intake.keep,
    )


def quarantine_of(settings: IntakeSettings, store: RejectedStore, register: Register) -> Quarantine:
    """Where what is rejected is kept, as it is set."""
    return Quarantine(
        store,
        seal=settings.seal(),
        hash_key=register.hash_key,
        clock=SystemClock(),  # it is kept for real days, also where a demo's time runs fast
        room=RoomForRejected(
            days=settings.rejected_days,
            rows=settings.rejected_rows,
            bytes=settings.rejected_bytes,
            dealer_rows=settings.rejected_dealer_rows,
            dealer_bytes=settings.rejected_dealer_bytes,
        ),
    )


def imports_desk(
    kept: ImportStore,
    uploads: Uploads,
    callers: Callers,
    dealers: Dealers,
    mappings: Mappings,
    *,
    wake: Callable[[], None],
) -> ImportsDesk:
    """What the endpoints of imports need. `wake`: called when there is something to do."""
    return ImportsDesk(
        kept,
        uploads,
        mappings=mappings,
        dealers=dealers,
        clock=SystemClock(),  # leases and speeds are real ones, also where a demo's time runs fast
        callers=callers,
        wake=wake,
    )


def drop_runner(
    settings: IntakeSettings,
    kept: ImportStore,
    uploads: Uploads,
    dealers: Dealers,
    mappings: Mappings,
    *,
    wake: Callable[[], None],
) -> DropRunner:
    """What watches folders. `wake`: called when there is an import to be worked on."""
    taking = FileTaking(
        store=kept,
        uploads=uploads,
        mappings=mappings,
        clock=SystemClock(),
        wake=wake,
        turn=asyncio.Semaphore(FILES_AT_ONCE),
    )
    folders = read_drops(settings.drops_file, dealers=dealers, mappings=mappings)
    return DropRunner(
        [WatchedFolder(each, taking) for each in folders],
        every_seconds=settings.drops_every_seconds,
    )


def reports_door(settings: IntakeSettings, intake: Intake, publisher: Publisher) -> ReportsDoor:
    """The door for what our own services report, over Kafka."""

    async def check() -> None:
        await require_rights(settings.kafka, "intake", RIGHTS)
        if len(await partition_counts(settings.kafka, [*TOPICS])) < len(TOPICS):
            raise TransientFailure(f"missing: {', '.join(TOPICS)}")

    return ReportsDoor(
        functools.partial(intake.receive, ours=True),
        publisher,
        make_consumer=functools.partial(make_consumer, settings.kafka, group=GROUP, topics=TOPICS),
        check=check,
    )


def connectors_door(
    settings: IntakeSettings,
    intake: Intake,
    publisher: Publisher,
    dealers: Dealers,
    mappings: Mappings,
) -> ConnectorsDoor:
    """The door for topics that connectors write."""
    connectors = read_connectors(settings.connectors_file, dealers=dealers, mappings=mappings)

    async def there() -> Collection[str]:
        await require_rights(settings.kafka, "intake", rights_on_connectors(settings))
        return await partition_counts(settings.kafka, [each.topic for each in connectors])

    return ConnectorsDoor(
        connectors,
        intake.receive,
        publisher,
        mappings=mappings,
        monitor=intake.monitor,
        make_consumer=lambda topics: make_consumer(
            settings.kafka, group=CONNECTORS_GROUP, topics=topics
        ),
        there=there,
        keep=KeptOfConnectors(intake.keep, is_kept=lambda: intake.keeps, mappings=mappings),
    )


def main() -> None:
    """Serve until told to stop."""
    with starting("intake"):
        settings = from_environment(IntakeSettings)
        require_usable(settings)
        configure_logging(service="intake", level=settings.log_level, form=settings.log_format)
        app = compose(settings)
    run(
        app,
        settings.http,
        graceful_stop_seconds=settings.runtime.graceful_stop_seconds,
    )
