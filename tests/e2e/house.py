"""The four services as processes, and what a test may ask of them."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer

from deploy.local.processes import Child
from deploy.local.stack import Stack, any_ports, running_stack
from shared.contracts.envelope import from_headers
from shared.contracts.topics import Topic
from shared.settings import MongoSettings
from tests.servers import Broker

DEALER = "sunrise/berlin"
WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a service, as read from its topic."""

    id: str
    type: str
    subject: str
    sequence: int
    key: str
    value: bytes


@dataclass(frozen=True, slots=True)
class House:
    """A running Aftercare."""

    stack: Stack
    broker: Broker

    def child(self, service: str) -> Child:
        return next(child for child in self.stack.children if child.name == service)

    def send(self, *events: Mapping[str, Any]) -> httpx.Response:
        """One batch to intake."""
        return httpx.post(
            f"{self.stack.urls['intake']}/v1/events",
            json=list(events),
            headers={"content-type": "application/cloudevents-batch+json"},
            timeout=30,
        )

    def get(self, service: str, path: str, **query: str | int) -> httpx.Response:
        return httpx.get(f"{self.stack.urls[service]}{path}", params=query, timeout=30)

    def held(self, service: str) -> dict[str, str]:
        """Document id -> version, over all aggregates of a service."""
        documents: dict[str, str] = {}
        after: str | None = ""
        while after is not None:
            page = self.get(service, "/v1/holdings", limit=1000, after=after).json()
            for item in page["items"]:
                documents |= item["documents"]
            after = page["next"]
        return documents

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition on the house; fails when it does not come."""
        self.stack.children[-1].wait_until(condition, within_seconds=WAIT_SECONDS)

    def said(self, topic: Topic) -> list[Said]:
        """All messages on a topic so far, in order."""
        return asyncio.run(_read(self.broker, topic))


@contextmanager
def house(
    directory: Path,
    broker: Broker,
    mongo: MongoSettings,
    environment: Mapping[str, str] | None = None,
) -> Iterator[House]:
    """Aftercare on this broker and database."""
    settings = {
        "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "AFTERCARE_KAFKA__PARTITIONS": "6",
        "AFTERCARE_KAFKA__REPLICATION_FACTOR": "1",
        "AFTERCARE_KAFKA__IDEMPOTENT_PRODUCER": str(broker.kind == "apache").lower(),
        "AFTERCARE_MONGO__URI": mongo.uri.get_secret_value(),
        "AFTERCARE_MONGO__DATABASE_PREFIX": mongo.database_prefix,
        **(environment or {}),
    }
    with running_stack(directory=directory, ports=any_ports(), environment=settings) as stack:
        yield House(stack, broker)


async def _read(broker: Broker, topic: Topic) -> list[Said]:
    consumer = AIOKafkaConsumer(
        topic.name, bootstrap_servers=broker.bootstrap_servers, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        found: list[Said] = []
        quiet = 0
        while quiet < 5:  # the embedded broker's end offsets are not to be trusted
            batches = await consumer.getmany(timeout_ms=100)
            quiet = 0 if batches else quiet + 1
            found.extend(_said(record) for records in batches.values() for record in records)
        return found
    finally:
        await consumer.stop()


def _said(record: Any) -> Said:
    attributes = from_headers(record.headers)
    return Said(
        id=attributes["id"],
        type=attributes["type"],
        subject=attributes["subject"],
        sequence=int(attributes.get("sequence", "0")),
        key=record.key.decode(),
        value=record.value,
    )


def latest(said: Sequence[Said]) -> dict[str, Said]:
    """The highest sequence of each subject: what a consumer keeps."""
    kept: dict[str, Said] = {}
    for message in said:
        known = kept.get(message.subject)
        if known is None or known.sequence < message.sequence:
            kept[message.subject] = message
    return kept


_NOW = datetime.now(UTC)


def ago(**span: float) -> str:
    """The instant so long before the tests began, as feeds write it."""
    return (_NOW - timedelta(**span)).isoformat()


def reported(kind: str, id_: str, **data: Any) -> dict[str, Any]:
    """A CloudEvent of the feed."""
    return {
        "specversion": "1.0",
        "id": id_,
        "source": "dms/test",
        "type": f"dev.aftercare.{kind}.reported.v1",
        "data": {"source": "dms", "dealer_id": DEALER, **data},
    }


def visit(number: int, customer: str, **changes: Any) -> dict[str, Any]:
    """A closed visit, paid by the customer."""
    data = {
        "ro_no": f"RO-{number}",
        "status": "closed",
        "source_modified_at": ago(days=1),
        "opened_at": ago(days=2),
        "closed_at": ago(days=1),
        "lines": [{"line_no": "1", "pay_type": "customer", "labour_amount": "250.00"}],
        "customer": {"source_customer_id": customer, "name": "Erika Mustermann"},
        **changes,
    }
    return reported("visit", f"visit-{number}-{customer}-{data['source_modified_at']}", **data)
