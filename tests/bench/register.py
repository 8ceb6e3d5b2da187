"""`python -m tests.bench.register`: what it costs that intake keeps what it publishes.

The same visits are taken by intake as it is, and by one whose register forgets the contents,
by turns and each on fresh servers; then all that is kept is republished.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import bson

from services.intake.adapters.register import MongoRegister
from services.intake.adapters.republish import Republishing
from services.intake.domain.facts import Row
from services.intake.receive import Intake
from shared.dealers.dealer import Dealer, Dealers
from shared.platform.kafka import make_producer
from shared.platform.mongo import Mongo
from shared.platform.publisher import KafkaPublisher
from shared.settings import ServiceSettings
from shared.time.clock import SystemClock
from tests.bench.events import DEALER
from tests.bench.memory import reported
from tests.bench.servers import fresh_servers

EVENTS = 6_000
CUSTOMERS = 2_000
AT_ONCE = 500
ROUNDS = 3
DEALERS = Dealers(
    [Dealer(id=DEALER, name="Berlin", timezone="Europe/Berlin", currency="EUR", region="DE")]
)


class Forgetful(MongoRegister):
    """A register that does not keep what was published."""

    async def save(self, rows: Sequence[Row]) -> None:
        await super().save([row.model_copy(update={"content": {}}) for row in rows])


@dataclass(frozen=True, slots=True)
class Cost:
    """What one round found."""

    reports_per_second: float
    own_seconds: float
    """Of our process's CPU, per report."""
    bytes_per_document: float
    republished_per_second: float


def cost(kind: type[MongoRegister]) -> Cost:
    """Measure one register on fresh servers."""
    with fresh_servers(None) as servers:
        return asyncio.run(_measured(kind, servers.settings))


async def _measured(kind: type[MongoRegister], settings: ServiceSettings) -> Cost:
    mongo = Mongo(settings.mongo, "intake")
    register = kind(lambda: mongo)
    await register.prepare()
    raws = [json.loads(reported(number, CUSTOMERS)) for number in range(EVENTS)]
    async with make_producer(settings.kafka) as producer:
        publisher = KafkaPublisher(producer)
        intake = Intake(
            register=register, publisher=publisher, clock=SystemClock(), dealers=DEALERS
        )
        started, own = time.perf_counter(), time.process_time()
        for first in range(0, EVENTS, AT_ONCE):
            await intake.receive(raws[first : first + AT_ONCE])
        taken, own = time.perf_counter() - started, time.process_time() - own
        documents = await mongo.database.documents.find({}).to_list(None)
        started = time.perf_counter()
        republishing = Republishing(register=register, publisher=publisher)
        after: str | None = ""
        while after is not None:
            page = await republishing.page(dealer_id=None, since=None, after=after, limit=AT_ONCE)
            after = page.next
        back = time.perf_counter() - started
    await mongo.close()
    return Cost(
        reports_per_second=EVENTS / taken,
        own_seconds=own / EVENTS,
        bytes_per_document=sum(len(bson.encode(found)) for found in documents) / len(documents),
        republished_per_second=(EVENTS + CUSTOMERS) / back,
    )


def main() -> None:
    """Measure by turns, and print the medians."""
    found: dict[str, list[Cost]] = {"forgetting": [], "keeping": []}
    for _ in range(ROUNDS):
        found["forgetting"].append(cost(Forgetful))
        found["keeping"].append(cost(MongoRegister))
    for name, rounds in found.items():
        rate = median(each.reports_per_second for each in rounds)
        size = median(each.bytes_per_document for each in rounds)
        own = median(each.own_seconds for each in rounds) * 1e6
        print(f"{name}: {rate:,.0f} reports/s, own CPU {own:.0f} µs, {size:,.0f} bytes a document")
    back = median(each.republished_per_second for each in found["keeping"])
    print(f"republished: {back:,.0f} documents/s")


if __name__ == "__main__":
    main()
