"""How much memory a service's process holds after many events of few and of many customers."""

import asyncio
import json
from dataclasses import dataclass
from functools import partial

from deploy.cli.intake_client import IntakeClient
from tests.bench.events import DEALER, START, complaint_of, publish, visit_of
from tests.bench.servers import Fresh, running_service

EVENTS = 50_000
FEW_CUSTOMERS = 2_000
MANY_CUSTOMERS = 20_000
SENT_AT_ONCE = 500
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes of one service's process, as the operating system counts them."""

    service: str
    few: float
    """After the events of few customers."""
    many: float
    """After as many events of ten times as many customers."""


def memory(fresh: Fresh, service: str) -> Memory:
    """Measure one service twice."""
    few, many = (_megabytes(fresh, service, count) for count in (FEW_CUSTOMERS, MANY_CUSTOMERS))
    return Memory(service, few, many)


def _megabytes(fresh: Fresh, service: str, customers: int) -> float:
    with fresh() as servers:
        if service != "intake":
            make = partial(complaint_of, cases=customers)
            if service != "complaints":
                make = partial(visit_of, customers=customers)
            asyncio.run(publish(servers.settings.kafka, make, EVENTS))
        with running_service(service, servers) as process:
            if service == "intake":
                asyncio.run(_report(process.url, customers))
            else:
                process.until_consumed(EVENTS)
            return process.metric("process_resident_memory_bytes") / MEGABYTE


async def _report(url: str, customers: int) -> None:
    """Send the events to intake as a feed does."""
    async with IntakeClient(url) as client:
        for first in range(0, EVENTS, SENT_AT_ONCE):
            numbers = range(first, first + SENT_AT_ONCE)
            await client.send([reported(number, customers) for number in numbers])


def reported(number: int, customers: int) -> bytes:
    """A visit of one of so many customers, as a feed sends it."""
    opened_at = START.isoformat()
    event = {
        "specversion": "1.0",
        "id": str(number),
        "source": "bench",
        "type": "dev.aftercare.visit.reported.v1",
        "data": {
            "source": "dms",
            "dealer_id": DEALER,
            "ro_no": f"RO-{number}",
            "status": "closed",
            "source_modified_at": opened_at,
            "opened_at": opened_at,
            "closed_at": opened_at,
            "lines": [{"line_no": "1", "pay_type": "customer", "labour_amount": "250.00"}],
            "customer": {"source_customer_id": str(number % customers), "name": "A. Customer"},
        },
    }
    return json.dumps(event).encode()
