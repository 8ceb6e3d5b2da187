"""A service of customers as a process beside `aftercare policy`, and what it is told of them."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from deploy.cli.client_key import shown
from deploy.cli.readiness import what_keeps
from deploy.sandbox.processes import Child, free_port, running
from deploy.sandbox.stack import start_service
from shared.contracts.envelope import to_headers
from shared.contracts.identifiers import document_version
from shared.contracts.intake import VisitRecorded
from shared.contracts.topics import VISITS
from shared.contracts.values import instant_text
from shared.platform.publisher import Record
from shared.settings import MongoSettings
from tests.e2e.house import began
from tests.keys import key_in_hand
from tests.servers import PATIENCE_SECONDS, Broker
from tests.shared.runtime.on_servers import publisher_to

PREFIX = uuid4().hex[:8]
"""Other tests' records are on the topic."""


def customer(dealer: str, name: str) -> str:
    return f"{dealer}/cdk/{PREFIX}-{name}"


def visit(dealer: str, name: str, *, days_ago: int = 1) -> Record:
    """A car that was brought in so many days ago."""
    closed_at = began() - timedelta(days=days_ago)
    content = VisitRecorded(
        document_id=f"{dealer}/cdk/visit/{PREFIX}-{name}",
        version=document_version(1_700_000_000_000, "1"),
        customer_key=customer(dealer, name),
        dealer_id=dealer,
        timezone="Asia/Shanghai",
        status="closed",
        opened_at=closed_at - timedelta(hours=3),
        closed_at=closed_at,
        currency="CNY",
    )
    attributes = {
        "id": str(uuid4()),
        "type": content.TYPE,
        "source": "test",
        "specversion": "1.0",
        "recordedtime": instant_text(began()),
    }
    value, headers = content.model_dump_json().encode(), tuple(to_headers(attributes))
    return Record(VISITS.name, content.customer_key.encode(), value, headers)


@dataclass(frozen=True, slots=True)
class Beside:
    """The running service."""

    child: Child
    url: str
    key: str
    broker: Broker

    def tell(self, records: Sequence[Record]) -> None:
        """Put these on the topics."""

        async def put() -> None:
            async with publisher_to(self.broker.settings()) as publisher:
                await publisher.publish(records)

        asyncio.run(put())

    def told_of(self, dealer: str, name: str) -> dict[str, Any]:
        """What it says of a customer; nothing where it knows nobody of that name yet."""
        path = f"/v1/customers/{quote(customer(dealer, name), safe='')}"
        answer = httpx.get(f"{self.url}{path}", headers=shown(self.key), timeout=30)
        found: dict[str, Any] = answer.json() if answer.status_code == httpx.codes.OK else {}
        return found

    def until(self, condition: Any) -> None:
        self.child.wait_until(condition, within_seconds=PATIENCE_SECONDS)


@contextmanager
def beside(
    service: str, rules: Path, logs: Path, broker: Broker, mongo: MongoSettings, **more: str
) -> Iterator[Beside]:
    """The service, once it is ready, by the rules of that folder."""
    environment = {
        "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "AFTERCARE_KAFKA__PARTITIONS": "1",  # there are more: the broker knows how many
        "AFTERCARE_KAFKA__REPLICATION_FACTOR": str(broker.replication_factor),
        "AFTERCARE_KAFKA__IDEMPOTENT_PRODUCER": str(broker.kind == "apache").lower(),
        "AFTERCARE_MONGO__URI": mongo.uri.get_secret_value(),
        "AFTERCARE_MONGO__DATABASE_PREFIX": mongo.database_prefix,
        "AFTERCARE_RULES_DIR": str(rules),
        **more,
    }
    port = free_port()
    child = start_service(service, port=port, environment={**os.environ, **environment}, logs=logs)
    with running(child), key_in_hand(mongo) as key:
        found = Beside(child, f"http://127.0.0.1:{port}", key, broker)
        found.until(lambda: not what_keeps(found.url))
        yield found
