"""What scoring's endpoints answer, and how the service is put together."""

from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from services.scoring.api import routes
from services.scoring.app import decider, service
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.settings import ScoringSettings
from shared.platform.http import make_app
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.reader import MemoryReader
from shared.yaml_file import WrongFile
from tests.dealers import DEALERS
from tests.services.scoring.given import CUSTOMER, DEALER, day, given, moved, sale, visit

NOW = day("2025-02-01")


def client(facts: dict[str, ScoringFacts]) -> AsyncClient:
    app = make_app(title="scoring", doorman=KnowsEverybody())
    app.include_router(
        routes(
            MemoryReader.deciding(service(ScoringSettings()), facts, NOW, dealers=DEALERS),
            ManualClock(NOW),
            dealers=DEALERS,
        )
    )
    return AsyncClient(transport=ASGITransport(app), base_url="http://aftercare")


async def test_a_customers_score_is_told_with_its_reasons() -> None:
    story = given(sale("2025-01-10"), visit("2025-01-20", paid="1000"))
    answer = await client({CUSTOMER: story.facts}).get(f"/v1/customers/{CUSTOMER}")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["grade"], told["score"], told["value"], told["loyalty"]) == (
        "potential",
        66,
        40,
        26,
    )
    [bought] = [reason for reason in told["reasons"] if reason["rule"] == "vehicle_bought"]
    assert (bought["axis"], bought["points"], bought["count"]) == ("value", 30, 1)
    assert bought["documents"] == [f"{DEALER}/cdk/sale/D1"]
    assert sum(reason["points"] for reason in told["reasons"]) == told["score"]
    assert bought["parts"] == [{"document_id": f"{DEALER}/cdk/sale/D1", "points": 30}]
    [change] = told["grade_changes"]
    assert (change["before"], change["after"]) == ("general", "potential")
    assert change["changed_at"] == "2025-01-20T10:00:00.000Z"
    assert told["next_change_at"] == "2025-07-19T10:00:00.000Z"


async def test_who_has_no_score_is_not_found() -> None:
    without_score = given(moved("sale", "D1")).facts
    for facts in ({}, {CUSTOMER: without_score}):
        answer = await client(facts).get(f"/v1/customers/{CUSTOMER}")
        assert answer.status_code == 404


async def test_a_dealers_customers_come_in_pages() -> None:
    facts = given(sale("2025-01-10")).facts
    asked = client({f"{DEALER}/cdk/C{number}": facts for number in (1, 2, 3)})
    answer = await asked.get(f"/v1/dealers/{DEALER}/customers", params={"limit": 2})
    first = answer.json()
    assert [line["customer_key"][-2:] for line in first["customers"]] == ["C1", "C2"]
    line = first["customers"][0]
    assert (line["customer_key"], line["grade"]) == (f"{DEALER}/cdk/C1", "general")
    assert (line["score"], line["value"], line["loyalty"]) == (30, 30, 0)
    answer = await asked.get(
        f"/v1/dealers/{DEALER}/customers", params={"limit": 2, "after": first["after"]}
    )
    rest = answer.json()
    assert [line["customer_key"][-2:] for line in rest["customers"]] == ["C3"]
    assert rest["after"] is None


async def test_another_dealers_customers_are_not_shown() -> None:
    facts = given(sale("2025-01-10")).facts
    answer = await client({CUSTOMER: facts}).get("/v1/dealers/sunrise/berlin/customers")
    assert (answer.json()["customers"], answer.json()["after"]) == ([], None)


def test_the_service_is_put_together_with_the_shipped_rules() -> None:
    scoring = decider(ScoringSettings())
    assert scoring.name == "scoring"
    assert scoring.policy == ScoringPolicy()
    assert {topic.name for topic in scoring.topics} == {
        "aftercare.sales",
        "aftercare.visits",
        "aftercare.cases",
        "aftercare.customers",
        "aftercare.profiles",
        "aftercare.identities",
        "aftercare.persons",
        "aftercare.linked-facts",
    }


def test_a_dealer_group_may_change_rules_in_a_file(tmp_path: Path) -> None:
    rules = tmp_path / "scoring.yaml"
    rules.write_text("value_is_high_from: 60\n", encoding="utf-8")
    policy = decider(ScoringSettings(scoring_policy_file=rules)).policy
    assert policy.value_is_high_from == 60
    assert policy.version != ScoringPolicy().version


@pytest.mark.parametrize(
    "wrong",
    [
        "value_is_high_form: 60\n",
        "margin: -1\n",
        "survey_bands: [{overall_from: 0, points: 1}, {overall_from: 9, points: 6}]\n",
        "rules: {referrals: {axis: loyalty, points: 1, fades: []}}\n",
        "rules: {referrals: {axis: loyalty, points: 1, fades: [{up_to_days: 9, percent: 0}]}}\n",
    ],
)
def test_a_file_with_a_mistake_is_refused(tmp_path: Path, wrong: str) -> None:
    rules = tmp_path / "scoring.yaml"
    rules.write_text(wrong, encoding="utf-8")
    with pytest.raises(WrongFile, match="yaml:1: "):
        ScoringSettings(scoring_policy_file=rules).policy()
