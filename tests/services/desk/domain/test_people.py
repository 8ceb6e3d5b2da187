"""Customers at their addresses, and what is shown of them before anybody opens them."""

import pytest

from services.desk.domain.people import key_at, masked_email, masked_plate, masked_vin, place_of
from shared.contracts.identifiers import customer_key, vin_key
from tests.services.desk.given_customers import DEALER, VIN


@pytest.mark.parametrize("number", ["C1", "C/1", "客户 1", "vin", "100%"])
def test_an_address_leads_back_to_the_customer(number: str) -> None:
    key = customer_key(DEALER, "cdk", number)
    assert key_at(DEALER, "cdk", number) == key
    assert place_of(key).startswith("cdk/")


def test_who_is_known_by_a_car_alone_has_an_address_too() -> None:
    assert key_at(DEALER, "cdk", f"vin/{VIN}") == vin_key(DEALER, "cdk", VIN)


def test_masks_leave_what_staff_tell_customers_apart_by() -> None:
    assert masked_plate("沪AD12345") == "沪A****45"
    assert masked_plate("") == ""
    assert masked_vin(VIN) == "***********100606"
    assert masked_email("wang@example.cn") == "w****@example.cn"
    assert masked_email("nothing") == "****"
