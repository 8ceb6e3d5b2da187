"""From intake's endpoint to a dealer's work list, its counts, its day and its calendar, and off
them again when a task is done."""

from collections.abc import Iterator, Mapping
from typing import Any

import icalendar
import pytest

from shared.settings import MongoSettings
from tests.e2e.house import DEALER, House, ago, house, reported
from tests.servers import Broker

pytestmark = pytest.mark.database

TASKS = f"/v1/dealers/{DEALER}/tasks"
CUSTOMERS = ("1", "2", "3")
AT_ANY_HOUR = "\n".join(
    ["hours:", "  week:"]
    + [f"    {day}: ['00:00-24:00']" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
    + ["most_per_day: 2", ""]
)


@pytest.fixture(scope="module")
def aftercare(
    tmp_path_factory: pytest.TempPathFactory, own_broker: Broker, own_mongo: MongoSettings
) -> Iterator[House]:
    directory = tmp_path_factory.mktemp("work_list")
    rules = directory / "followup.yaml"
    rules.write_text(AT_ANY_HOUR, encoding="utf-8")
    environment = {"AFTERCARE_FOLLOWUP_POLICY_FILE": str(rules)}
    only = ("intake", "followup")
    with house(directory, own_broker, own_mongo, environment, only=only) as running:
        yield running


def sale(customer: str) -> dict[str, Any]:
    return reported(
        "sale",
        f"sale-{customer}",
        deal_no=f"D-{customer}",
        status="delivered",
        source_modified_at=ago(hours=2),
        deal_date=ago(days=9)[:10],
        delivered_at=ago(hours=2),
        sale_type="retail",
        vehicle={"vin": f"WVWZZZ1JZXW00000{customer}"},
        price={"amount": "31500.00", "currency": "EUR"},
        customer={"source_customer_id": customer},
    )


def done(task_id: str) -> dict[str, Any]:
    return reported(
        "task-outcome",
        f"done-{task_id}",
        task_id=task_id,
        outcome="done",
        at=ago(hours=1),
        source_modified_at=ago(hours=1),
        source_customer_id="1",
    )


def asked(aftercare: House, path: str = "", **query: str | int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = aftercare.get("followup", f"{TASKS}{path}", **query).json()
    return found


def customers(found: Mapping[str, Any]) -> list[str]:
    return sorted(line["customer_key"].rpartition("/")[2] for line in found["tasks"])


def test_tasks_come_in_every_list_and_leave_it_when_they_are_done(aftercare: House) -> None:
    sent = aftercare.send(*map(sale, CUSTOMERS))
    assert sent.json()["accepted"] == 3, sent.text

    def came() -> list[str]:
        return customers(asked(aftercare, kind="delivery_thanks", person="nobody"))

    aftercare.until(lambda: came() == [*CUSTOMERS])
    page = asked(aftercare, limit=2)
    rest = asked(aftercare, after=page["after"])
    assert sorted(customers(page) + customers(rest)) == [*CUSTOMERS]
    role = page["tasks"][0]["owner_role"]
    aftercare.until(lambda: asked(aftercare, "/counts")["total"]["open"] == 3)
    day = asked(aftercare, "/day", role=role)
    assert (len(day["tasks"]), len(day["later"]), day["most"]) == (2, 1, 2)
    answer = aftercare.get("followup", f"{TASKS}/calendar.ics", role=role)
    assert len(icalendar.Calendar.from_ical(answer.content).subcomponents) == 3

    [task_id] = [
        line["task_id"]
        for line in asked(aftercare, role=role)["tasks"]
        if line["customer_key"].endswith("/1")
    ]
    sent = aftercare.send(done(task_id))
    assert sent.json()["accepted"] == 1, sent.text
    aftercare.until(lambda: customers(asked(aftercare)) == ["2", "3"])
    aftercare.until(lambda: asked(aftercare, "/counts")["total"]["open"] == 2)
    assert customers(asked(aftercare, "/day", role=role)) == ["2", "3"]
