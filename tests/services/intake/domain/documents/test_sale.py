"""A sale: each customer once, by role."""

from typing import Any

import pytest

from services.intake.domain.examine.event import InvalidEvent, examine
from shared.contracts.intake import SaleRecorded
from tests.services.intake.given import (
    BERLIN,
    DEALERS,
    FAILED_VIN,
    GOOD_VIN,
    NOW,
    Data,
    event,
    key,
    messages,
    only_of,
    reported,
    sale,
)

WHO = {"source_customer_id": "C1"}
OTHER_VIN = "1M8GDM9AXKP042788"


def party(role: str, number: str, **more: Any) -> Data:
    return {"role": role, "customer": {"source_customer_id": number} | more}


def test_a_sale_is_told_once_to_each_customer_by_role() -> None:
    parties = [
        party("driver", "C3"),
        party("co_buyer", "C2"),
        party("driver", "C2"),
        party("driver", "C1"),
        party("driver", "C4"),
        party("registrant", "C5", kind="internal"),
    ]
    told = messages("sale", sale(parties=parties))
    assert {role: message.customer_key for role, message in told.items()} == {
        "buyer": key("C1"),
        "co_buyer": key("C2"),
        "driver": key("C3"),
        "driver-2": key("C4"),
    }
    last = told["driver-2"]
    assert isinstance(last, SaleRecorded)
    assert last.role == "driver"


def test_a_delivery_has_the_dealers_local_date() -> None:
    data = sale(delivered_on=None, delivered_at="2026-11-19T17:00:00Z")
    told = only_of("sale", data)
    assert isinstance(told, SaleRecorded)
    assert str(told.delivered_on) == "2026-11-20"


@pytest.mark.parametrize("status", ["open", "cancelled"])
def test_of_a_sale_that_is_not_delivered_the_dates_are_plans(status: str) -> None:
    planned = {"delivered_on": "2026-12-24", "delivered_at": "2026-12-24T10:00:00Z"}
    assert only_of("sale", sale(status=status, **planned))


def test_the_products_of_a_sale_expire_in_a_year_of_ours() -> None:
    products = [{"code": "plan"}, {"code": "plan", "expires_on": "1970-01-01"}]
    with pytest.raises(AssertionError, match="/data/products/1/expires_on"):
        reported("sale", sale(products=products))


def test_a_product_has_the_category_that_is_said_and_no_other() -> None:
    products = [{"code": "INS", "category": "insurance"}, {"code": "ACC"}]
    told = only_of("sale", sale(products=products))
    assert isinstance(told, SaleRecorded)
    assert [product.category for product in told.products] == ["insurance", None]


def test_cars_taken_in_part_exchange_are_told_once_to_every_party() -> None:
    data = sale(traded_in=[f" {OTHER_VIN.lower()} ", OTHER_VIN], parties=[party("driver", "C2")])
    for told in messages("sale", data).values():
        assert isinstance(told, SaleRecorded)
        assert told.traded_in == (OTHER_VIN,)
    told = only_of("sale", sale())
    assert isinstance(told, SaleRecorded)
    assert told.traded_in == ()


@pytest.mark.parametrize(
    ("vins", "pointer"),
    [
        ([OTHER_VIN, "1M8GDM9AXKP04278"], "/data/traded_in/1"),
        ([""], "/data/traded_in/0"),
        ([FAILED_VIN], "/data/traded_in/0"),
        ([OTHER_VIN, GOOD_VIN], "/data/traded_in/1"),
        ([f"1HGCM82633A0043{number}" for number in range(11)], "/data/traded_in"),
    ],
)
def test_what_is_no_car_or_the_one_that_is_sold_is_not_taken_for_it(
    vins: list[str], pointer: str
) -> None:
    found = examine(event("sale", sale(traded_in=vins)), dealers=DEALERS, now=NOW)
    assert isinstance(found, InvalidEvent)
    assert {error.pointer for error in found.errors} == {pointer}


def test_a_dealer_may_let_a_failed_check_digit_of_a_car_taken_in_pass() -> None:
    found = reported("sale", sale(dealer_id=BERLIN, traded_in=[FAILED_VIN], customer=WHO))
    assert [warning.pointer for warning in found.warnings] == ["/data/traded_in/0"]
