"""Who reports to intake reads what follows from it at the services that decide, at once."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest

from shared.contracts.topics import PROFILES
from shared.settings import MongoSettings
from tests.e2e.house import DEALER, House, ago, house, reported, visit
from tests.servers import Broker

pytestmark = pytest.mark.database

CUSTOMER = f"{DEALER}/dms/C-1"


class Task(NamedTuple):
    """A task of a customer, as followup tells it."""

    task_id: str
    status: str


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


def closed_visit(number: int, customer: str) -> dict[str, Any]:
    """Closed so long ago that its call opened yesterday at the latest, whatever time it is."""
    closed = ago(days=2)
    times = {"opened_at": ago(days=2, hours=6), "closed_at": closed, "source_modified_at": closed}
    return visit(number, customer, **times)


def statuses(answer: httpx.Response) -> dict[str, Task]:
    """Kind -> the task, of an answer that holds what was waited for."""
    assert (answer.status_code, answer.headers["aftercare-holds"]) == (200, "true")
    found = answer.json()["tasks"]
    return {task["kind"]: Task(task["task_id"], task["status"]) for task in found}


def test_what_was_reported_is_read_with_what_follows_from_it(aftercare: House) -> None:
    for service in ("followup", "complaints"):
        aftercare.instance(service).until_ready()
    item = written(aftercare, closed_visit(1, "C-1"))
    tasks = statuses(read(aftercare, "followup", f"/v1/customers/{CUSTOMER}", item))
    attempt = reported(
        "task-outcome",
        "outcome-1",
        source_customer_id="C-1",
        task_id=tasks["service_satisfaction"].task_id,
        outcome="done",
        at=ago(minutes=5),
    )
    item = written(aftercare, attempt)
    tasks = statuses(read(aftercare, "followup", f"/v1/customers/{CUSTOMER}", item))
    assert tasks["service_satisfaction"].status == "done"


def test_another_number_that_is_reported_settles_the_task_to_find_it(aftercare: House) -> None:
    item = written(aftercare, closed_visit(2, "C-2"))
    path = f"/v1/customers/{DEALER}/dms/C-2"
    tasks = statuses(read(aftercare, "followup", path, item))
    attempt = reported(
        "task-outcome",
        "outcome-2",
        source_customer_id="C-2",
        task_id=tasks["service_satisfaction"].task_id,
        outcome="wrong_number",
        at=ago(minutes=20),
    )
    tasks = statuses(read(aftercare, "followup", path, written(aftercare, attempt)))
    assert tasks["data_correction"].status == "open"
    correction = reported(
        "customer",
        "correction-1",
        source_customer_id="C-2",
        correction_no="B-1",
        at=ago(minutes=10),
        by="advisor-7",
        phones=[{"number": "+49 30 901821"}],
    )
    tasks = statuses(read(aftercare, "followup", path, written(aftercare, correction)))
    assert tasks["data_correction"].status == "done"
    told = [each for each in aftercare.said(PROFILES) if each.key.endswith("/C-2")]
    profile = json.loads(told[-1].value)
    numbers = [phone["e164"] for phone in profile["phones"]]
    assert (profile["name"], numbers) == ("Erika Mustermann", ["+4930901821"])


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
