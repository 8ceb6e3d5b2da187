"""What identity's endpoints answer, and how the service is put together."""

from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr

from services.identity.api import routes
from services.identity.app import decider, main, service
from services.identity.domain.facts import IdentityFacts
from services.identity.domain.policy import IdentityPolicy
from services.identity.domain.rulebook import IdentityRulebook
from services.identity.settings import IdentitySettings
from shared.decider.decider import Decider
from shared.platform.http import make_app
from shared.settings import WrongSettings
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.reader import MemoryReader
from shared.yaml_file import WrongFile
from tests.dealers import DEALERS
from tests.services.identity.given import (
    ABROAD,
    CAR,
    CRM,
    DECIDER,
    DMS,
    MOBILE,
    OTHER,
    PUDONG,
    START,
    WANG,
    day,
    deciding,
    profile,
    sale,
    staff_say,
)
from tests.services.identity.network import Network


def client(
    told: Network, decider: Decider[IdentityFacts, IdentityRulebook] = DECIDER
) -> AsyncClient:
    facts = {
        key: IdentityFacts.model_validate_json(each.facts) for key, each in told.stored().items()
    }
    app = make_app(title="identity", doorman=KnowsEverybody())
    reader = MemoryReader.deciding(decider, facts, START, dealers=DEALERS)
    app.include_router(routes(reader, ManualClock(START)))
    return AsyncClient(transport=ASGITransport(app), base_url="http://aftercare")


async def test_a_customer_is_told_with_the_others_and_why() -> None:
    told = Network.of(
        profile(DMS, WANG, MOBILE),
        profile(CRM, WANG, MOBILE),
        staff_say("different", DMS, OTHER),
        sale(DMS),
        sale(OTHER, at=day(400)),
    )
    answer = (await client(told).get(f"/v1/customers/{DMS}")).json()
    [member] = answer["members"]
    assert member["customer_key"] == CRM
    assert [(each["rule"], each["other_customer_key"]) for each in member["because"]] == [
        ("telephone", DMS)
    ]
    assert (answer["apart"], answer["doubtful"]) == ([OTHER], False)
    assert [(car["vin"], car["because"]) for car in answer["former_cars"]] == [(CAR, "sold_on")]
    page = (await client(told).get(f"/v1/dealers/{PUDONG}/persons")).json()
    assert page["persons"] == [
        {"customer_key": CRM, "members": [DMS], "elsewhere": 0},
        {"customer_key": DMS, "members": [CRM], "elsewhere": 0},
    ]


async def test_customers_whose_links_make_no_person_are_said_to_be_doubtful() -> None:
    told = Network.of(
        profile(DMS, WANG, MOBILE),
        profile(CRM, WANG, MOBILE),
        profile(OTHER, WANG, MOBILE),
        staff_say("different", DMS, OTHER),
    )
    answer = (await client(told).get(f"/v1/customers/{CRM}")).json()
    assert (answer["members"], answer["doubtful"]) == ([], True)


async def test_whom_another_dealer_speaks_of_is_shown_where_both_look_at_the_group_alone() -> None:
    said = staff_say("different", DMS, ABROAD)
    for rules, apart in ((DECIDER, []), (deciding(IdentityPolicy(reach="group")), [ABROAD])):
        told = Network.of(said, decider=rules)
        answer = (await client(told, rules).get(f"/v1/customers/{DMS}")).json()
        assert answer["apart"] == apart


@pytest.mark.parametrize("key", [f"{PUDONG}/dms/none", f"sunrise/persons/vin/pudong.{CAR}"])
async def test_who_is_not_known_and_what_is_no_customer_is_not_found(key: str) -> None:
    answer = await client(Network.of(sale(DMS))).get(f"/v1/customers/{key}")
    assert answer.status_code == 404


def test_the_service_is_put_together_with_the_shipped_rules() -> None:
    identity = decider(IdentitySettings())
    assert (identity.name, identity.policy) == ("identity", IdentityPolicy())
    assert {topic.name for topic in identity.topics} == {
        "aftercare.sales",
        "aftercare.customers",
        "aftercare.profiles",
        "aftercare.identities",
    }


@pytest.mark.parametrize("secret", ["", "too short"])
def test_without_a_secret_it_does_not_start_and_says_what_to_do(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = IdentitySettings(identity_secret=SecretStr(secret))
    with pytest.raises(WrongSettings, match="`openssl rand -hex 32` makes one"):
        settings.require_secret()
    monkeypatch.setenv("AFTERCARE_IDENTITY_SECRET", secret)
    with pytest.raises(SystemExit, match="AFTERCARE_IDENTITY_SECRET: set it to 16 char") as ended:
        main()
    assert not secret or secret not in str(ended.value.code)


def test_a_dealer_group_may_change_rules_in_a_file(tmp_path: Path) -> None:
    rules = tmp_path / "identity.yaml"
    rules.write_text("telephone: {most_names: 2}\n", encoding="utf-8")
    identity = service(IdentitySettings(identity_policy_file=rules))
    assert identity.policy.shipped.policy.telephone.most_names == 2
    rules.write_text("telephone: {most_name: 2}\n", encoding="utf-8")
    with pytest.raises(WrongFile, match="did you mean"):
        service(IdentitySettings(identity_policy_file=rules))
