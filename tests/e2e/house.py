"""The five services as processes, and what a test may ask of them."""

import asyncio
import functools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from deploy.cli.address_file import BACKENDS
from deploy.cli.client_key import shown
from deploy.cli.readiness import what_keeps
from deploy.sandbox.processes import Child, free_port, running
from deploy.sandbox.stack import Stack, any_ports, running_stack, start_service
from shared.contracts.envelope import from_headers
from shared.contracts.subjects import ABOUT_THE_SCORE
from shared.contracts.topics import Topic
from shared.settings import MongoSettings
from tests.polled import written
from tests.servers import PATIENCE_SECONDS, Broker

DEALER = "sunrise/berlin"
ANY_HOUR = Path(__file__).with_name("any_hour.yaml")
"""Followup's policy: what a test waits for is to be done at once, whatever the time is."""


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
class Instance:
    """One process of a service."""

    child: Child
    url: str
    key: str

    def until_ready(self) -> None:
        """Wait until it does its work."""
        self.child.wait_until(lambda: not what_keeps(self.url), within_seconds=PATIENCE_SECONDS)

    def gauge(self, name: str) -> float:
        """A metric as it tells it now; partitions and lag are set every five seconds."""
        text = httpx.get(f"{self.url}/metrics", headers=shown(self.key), timeout=30).text
        (line,) = (line for line in text.splitlines() if line.startswith(name))
        return float(line.rpartition(" ")[2])


@dataclass(frozen=True, slots=True)
class House:
    """A running Aftercare."""

    stack: Stack
    broker: Broker
    directory: Path
    environment: Mapping[str, str]

    def child(self, service: str) -> Child:
        return next(child for child in self.stack.children if child.name == service)

    def send(self, *events: Mapping[str, Any]) -> httpx.Response:
        """One batch to intake."""
        return httpx.post(
            f"{self.stack.urls['intake']}/v1/events",
            json=list(events),
            headers={
                "content-type": "application/cloudevents-batch+json",
                **shown(self.stack.key),
            },
            timeout=30,
        )

    def get(self, service: str, path: str, **query: str | int) -> httpx.Response:
        return httpx.get(
            f"{self.stack.urls[service]}{path}",
            params=query,
            headers=shown(self.stack.key),
            timeout=30,
        )

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
        self.stack.children[-1].wait_until(condition, within_seconds=PATIENCE_SECONDS)

    def said(self, topic: Topic) -> list[Said]:
        """All messages on a topic so far, those of a partition in order."""
        records = asyncio.run(written(self.broker.settings(), topic.name))
        return [said_in(record) for record in records]

    @contextmanager
    def another(self, service: str) -> Iterator[Instance]:
        """One more instance of a service, beside the one there is, until the end or killed."""
        port = free_port()
        child = start_service(
            service,
            port=port,
            environment={**os.environ, **self.environment},
            logs=self.directory / "logs",
            name=f"{service}-{port}",
        )
        with running(child):
            yield Instance(child, f"http://127.0.0.1:{port}", self.stack.key)

    def instance(self, service: str) -> Instance:
        """The instance of a service that was started first."""
        return Instance(self.child(service), self.stack.urls[service], self.stack.key)


@contextmanager
def house(
    directory: Path,
    broker: Broker,
    mongo: MongoSettings,
    environment: Mapping[str, str] | None = None,
    *,
    only: Sequence[str] = BACKENDS,
) -> Iterator[House]:
    """Aftercare on this broker and database; `only`: these services, where others say nothing."""
    settings = {
        "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "AFTERCARE_KAFKA__PARTITIONS": "6",
        "AFTERCARE_KAFKA__REPLICATION_FACTOR": str(broker.replication_factor),
        "AFTERCARE_KAFKA__IDEMPOTENT_PRODUCER": str(broker.kind == "apache").lower(),
        "AFTERCARE_MONGO__URI": mongo.uri.get_secret_value(),
        "AFTERCARE_MONGO__DATABASE_PREFIX": mongo.database_prefix,
        "AFTERCARE_FOLLOWUP_POLICY_FILE": str(ANY_HOUR),
        **(environment or {}),
    }
    with running_stack(
        directory=directory, ports=any_ports(), environment=settings, only=only
    ) as stack:
        yield House(stack, broker, directory, settings)


def said_in(record: Any) -> Said:
    """The message in a record of Kafka."""
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


@functools.cache
def began() -> datetime:
    """When a test first asked, so that what is reported twice says the same."""
    return datetime.now(UTC)


def ago(**span: float) -> str:
    """The instant so long before the tests began, as feeds write it."""
    return (began() - timedelta(**span)).isoformat()


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


def holds(running: House, service: str, count: int) -> bool:
    """Whether a service has taken in so many documents, besides who the customers are, which a
    report tells as well, and what scoring says of them."""
    held = running.held(service)
    besides = sum(
        document.split("/")[3] == "profile" or document.endswith(f"/{ABOUT_THE_SCORE}")
        for document in held
    )
    return len(held) - besides == count
