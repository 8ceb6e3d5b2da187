"""Who reports to intake reads what follows from it at the services that decide, at once."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from shared.settings import MongoSettings
from tests.e2e.house import DEALER, House, ago, house, reported, visit
from tests.servers import Broker

pytestmark = pytest.mark.database

CUSTOMER = f"{DEALER}/dms/C-1"


@pytest.fixture(scope="module")
def aftercare(
    tmp_path_factory: pytest.TempPathFactory, own_broker: Broker, own_mongo: MongoSettings
) -> Iterator[House]:
    directory, only = tmp_path_factory.mktemp("own_writes"), ("intake", "followup", "complaints")
    with house(directory, own_broker, own_mongo, only=only) as running:
        yield running


def written(aftercare: House, event: dict[str, Any]) -> dict[str, Any]:
    """What intake answers of one event."""
    [item] = aftercare.send(event).raise_for_status().json()["items"]
    assert item["outcome"] == "accepted"
    found: dict[str, Any] = item
    return found


def read(aftercare: House, service: str, path: str, item: dict[str, Any]) -> httpx.Response:
    holds = f"{item['document_id']}@{item['version']}"
    return aftercare.get(service, path, holds=holds, wait="5")


def test_what_was_reported_is_read_with_what_follows_from_it(aftercare: House) -> None:
    for service in ("followup", "complaints"):
        aftercare.instance(service).until_ready()
    item = written(aftercare, visit(1, "C-1"))
    answer = read(aftercare, "followup", f"/v1/customers/{CUSTOMER}", item)
    assert (answer.status_code, answer.headers["aftercare-holds"]) == (200, "true")
    tasks = {task["kind"]: task for task in answer.json()["tasks"]}
    attempt = reported(
        "task-outcome",
        "outcome-1",
        source_customer_id="C-1",
        task_id=tasks["service_satisfaction"]["task_id"],
        outcome="done",
        at=ago(minutes=5),
    )
    item = written(aftercare, attempt)
    answer = read(aftercare, "followup", f"/v1/customers/{CUSTOMER}", item)
    assert answer.headers["aftercare-holds"] == "true"
    done = {task["kind"]: task["status"] for task in answer.json()["tasks"]}
    assert done["service_satisfaction"] == "done"


def test_a_case_is_read_with_the_step_that_was_reported(aftercare: House) -> None:
    complaint = reported(
        "complaint",
        "complaint-1",
        case_no="K-1",
        received_at=ago(hours=1),
        channel="phone",
        category="repair quality",
        customer={"source_customer_id": "C-1"},
    )
    filed = written(aftercare, complaint)
    answer = read(aftercare, "complaints", f"/v1/cases/{filed['document_id']}", filed)
    assert (answer.status_code, answer.headers["aftercare-holds"]) == (200, "true")
    assert answer.json()["stage"] == "open"
    contacted = reported(
        "complaint-step",
        "step-1",
        case_no="K-1",
        step_id="S-1",
        step="contacted",
        at=ago(minutes=30),
        by="advisor-7",
    )
    item = written(aftercare, contacted)
    answer = read(aftercare, "complaints", f"/v1/cases/{filed['document_id']}", item)
    assert answer.headers["aftercare-holds"] == "true"
    assert answer.json()["stage"] == "under_review"


def test_what_nobody_reported_is_not_held(aftercare: House) -> None:
    item = {"document_id": f"{DEALER}/dms/visit/RO-9", "version": "1700000000000.abc"}
    holds = f"{item['document_id']}@{item['version']}"
    answer = aftercare.get("followup", f"/v1/customers/{CUSTOMER}", holds=holds, wait="0.2")
    assert answer.headers["aftercare-holds"] == "false"
