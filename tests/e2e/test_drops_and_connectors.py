"""What is put into a watched folder and what a connector writes, on real servers, while the
instance that watches is killed."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka.admin import NewTopic

from shared.contracts.topics import VISITS
from shared.platform.kafka import make_admin, make_producer
from shared.settings import KafkaSettings, MongoSettings
from tests.e2e.house import DEALER, House, Instance, house, latest
from tests.servers import Broker

pytestmark = pytest.mark.timeout(300)

ROWS = 600
HEADINGS = "ro_no,line_no,status,opened_at,closed_at,customer_id,pay_type,labour_amount"
TOPIC = "dms.repair-orders"
WITHIN_SECONDS = 120


def content() -> bytes:
    rows = (
        f"RO-{number},1,closed,2026-01-05T09:05:00+01:00,2026-01-05T11:40:00+01:00,C{number},"
        "customer,10.00"
        for number in range(ROWS)
    )
    return "\n".join([HEADINGS, *rows, ""]).encode()


def environment(folder: Path) -> dict[str, str]:
    """Of an intake that watches a folder and reads a topic."""
    (folder / "sftp").mkdir()
    drops, connectors = folder / "drops.yaml", folder / "connectors.yaml"
    drops.write_text(f"""
folders:
  - name: berlin-dms
    path: {folder / "sftp"}
    dealer_id: {DEALER}
    source: dms
    still_seconds: 0.2
    files: [{{match: "visits*.csv", mapping: generic-csv-visits}}]
""")
    connectors.write_text(f"""
connectors:
  - {{topic: {TOPIC}, dealer_id: {DEALER}, source: cdc, takes: generic-ndjson-visits,
     envelope: debezium, deletes: voided}}
""")
    return {
        "AFTERCARE_IMPORT_LEASE_SECONDS": "2",
        "AFTERCARE_DROPS_FILE": str(drops),
        "AFTERCARE_DROPS_EVERY_SECONDS": "0.2",
        "AFTERCARE_CONNECTORS_FILE": str(connectors),
    }


def logged(instance: Instance, words: str) -> bool:
    return words in instance.child.log.read_text(encoding="utf-8")


def warnings(instance: Instance) -> list[str]:
    found: list[str] = httpx.get(f"{instance.url}/health/ready", timeout=30).json()["warnings"]
    return found


async def _write(settings: KafkaSettings, *changes: dict[str, Any] | None) -> None:
    admin = make_admin(settings)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, num_partitions=2, replication_factor=1)])
    await admin.close()
    producer = make_producer(settings)
    await producer.start()
    for change in changes:
        value = None if change is None else json.dumps(change).encode()
        await producer.send_and_wait(TOPIC, value, key=b"1")
    await producer.stop()


def order(number: str, status: str = "closed") -> dict[str, Any]:
    return {
        "ro_no": number,
        "status": status,
        "opened_at": "2026-01-05T09:05:00+01:00",
        "closed_at": "2026-01-05T11:40:00+01:00",
        "customer": {"source_customer_id": "C1"},
    }


def visits(running: House) -> set[str]:
    return {said for said in latest(running.said(VISITS)) if "/visit/" in said}


def test_whoever_is_killed_all_that_was_put_there_is_taken_once_and_told_of(
    tmp_path: Path, fresh_broker: Broker, mongo_settings: MongoSettings
) -> None:
    with (
        house(
            tmp_path, fresh_broker, mongo_settings, environment(tmp_path), only=("intake",)
        ) as running,
        running.another("intake") as other,
    ):
        first = running.instance("intake")
        first.until_ready()
        other.until_ready()
        assert warnings(first) == [f"connectors: topic {TOPIC} is missing"]
        (tmp_path / "sftp" / "visits.csv").write_bytes(content())
        both = (first, other)
        other.child.wait_until(
            lambda: any(logged(each, "dropped file imported") for each in both),
            within_seconds=WITHIN_SECONDS,
        )
        killed, lives = both if logged(first, "dropped file taken") else (other, first)
        killed.child.kill()
        asyncio.run(
            _write(
                fresh_broker.settings(),
                {"op": "r", "after": order("RO-A")},
                {"op": "c", "after": order("RO-B")},
                {"op": "d", "before": order("RO-B"), "after": None},
                None,
            )
        )
        archive = tmp_path / "sftp" / "archive"
        lives.child.wait_until(
            lambda: bool([*archive.rglob("visits.csv.account.csv")]), within_seconds=WITHIN_SECONDS
        )
        (account,) = archive.rglob("visits.csv.account.json")
        told = json.loads(account.read_text("utf-8"))
        counts = told["taken_in"]["counts"]
        assert (told["became"], counts["accepted"] + counts["duplicate"]) == ("taken", ROWS)
        assert (account.parent / "visits.csv").read_bytes() == content()
        lives.child.wait_until(
            lambda: len(visits(running)) == ROWS + 2, within_seconds=WITHIN_SECONDS
        )
