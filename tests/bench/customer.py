"""What one customer costs that has many documents, and what others wait because of it."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import bson

from services.scoring.app import decider
from services.scoring.settings import ScoringSettings
from shared.platform.kafka import make_producer
from shared.platform.mongo import Mongo
from shared.platform.publisher import KafkaPublisher, Record
from shared.settings import KafkaSettings, MongoSettings, ServiceSettings
from tests.bench.events import one_visit_each, publish, visits_of
from tests.bench.latency import MEASURED_SECONDS, WARM_UP_SECONDS, delays
from tests.bench.loops import Taken, taken_in
from tests.bench.servers import Fresh, running_service

NEW = 100
"""How many visits come at once."""
CUSTOMER = 10_000_000
"""A number that no other customer has."""
OTHERS_A_SECOND = 40
THEIRS_A_SECOND = 4


@dataclass(frozen=True, slots=True)
class Customer:
    """What was found with a customer that has so many documents."""

    documents: int
    batch: Taken
    """For as many visits as come at once."""
    stored_bytes: int
    """The largest document of the service's database."""
    others: list[float]
    """Seconds until the output of others' events, while this one has some a second; in order."""


def customer(fresh: Fresh, documents: int) -> Customer:
    """Measure on servers that scoring has filled with this customer's visits."""
    with fresh() as servers:
        settings = servers.settings
        batch = asyncio.run(_batch(settings, documents))
        stored = asyncio.run(_largest(settings.mongo))
        with running_service("scoring", servers):
            others = asyncio.run(_beside(settings.kafka, documents + NEW))
        return Customer(documents, batch, stored, others)


async def _batch(settings: ServiceSettings, documents: int) -> Taken:
    visit = visits_of(CUSTOMER)
    await publish(settings.kafka, visit, documents)
    await taken_in(decider(ScoringSettings()), settings, documents)
    await publish(settings.kafka, lambda number: visit(documents + number), NEW)
    return await taken_in(decider(ScoringSettings()), settings, NEW)


async def _largest(settings: MongoSettings) -> int:
    mongo = Mongo(settings, "scoring")
    try:
        sizes = [
            len(bson.encode(document))
            for name in await mongo.database.list_collection_names()
            async for document in mongo.database[name].find({})
        ]
    finally:
        await mongo.close()
    return max(sizes)


async def _beside(kafka: KafkaSettings, documents: int) -> list[float]:
    """The delays of other customers' events while this one has visits, too."""
    seconds = WARM_UP_SECONDS + MEASURED_SECONDS
    count, make = OTHERS_A_SECOND * seconds, one_visit_each(OTHERS_A_SECOND * seconds)
    coming = asyncio.create_task(
        _come(kafka, (visits_of(CUSTOMER)(documents + n) for n in range(THEIRS_A_SECOND * seconds)))
    )
    try:
        return await delays(kafka, [make(number) for number in range(count)], OTHERS_A_SECOND)
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError):
            await coming


async def _come(kafka: KafkaSettings, records: Iterable[Record]) -> None:
    async with make_producer(kafka) as producer:
        for record in records:
            await KafkaPublisher(producer).publish([record])
            await asyncio.sleep(1 / THEIRS_A_SECOND)
