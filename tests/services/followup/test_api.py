"""What followup's endpoints answer, and how the service is put together."""

from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from services.followup.api import routes
from services.followup.app import decider, service
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.policy import FollowUpPolicy
from services.followup.settings import FollowUpSettings
from shared.contracts.identifiers import subject_id
from shared.platform.http import make_app
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.reader import MemoryReader
from shared.yaml_file import WrongFile
from tests.dealers import DEALERS
from tests.services.followup.given import (
    CUSTOMER,
    DEALER,
    at,
    consent,
    delivery,
    given,
    outcome,
    visit,
)

NOW = at("2025-01-12 17:00")


def client(facts: dict[str, FollowUpFacts]) -> AsyncClient:
    app = make_app(title="followup", doorman=KnowsEverybody())
    app.include_router(
        routes(
            MemoryReader.deciding(service(FollowUpSettings()), facts, NOW, dealers=DEALERS),
            ManualClock(NOW),
            dealers=DEALERS,
        )
    )
    return AsyncClient(transport=ASGITransport(app), base_url="http://aftercare")


async def test_a_customers_tasks_are_told_with_their_reasons() -> None:
    story = given(visit("2025-01-04 17:00"), delivery("2025-01-12 16:00", vin=None))
    answer = await client({CUSTOMER: story.facts}).get(f"/v1/customers/{CUSTOMER}")
    assert answer.status_code == 200
    told = answer.json()
    assert [(task["kind"], task["status"]) for task in told["tasks"]] == [
        ("service_satisfaction", "overdue"),
        ("delivery_thanks", "open"),
    ]
    about = f"service_satisfaction/{DEALER}/cdk/visit/R1"
    assert told["tasks"][0]["task_id"] == str(subject_id("followup", CUSTOMER, about))
    assert told["tasks"][0]["why"]["document_id"] == f"{DEALER}/cdk/visit/R1"
    assert told["tasks"][0]["due_at"] == "2025-01-07T09:00:00.000Z"
    assert told["next_change_at"] == "2025-01-13T08:00:00.000Z"


async def test_each_attempt_at_a_task_is_told_in_the_order_of_time() -> None:
    about = "service_satisfaction/visit/R1"
    story = given(
        visit("2025-01-10 17:00"),
        outcome("2025-01-12 16:30", about, "done", "O2", by="u7"),
        outcome("2025-01-12 10:00", about, "postponed", "O1", next_contact_on="2025-01-13"),
    )
    answer = await client({CUSTOMER: story.facts}).get(f"/v1/customers/{CUSTOMER}")
    [task] = [task for task in answer.json()["tasks"] if task["kind"] == "service_satisfaction"]
    assert (task["status"], task["closed_at"]) == ("done", "2025-01-12T08:30:00.000Z")
    assert [
        (each["outcome"], each["by"], each["next_contact_on"]) for each in task["attempts"]
    ] == [
        ("postponed", None, "2025-01-13"),
        ("done", "u7", None),
    ]


async def test_an_unknown_customer_is_not_found() -> None:
    answer = await client({}).get(f"/v1/customers/{CUSTOMER}")
    assert answer.status_code == 404


async def test_a_dealers_work_list_has_what_is_decided_to_be_done() -> None:
    busy = given(visit("2025-01-10")).facts
    quiet = given(visit("2025-01-10"), consent("2025-01-09", do_not_contact=True)).facts
    asked = client({f"{DEALER}/cdk/C1": quiet, CUSTOMER: busy})
    told = (await asked.get(f"/v1/dealers/{DEALER}/tasks")).json()
    [task] = told["tasks"]
    assert (task["customer_key"], task["kind"]) == (CUSTOMER, "service_satisfaction")
    about = f"service_satisfaction/{DEALER}/cdk/visit/R1"
    assert task["task_id"] == str(subject_id("followup", CUSTOMER, about))
    assert told["after"] is None
    counts = (await asked.get(f"/v1/dealers/{DEALER}/tasks/counts")).json()
    assert counts["total"] == {"open": 1, "overdue": 0, "due_today": 0}


async def test_another_dealers_tasks_are_not_shown() -> None:
    facts = given(visit("2025-01-10")).facts
    answer = await client({CUSTOMER: facts}).get("/v1/dealers/sunrise/berlin/tasks")
    assert answer.json()["tasks"] == []


def test_the_service_is_put_together_with_the_shipped_rules() -> None:
    followup = decider(FollowUpSettings())
    assert followup.name == "followup"
    assert followup.policy == FollowUpPolicy()
    assert {topic.name for topic in followup.topics} == {
        "aftercare.sales",
        "aftercare.visits",
        "aftercare.customers",
        "aftercare.cases",
        "aftercare.identities",
        "aftercare.scores",
    }


def test_a_dealer_group_may_change_rules_in_a_file(tmp_path: Path) -> None:
    rules = tmp_path / "followup.yaml"
    rules.write_text("service_interval: {days: 120}\n", encoding="utf-8")
    policy = decider(FollowUpSettings(followup_policy_file=rules)).policy
    assert policy.service_interval.days == 120
    assert policy.version != FollowUpPolicy().version


@pytest.mark.parametrize(
    "wrong",
    [
        "expires_day: 10\n",
        "remember_days: 20\n",
        "service_interval: {days: 400}\n",
        "rules: [{kind: birthday}]\n",
    ],
)
def test_a_file_with_a_mistake_is_refused(tmp_path: Path, wrong: str) -> None:
    rules = tmp_path / "followup.yaml"
    rules.write_text(wrong, encoding="utf-8")
    with pytest.raises(WrongFile, match="yaml:1: "):
        FollowUpSettings(followup_policy_file=rules).policy()


async def test_a_task_of_the_groups_own_kind_is_shown(tmp_path: Path) -> None:
    rules = tmp_path / "followup.yaml"
    rules.write_text(
        "rules:\n  - {kind: month_call, trigger: closing, opens: {days: 1}, due: {days: 13}, "
        "owner_role: desk, channel: phone, title_en: Call, title_zh: 电话}\n",
        encoding="utf-8",
    )
    settings = FollowUpSettings(followup_policy_file=rules)
    memory = MemoryReader.deciding(
        service(settings), {CUSTOMER: given(visit("2025-01-10 17:00")).facts}, NOW, dealers=DEALERS
    )
    app = make_app(title="followup", doorman=KnowsEverybody())
    app.include_router(routes(memory, ManualClock(NOW), dealers=DEALERS))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://aftercare") as http:
        answer = await http.get(f"/v1/customers/{CUSTOMER}")
    [task] = [each for each in answer.json()["tasks"] if each["kind"] == "month_call"]
    assert task["title_zh"] == "电话"
    assert task["why"]["en"] == "A rule of the group's own policy asks for it"
