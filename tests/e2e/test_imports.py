"""A file on its way in, on real servers, while the instance that takes it in is killed."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.cli.client_key import shown
from shared.contracts.topics import VISITS
from shared.settings import MongoSettings
from tests.e2e.house import DEALER, Instance, house, latest
from tests.servers import PATIENCE_SECONDS, Broker

pytestmark = pytest.mark.timeout(300)

ROWS = 1_200
HEADINGS = "ro_no,line_no,status,opened_at,closed_at,customer_id,pay_type,labour_amount"
SHORT_LEASE = {"AFTERCARE_IMPORT_LEASE_SECONDS": "2"}


def content() -> bytes:
    rows = (
        f"RO-{number},1,closed,2026-01-05T09:05:00+01:00,2026-01-05T11:40:00+01:00,C{number},"
        "customer,10.00"
        for number in range(ROWS)
    )
    return "\n".join([HEADINGS, *rows, ""]).encode()


def told_by(one: Instance, import_id: str) -> dict[str, Any]:
    address = f"{one.url}/v1/imports/{import_id}"
    found: dict[str, Any] = httpx.get(address, headers=shown(one.key), timeout=30).json()
    return found


def has_it(instance: Instance, import_id: str) -> bool:
    """Whether that instance took the import up."""
    lines = instance.child.log.read_text(encoding="utf-8").splitlines()
    return any("import taken up" in line and import_id in line for line in lines)


def test_another_instance_ends_what_a_killed_one_began(
    tmp_path: Path, fresh_broker: Broker, mongo_settings: MongoSettings
) -> None:
    with (
        house(tmp_path, fresh_broker, mongo_settings, SHORT_LEASE, only=("intake",)) as running,
        running.another("intake") as other,
    ):
        first = running.instance("intake")
        first.until_ready()
        other.until_ready()
        sent = httpx.post(
            f"{first.url}/v1/imports",
            params={"mapping": "generic-csv-visits", "dealer_id": DEALER, "source": "dms"},
            content=content(),
            headers=shown(first.key),
            timeout=30,
        )
        assert sent.status_code == 202, sent.text
        import_id = sent.json()["import_id"]
        other.child.wait_until(
            lambda: told_by(other, import_id)["records"] > 0, within_seconds=PATIENCE_SECONDS
        )
        killed, lives = (first, other) if has_it(first, import_id) else (other, first)
        killed.child.kill()
        assert told_by(lives, import_id)["records"] < ROWS, "it was killed in the middle"
        lives.child.wait_until(
            lambda: told_by(lives, import_id)["state"] == "done", within_seconds=120
        )
        found = told_by(lives, import_id)
        assert found["records"] == ROWS
        assert found["counts"]["accepted"] + found["counts"]["duplicate"] == ROWS
        visits = [said for said in latest(running.said(VISITS)) if "/visit/" in said]
        assert len(visits) == ROWS
