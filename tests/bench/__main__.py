"""`make bench`: Aftercare beside what one would write by hand, in one run, on fresh servers.

Figures of different runs or machines say nothing about each other; the ratios do.
"""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from shared.contracts.envelope import to_headers
from shared.contracts.identifiers import customer_key, document_id, document_version
from shared.contracts.intake import VisitRecorded
from shared.contracts.topics import VISITS
from shared.contracts.values import instant_text
from shared.kafka import make_producer
from shared.logs import configure_logging
from shared.runtime.relay import KafkaRelay, Record
from shared.settings import KafkaSettings, ServiceSettings
from tests.bench.loops import Loop, aftercare, naive, raw, raw_coalesced
from tests.servers import running_broker, running_mongo

LOOPS: Mapping[str, tuple[Loop, int]] = {
    "raw": (raw, 1),
    "raw coalesced": (raw_coalesced, 1),
    "naive": (naive, 6),
    "aftercare": (aftercare, 1),
}
"""Name -> the loop, and which part of the events it gets: one in so many."""
BYTES = 900
CUSTOMERS_PER_EVENT = 1900 / 6000
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PUBLISH_AT_ONCE = 2000


def visit(number: int, customers: int) -> Record:
    """A visit event of 900 bytes; each customer comes about three times, far apart."""
    dealer = "sunrise/berlin"
    opened_at = START + timedelta(minutes=number % 200_000)
    customer = customer_key(dealer, "dms", str(number * 7919 % customers))
    data = VisitRecorded.model_validate(
        {
            "document_id": document_id(dealer, "dms", "visit", str(number)),
            "version": document_version(number, "0" * 12),
            "customer_key": customer,
            "dealer_id": dealer,
            "timezone": "Europe/Berlin",
            "status": "closed",
            "opened_at": opened_at,
            "closed_at": opened_at + timedelta(hours=6),
            "vin": "WVWZZZ1KZAW000001",
            "currency": "EUR",
            "lines": [{"line_no": "1", "pay_type": "customer", "amount": "249.90"}],
        }
    )
    value = data.model_dump_json(exclude_none=True).encode()
    padded = value[:-1] + b',"note":"' + b"x" * (BYTES - len(value) - 10) + b'"}'
    attributes = {
        "id": str(uuid4()),
        "source": "bench",
        "specversion": "1.0",
        "type": data.TYPE,
        "recordedtime": instant_text(START),
    }
    return Record(VISITS.name, customer.encode(), padded, tuple(to_headers(attributes)))


async def measure(loop: Loop, settings: ServiceSettings, events: int) -> float:
    """Events per second of one loop, all of them waiting on the topic when it begins."""
    await _publish(settings.kafka, events)
    return events / await loop(settings, events)


async def _publish(settings: KafkaSettings, events: int) -> None:
    customers = max(1, round(events * CUSTOMERS_PER_EVENT))
    async with make_producer(settings) as producer:
        relay = KafkaRelay(producer)
        for start in range(0, events, PUBLISH_AT_ONCE):
            numbers = range(start, min(start + PUBLISH_AT_ONCE, events))
            await relay.publish([visit(number, customers) for number in numbers])


def run_once(name: str, events: int) -> float:
    """One loop on servers of its own."""
    loop, part = LOOPS[name]
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        with running_broker(place / "broker", "tansu") as broker, running_mongo(place) as mongo:
            settings = ServiceSettings(
                kafka=broker.settings(), mongo=mongo.settings(database_prefix="bench_")
            )
            return asyncio.run(measure(loop, settings, events // part))


def main() -> None:
    """Measure all loops in turns, and print the medians and their ratios to `raw`."""
    arguments = argparse.ArgumentParser(prog="make bench", description=__doc__)
    arguments.add_argument("--events", type=int, default=6000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--json", type=Path, help="write the figures to this file as well")
    chosen = arguments.parse_args()
    configure_logging(service="bench", level="ERROR", form="console")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    found: dict[str, list[float]] = {name: [] for name in LOOPS}
    out = Console(stderr=True)
    for number in range(1, chosen.rounds + 1):
        for name in LOOPS:
            out.print(f"round {number} of {chosen.rounds}: {name}", highlight=False)
            found[name].append(run_once(name, chosen.events))
    medians = {name: median(rates) for name, rates in found.items()}
    table = Table("loop", "events/s", "of raw", "all rounds")
    for name, rate in medians.items():
        rounds = ", ".join(f"{each:,.0f}" for each in found[name])
        table.add_row(name, f"{rate:,.0f}", f"{rate / medians['raw']:.2f}", rounds)
    Console(file=sys.stdout).print(table)
    if chosen.json is not None:
        chosen.json.write_text(json.dumps({"events": chosen.events, "rates": found}), "utf-8")


if __name__ == "__main__":
    main()
