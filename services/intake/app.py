"""Intake's composition root."""

import asyncio
import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.intake.adapters.register import MongoRegister, Register
from services.intake.adapters.reports import GROUP, TOPICS, ReportsDoor
from services.intake.adapters.republish import Republishing
from services.intake.api import (
    documents_router,
    events_router,
    narratives_router,
    republish_router,
)
from services.intake.receive import Intake
from services.intake.settings import IntakeSettings
from services.intake.views.openapi import with_events
from shared.contracts import intake as contracts
from shared.contracts.topics import DEAD_LETTERS
from shared.dealers.dealer import Dealers
from shared.platform import http, metrics
from shared.platform.errors import TransientFailure
from shared.platform.http import Lifespan, Readiness, operations, run
from shared.platform.kafka import make_consumer, partition_counts
from shared.platform.logs import configure_logging
from shared.platform.mongo import Mongo
from shared.platform.publisher import Publisher, connecting_publisher
from shared.platform.rights import require_rights, to_work
from shared.platform.usable import require_usable
from shared.settings import from_environment, starting
from shared.time.clock import TimeSource

RIGHTS = to_work(
    reads=TOPICS,
    writes={DEAD_LETTERS.name, *(contract.TOPIC.name for contract in contracts.ALL)},
    group=GROUP,
)
"""What intake's user has to be allowed on Kafka."""


def make_app(
    *,
    register: Register,
    publisher: Publisher,
    clock: TimeSource,
    dealers: Dealers,
    settings: IntakeSettings,
    readiness: Readiness,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """Intake over any register and publisher."""
    app = http.make_app(
        title="Aftercare intake",
        description="Takes what dealer-management systems report, as CloudEvents.",
        lifespan=lifespan,
        describe=with_events,
    )
    types = [contract.TYPE for contract in contracts.ALL]
    metrics.begin(metrics.messages_published, ["intake"], types)
    metrics.begin(metrics.conflicts, ["intake"])
    metrics.begin(metrics.clock_fast_events, ["intake"])
    intake = Intake(register=register, publisher=publisher, clock=clock, dealers=dealers)
    app.include_router(events_router(intake, settings))
    app.include_router(documents_router(register, dealers))
    app.include_router(narratives_router(register))
    app.include_router(
        republish_router(Republishing(register=register, publisher=publisher), dealers)
    )
    app.include_router(operations(readiness))
    return app


def compose(settings: IntakeSettings) -> FastAPI:
    """Intake on MongoDB and Kafka. Starts, and answers 503, while either is away."""
    mongo = functools.cache(functools.partial(Mongo, settings.mongo, "intake"))
    register = MongoRegister(mongo, hash_key=settings.hash_key.get_secret_value())
    publisher = connecting_publisher(settings.kafka)
    reports = reports_door(settings, register, publisher)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        publisher.start()
        tasks = [
            asyncio.create_task(register.prepare_when_it_answers()),
            asyncio.create_task(reports.run()),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await publisher.stop()
            await mongo().close()

    async def readiness() -> list[str]:
        troubles = [each for each in (publisher.trouble, reports.trouble) if each is not None]
        try:
            await register.ping()
        except TransientFailure as failure:
            troubles.append(str(failure))
        return troubles

    return make_app(
        register=register,
        publisher=publisher,
        clock=settings.clock.clock(),
        dealers=settings.dealers(),
        settings=settings,
        readiness=readiness,
        lifespan=lifespan,
    )


def reports_door(settings: IntakeSettings, register: Register, publisher: Publisher) -> ReportsDoor:
    """The door for what our own services report, over Kafka."""
    intake = Intake(
        register=register,
        publisher=publisher,
        clock=settings.clock.clock(),
        dealers=settings.dealers(),
    )

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
