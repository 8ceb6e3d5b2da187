"""Customers without a number, as intake publishes them: identity joins them as all others."""

from typing import Any

from services.identity.domain.facts import READS, IdentityFacts
from tests.services.identity.given import event
from tests.services.identity.network import Network
from tests.services.intake.given import GOOD_VIN, PUDONG, Data, at, key, knowing_by, sale, visit
from tests.services.intake.world import World

MOBILE = {"number": "138 1234 5678", "verified": True}
CAR_KEY = f"{PUDONG}/cdk/vin/{GOOD_VIN}"


def person(**more: Any) -> Data:
    return {"name": "王伟", "phones": [MOBILE]} | more


async def known_after(*reports: tuple[str, Data], by: tuple[Any, ...]) -> Network:
    """What identity knows once intake has taken these, one after another."""
    world = World(dealers=knowing_by(*by))
    for position, (noun, data) in enumerate(reports):
        item = await world.report(noun, data, id=f"e{position}")
        assert item.outcome == "accepted", item
    return Network.of([event(each) for each in world.messages() if isinstance(each, READS)])


async def test_who_is_known_by_telephone_is_one_person_with_who_has_a_number() -> None:
    found = await known_after(
        ("visit", visit(customer=person())),
        ("sale", sale(source="crm", customer=person(source_customer_id="7"))),
        by=("telephone",),
    )
    (together,) = found.together
    (by_telephone,) = together - {f"{PUDONG}/crm/7"}
    assert by_telephone.startswith(f"{PUDONG}/cdk/by-telephone.")


async def test_who_gets_a_number_stays_one_person_with_what_was_reported_without() -> None:
    found = await known_after(
        ("sale", sale(customer=person())),
        ("visit", visit(customer=person())),
        ("sale", sale(customer=person(source_customer_id="C1"), source_modified_at=at(-5))),
        by=("telephone",),
    )
    (together,) = found.together
    assert key("C1") in together
    assert len(together) == 2


async def test_who_is_known_by_a_car_is_one_person_with_who_has_a_number() -> None:
    found = await known_after(
        ("sale", sale(customer=person())),
        ("sale", sale(source="crm", customer=person(source_customer_id="7"))),
        by=("vin",),
    )
    assert found.together == {frozenset({CAR_KEY, f"{PUDONG}/crm/7"})}
    assert {rule for rule, _ in found.why(CAR_KEY)[f"{PUDONG}/crm/7"]} == {"telephone", "vehicle"}


async def test_two_names_of_one_telephone_are_two() -> None:
    found = await known_after(
        ("visit", visit(customer=person(name="李雷"))),
        ("sale", sale(source="crm", customer=person(source_customer_id="7"))),
        by=("telephone",),
    )
    assert found.together == set()


def test_a_document_that_names_nobody_is_still_no_customer() -> None:
    for other in (f"{PUDONG}/cdk/doc/1", f"{PUDONG}/cdk/lead/1", "sunrise/persons/vin/x.Y"):
        assert not IdentityFacts(customer_key=other).is_of_a_customer
    assert IdentityFacts(customer_key=CAR_KEY).is_of_a_customer
