"""Customers without a number through the years: one after another report, and what is where."""

import pytest

from services.intake.domain.examine.known_by import BY_PLATE, BY_TELEPHONE, BY_VIN
from shared.contracts.http.intake import Item
from shared.contracts.intake import ConsentGiven, ProfileRecorded
from tests.services.intake.given import (
    GOOD_VIN,
    PUDONG,
    Data,
    at,
    complaint,
    consent,
    held,
    key,
    knowing_by,
    lead,
    places,
    sale,
    visit,
)
from tests.services.intake.world import World

ANOTHER_VIN = "1M8GDM9AXKP042788"


@pytest.fixture
def world() -> World:
    """A dealer whose system has no customer numbers."""
    return World(dealers=knowing_by("telephone", "vin", "plate"))


def person(*numbers: str, name: str = "Li Lei", **more: object) -> Data:
    return {"name": name, "phones": [{"number": number} for number in numbers]} | more


def only_key(item: Item) -> str:
    assert item.outcome == "accepted", item
    (found,) = item.customer_keys
    return found


def profile(world: World, of: str) -> ProfileRecorded:
    """What consumers hold of the customer."""
    found = [each for each in held(world.messages()).values() if each.customer_key == of]
    (only,) = [each for each in found if isinstance(each, ProfileRecorded)]
    return only


async def test_a_sale_and_a_visit_with_another_way_of_writing_are_of_one_customer(
    world: World,
) -> None:
    sold = await world.report("sale", sale(customer=person("138 1234 5678")))
    came = await world.report("visit", visit(customer=person("+86-13812345678", name="李雷")))
    asked = await world.report("lead", lead(customer=person("０１３８１２３４５６７８")), id="e3")
    assert only_key(sold) == only_key(came)
    assert asked.outcome == "accepted"
    told = [(each.pointer, each.detail) for each in came.warnings]
    assert told == [("/data/customer", BY_TELEPHONE)]
    for kind in ("sale", "visit"):
        assert places(world.messages(), kind) == {only_key(sold)}


async def test_a_repeat_is_a_duplicate_however_the_number_is_written(world: World) -> None:
    first = await world.report("visit", visit(customer=person("138 1234 5678")))
    again = await world.report("visit", visit(customer=person("+8613812345678")), id="e2")
    assert (first.outcome, again.outcome) == ("accepted", "duplicate")
    assert first.version == again.version


async def test_a_later_version_with_the_number_moves_the_document_there(world: World) -> None:
    sold = await world.report("sale", sale(customer=person("138 1234 5678", opt_outs=["sms"])))
    without = only_key(sold)
    await world.report("visit", visit(customer=person("138 1234 5678")))
    now = person("138 1234 5678", source_customer_id="C1")
    numbered = await world.report("sale", sale(customer=now, source_modified_at=at(-5)))
    assert only_key(numbered) == key("C1")
    assert numbered.warnings == ()
    assert places(world.messages(), "sale") == {key("C1")}
    assert places(world.messages(), "visit") == {without}, "until it is reported with the number"
    consents = [each for each in held(world.messages()).values() if isinstance(each, ConsentGiven)]
    assert [(each.customer_key, each.opt_outs) for each in consents] == [(key("C1"), ("sms",))]
    phones = {of: profile(world, of).phones for of in (without, key("C1"))}
    assert phones[without] == phones[key("C1")], "by which identity links them"
    late = await world.report("sale", sale(customer=person("138 1234 5678", opt_outs=["sms"])))
    assert late.outcome == "duplicate", "the older version does not bring it back"
    assert places(world.messages(), "sale") == {key("C1")}


async def test_two_who_share_a_telephone_are_one_until_their_numbers_tell_them_apart(
    world: World,
) -> None:
    hers = sale(deal_no="D1", customer=person("138 1234 5678", name="Han Meimei"))
    his = sale(deal_no="D2", vehicle={"vin": ANOTHER_VIN}, customer=person("138 1234 5678"))
    together = {only_key(await world.report("sale", each)) for each in (hers, his)}
    assert len(together) == 1
    for deal, number in ((hers, "C1"), (his, "C2")):
        who = deal["customer"] | {"source_customer_id": number}
        await world.report("sale", deal | {"customer": who, "source_modified_at": at(-5)})
    assert places(world.messages(), "sale") == {key("C1"), key("C2")}
    assert [profile(world, key(number)).name for number in ("C1", "C2")] == ["Han Meimei", "Li Lei"]


async def test_a_plate_that_changes_hands_joins_nobody_who_has_a_telephone(world: World) -> None:
    car = {"plate": "沪A·D7K31"}
    first = await world.report("visit", visit(vehicle=car, customer=person("138 1234 5678")))
    second = visit(ro_no="RO 2", vehicle=car, customer=person("139 1234 5678", name="Han"))
    nobody = visit(ro_no="RO 3", vehicle={"plate": "沪ad7k31"}, customer=person(name="Han"))
    seen = [first, await world.report("visit", second), await world.report("visit", nobody)]
    assert len({only_key(each) for each in seen}) == 3
    assert [each.warnings[-1].detail for each in seen] == [BY_TELEPHONE, BY_TELEPHONE, BY_PLATE]
    named = nobody | {"customer": person("139 1234 5678"), "source_modified_at": at(-5)}
    assert only_key(await world.report("visit", named)) == only_key(seen[1])


async def test_a_telephone_that_changes_moves_what_is_reported_with_the_new_one(
    world: World,
) -> None:
    old = only_key(await world.report("sale", sale(customer=person("138 1234 5678"))))
    came = visit(customer=person("138 1234 5678"))
    assert only_key(await world.report("visit", came)) == old
    newer = came | {"customer": person("139 1234 5678"), "source_modified_at": at(-5)}
    new = only_key(await world.report("visit", newer))
    assert new != old
    assert places(world.messages(), "visit") == {new}
    assert places(world.messages(), "sale") == {old}


async def test_by_the_vin_orders_without_a_customer_find_the_buyer(world: World) -> None:
    sold = await world.report("sale", sale(customer=person()))
    record = await world.report("visit", visit(customer=None))
    filed = await world.report("complaint", complaint(vehicle={"vin": GOOD_VIN}, customer=person()))
    assert {only_key(each) for each in (sold, record, filed)} == {f"{PUDONG}/cdk/vin/{GOOD_VIN}"}
    assert [each.detail for each in sold.warnings] == [BY_VIN]
    assert record.warnings == ()


async def test_what_another_desk_reports_of_them_names_the_key_that_intake_answered(
    world: World,
) -> None:
    for customer in (person("138 1234 5678"), person()):
        sold = only_key(await world.report("sale", sale(customer=customer, deal_no=str(customer))))
        named = consent(source="desk", source_customer_id=None, customer_key=sold)
        item = await world.report("consent", named, id="e2")
        assert (item.customer_keys, item.warnings) == ((sold,), ())


async def test_the_setting_comes_later_and_moves_what_is_reported_anew(world: World) -> None:
    before = World(register=world.register, publisher=world.publisher, dealers=knowing_by())
    came = visit(customer=None, vehicle={"vin": GOOD_VIN, "plate": "沪A·D7K31"})
    assert only_key(await before.report("visit", came)).endswith(f"/vin/{GOOD_VIN}")
    rejected = await before.report("visit", visit(ro_no="RO 2", customer=person("138 1234 5678")))
    assert rejected.outcome == "rejected"
    who = came | {"customer": person("138 1234 5678"), "source_modified_at": at(-5)}
    found = only_key(await world.report("visit", who))
    assert places(world.messages(), "visit") == {found}
    assert "/by-telephone." in found
