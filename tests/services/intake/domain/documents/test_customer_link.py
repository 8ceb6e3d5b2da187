"""A link: both customers have it, each as a customer of its own dealer."""

import pytest

from services.intake.domain.documents import kind_of
from services.intake.domain.examine.event import InvalidEvent, examine
from services.intake.domain.published import snapshots_of
from shared.contracts.intake import CustomerLinkMade, CustomerMoved
from shared.dealers.dealer import Dealer, Dealers
from tests.services.intake.given import (
    BERLIN,
    DEALERS,
    NOW,
    PUDONG,
    Data,
    at,
    event,
    held,
    key,
    link,
    messages,
    reported,
    sale,
)
from tests.services.intake.world import World

ELSEWHERE = "sunset/lisbon"
WITH_ANOTHER_GROUP = Dealers(
    [
        *DEALERS.all(),
        Dealer(id=ELSEWHERE, name="L", timezone="Europe/Lisbon", currency="EUR", region="PT"),
    ]
)


def across(other: str, **more: object) -> Data:
    """C1 of Pudong and a customer of another dealer."""
    return link(other_customer_id=None, other_customer_key=other, **more)


def test_a_link_is_told_to_both() -> None:
    told = messages("customer-link", link())
    for role, own, other in (("customer", "C1", "C2"), ("other", "C2", "C1")):
        made = told[role]
        assert isinstance(made, CustomerLinkMade)
        assert (made.customer_key, made.other_customer_key) == (key(own), key(other))
        assert (made.says, made.by, made.dealer_id) == ("same", "u7", PUDONG)


def test_a_customer_of_another_dealer_of_the_group_is_told_as_one_of_that_dealer() -> None:
    there = key(dealer_id=BERLIN)
    told = messages("customer-link", across(there))
    other = told["other"]
    assert isinstance(other, CustomerLinkMade)
    assert (other.customer_key, other.dealer_id) == (there, BERLIN)
    assert other.other_customer_key == key()
    assert (told["customer"].customer_key, told["customer"].dealer_id) == (key(), PUDONG)
    assert other.document_id == told["customer"].document_id, "it is the reporting dealer's"


@pytest.mark.parametrize(
    ("data", "pointer", "detail"),
    [
        (link(other_customer_id="C1"), "/data", "customers cannot be linked with themselves"),
        (
            link(customer_id="138 1", other_customer_id="1381"),
            "/data",
            "customers cannot be linked with themselves",
        ),
        (across(key()), "/data", "customers cannot be linked with themselves"),
        (
            across(key(dealer_id=ELSEWHERE)),
            "/data/other_customer_key",
            "is of another group than data is",
        ),
        (
            across(key(dealer_id="sunrisen/pudong")),
            "/data/other_customer_key",
            "is of another group than data is",
        ),
        (
            across(key(dealer_id="sunrise/nowhere")),
            "/data/other_customer_key",
            "is of a dealer that is not known here",
        ),
        (
            across(f"{BERLIN}/cdk/C%2d1"),
            "/data/other_customer_key",
            "write it as intake answers it",
        ),
        (
            link(customer_id=None, customer_key=key(dealer_id=BERLIN)),
            "/data/customer_key",
            "is of another dealer than data is",
        ),
        (
            link(customer_key=key()),
            "/data",
            "one of customer_id and customer_key is needed, and not both",
        ),
        (
            link(other_customer_id=None),
            "/data",
            "one of other_customer_id and other_customer_key is needed, and not both",
        ),
    ],
)
def test_what_cannot_be_linked_is_refused(data: Data, pointer: str, detail: str) -> None:
    found = examine(event("customer-link", data), dealers=WITH_ANOTHER_GROUP, now=NOW)
    assert isinstance(found, InvalidEvent)
    assert [(error.pointer, error.detail) for error in found.errors] == [(pointer, detail)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("other_customer_key", f"{PUDONG}/cdk/vin/1HGCM82633A004352"),
        ("other_customer_key", f"{PUDONG}/cdk/doc/7"),
        ("says", "maybe"),
        ("by", "li.wei@example.com"),
        ("link_no", "li.wei@example.com"),
        ("at", at(6)),
    ],
)
def test_a_link_is_of_two_customers_by_a_colleague_in_the_past(field: str, value: str) -> None:
    data = link() | {"other_customer_id": None, "other_customer_key": key("C2")} | {field: value}
    found = examine(event("customer-link", data), dealers=DEALERS, now=NOW)
    assert isinstance(found, InvalidEvent)
    assert {error.pointer for error in found.errors} == {f"/data/{field}"}


def test_both_are_taken_to_be_known() -> None:
    report = reported("customer-link", across(key(dealer_id=BERLIN))).report
    assert list(kind_of(report).known_customers(report)) == [
        ("/customer_id", key("C1")),
        ("/other_customer_key", key(dealer_id=BERLIN)),
    ]


async def test_a_link_that_is_corrected_leaves_who_it_was_not_about(world: World) -> None:
    there = key(dealer_id=BERLIN)
    await world.report("sale", sale())
    await world.report("customer-link", across(there))
    await world.report("customer-link", link(source_modified_at=at(-5)))
    told = [one for one in world.messages() if isinstance(one, CustomerLinkMade | CustomerMoved)]
    (gone,) = [one for one in told if isinstance(one, CustomerMoved)]
    assert (gone.customer_key, gone.dealer_id) == (there, BERLIN)
    places = {where for where, told in held(told).items() if isinstance(told, CustomerLinkMade)}
    assert {customer for customer, _ in places} == {key("C1"), key("C2")}


async def test_taking_a_link_back_is_told_to_both(world: World) -> None:
    await world.report("customer-link", link())
    await world.report("customer-link", link(source_modified_at=at(-5), says="nothing"))
    said = [one.says for one in held(world.messages()).values() if hasattr(one, "says")]
    assert said == ["nothing", "nothing"]


async def test_what_is_told_of_a_link_is_told_once_more_with_the_same_dealers(world: World) -> None:
    there = key(dealer_id=BERLIN)
    item = await world.report("customer-link", across(there))
    assert item.document_id is not None
    told = [one for one in world.messages() if isinstance(one, CustomerLinkMade)]
    assert snapshots_of(world.register.rows[item.document_id]) == tuple(told)
    assert {one.customer_key: one.dealer_id for one in told} == {key(): PUDONG, there: BERLIN}
