"""`aftercare policy` beside a running complaints: an edition is applied, and followed."""

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from deploy.cli.client_key import shown
from deploy.cli.readiness import what_keeps
from deploy.sandbox.processes import Child, free_port, running
from deploy.sandbox.stack import start_service
from shared.contracts.envelope import to_headers
from shared.contracts.intake import ComplaintFiled, ComplaintStepTaken
from shared.contracts.topics import COMPLAINTS
from shared.contracts.values import instant_text
from shared.platform.publisher import Record
from shared.settings import MongoSettings
from tests.deploy.cli.policy_command import policy
from tests.deploy.cli.rules_folder import DEALER, with_roster
from tests.e2e.house import began
from tests.keys import key_in_hand
from tests.servers import PATIENCE_SECONDS, Broker
from tests.shared.runtime.on_servers import publisher_to


@dataclass(frozen=True, slots=True)
class Running:
    """The service as a process, and its environment."""

    child: Child
    url: str
    key: str
    broker: Broker
    environment: dict[str, str]

    def publish(self, *contents: ComplaintFiled | ComplaintStepTaken) -> None:
        async def put() -> None:
            async with publisher_to(self.broker.settings()) as publisher:
                await publisher.publish([_record(content) for content in contents])

        asyncio.run(put())

    def case(self, name: str) -> dict[str, Any]:
        place = quote(f"{_customer(name)}|{_case(name)}", safe="")
        answer = httpx.get(f"{self.url}/v1/cases/{place}", headers=shown(self.key), timeout=30)
        found: dict[str, Any] = answer.json() if answer.status_code == httpx.codes.OK else {}
        return found

    def listed(self) -> list[dict[str, Any]]:
        """The dealer's open cases: those that have been decided."""
        address = f"{self.url}/v1/dealers/{DEALER}/cases"
        answer = httpx.get(address, headers=shown(self.key), timeout=30)
        found: list[dict[str, Any]] = answer.json()["cases"]
        return found

    def until(self, condition: Any) -> None:
        self.child.wait_until(condition, within_seconds=PATIENCE_SECONDS)

    def log(self) -> str:
        return self.child.log.read_text(encoding="utf-8")


@pytest.fixture
def service(
    rules: Path, tmp_path: Path, broker: Broker, mongo_settings: MongoSettings
) -> Iterator[Running]:
    environment = {
        "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "AFTERCARE_KAFKA__PARTITIONS": "6",
        "AFTERCARE_KAFKA__REPLICATION_FACTOR": str(broker.replication_factor),
        "AFTERCARE_KAFKA__IDEMPOTENT_PRODUCER": str(broker.kind == "apache").lower(),
        "AFTERCARE_MONGO__URI": mongo_settings.uri.get_secret_value(),
        "AFTERCARE_MONGO__DATABASE_PREFIX": mongo_settings.database_prefix,
        "AFTERCARE_RULES_DIR": str(rules),
    }
    port = free_port()
    child = start_service(
        "complaints", port=port, environment={**os.environ, **environment}, logs=tmp_path / "logs"
    )
    with running(child), key_in_hand(mongo_settings) as key:
        url = f"http://127.0.0.1:{port}"
        child.wait_until(lambda: not what_keeps(url), within_seconds=PATIENCE_SECONDS)
        yield Running(child, url, key, broker, environment)


PREFIX = uuid4().hex[:8]
"""Other tests' records are on the topic."""


def _case(name: str) -> str:
    return f"{DEALER}/cdk/complaint/{PREFIX}-{name}"


def _customer(name: str) -> str:
    return f"{DEALER}/cdk/{PREFIX}-{name}"


def complaint(name: str, received_ago: timedelta) -> ComplaintFiled:
    return ComplaintFiled(
        document_id=_case(name),
        version="1",
        customer_key=_customer(name),
        dealer_id=DEALER,
        case_no=name,
        timezone="Asia/Shanghai",
        status="open",
        received_at=began() - received_ago,
        channel="phone",
        category="price",
        severity="normal",
    )


def contacted(name: str, ago: timedelta) -> ComplaintStepTaken:
    return ComplaintStepTaken(
        document_id=f"{_case(name)}/step/1",
        version="1",
        customer_key=_customer(name),
        dealer_id=DEALER,
        case_id=_case(name),
        case_no=name,
        step_id="1",
        step="contacted",
        at=began() - ago,
        by="advisor-7",
    )


def _record(content: ComplaintFiled | ComplaintStepTaken) -> Record:
    attributes = {
        "id": str(uuid4()),
        "type": content.TYPE,
        "source": "test",
        "specversion": "1.0",
        "recordedtime": instant_text(began()),
    }
    headers = tuple(to_headers(attributes))
    value = content.model_dump_json().encode()
    return Record(COMPLAINTS.name, content.customer_key.encode(), value, headers)


def answer_of(case: dict[str, Any]) -> dict[str, Any]:
    (found,) = (clock for clock in case["clocks"] if clock["clock"] == "answer")
    return dict(found)


@pytest.mark.broker
def test_an_edition_is_applied_while_the_service_runs(service: Running, rules: Path) -> None:
    hours = timedelta(hours=1)
    service.publish(
        complaint("old", 5 * hours), contacted("old", 4.5 * hours), complaint("new", 1 * hours)
    )
    service.until(lambda: len(service.listed()) == 2)
    service.until(lambda: "kept" in str(service.case("old")))  # the step is taken in
    on = ("apply", DEALER, "--url", service.url, "--yes")

    told = policy(rules, "diff", DEALER, "--json", "--url", service.url, **service.environment)
    assert told.returncode == 0, told.stderr
    (found,) = json.loads(told.stdout)
    assert found["dry_run"]["open_cases"] == 2
    assert found["dry_run"]["rebase_open"]["clocks"] == {"answer": {"move": 2, "breach": 1}}

    done = policy(rules, *on, "--rebase-open", **service.environment)
    assert done.returncode == 0, done.stderr + service.log()
    assert "  --rebase-open: 2 of 2 move, 1 would be overdue at once" in done.stdout
    assert done.stdout.endswith(
        "all 2 open cases of sunrise/pudong are decided by what is in force\n"
    )
    due = {name: answer_of(service.case(name))["due_at"] for name in ("old", "new")}
    assert due == {
        "old": instant_text(began() - 1 * hours),
        "new": instant_text(began() + 3 * hours),
    }

    again = policy(rules, *on, "--rebase-open", **service.environment)
    assert again.stdout.splitlines()[0].startswith("nothing to apply")
    assert again.stdout.endswith("are decided by what is in force\n")
    assert len(list(rules.glob("complaints/applied/*/*.json"))) == 1


@pytest.mark.broker
def test_the_service_says_what_is_wrong_and_goes_on(service: Running, rules: Path) -> None:
    with_roster(rules, "dealer: sunrise/pudong\nroles:\n  boss: [wang]\n")
    service.until(lambda: "rosters/pudong.yaml:3: roles.boss: Input should be" in service.log())
    assert what_keeps(service.url) == []
    with_roster(rules)
    service.until(lambda: '"rules changed"' in service.log())
    service.child.stop()
    with_roster(rules, "dealer: sunrise/pudong\nroles:\n  boss: [wang]\n")
    service.child.restart()
    assert service.child.process.wait(PATIENCE_SECONDS) == 1
    assert "aftercare complaints cannot start, a file is wrong:" in service.child.last_words()
    assert f"{rules}/rosters/pudong.yaml:3: roles.boss: " in service.child.last_words()
