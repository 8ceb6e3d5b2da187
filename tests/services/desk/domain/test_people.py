"""What is shown of customers: their cars in words, and what nobody has opened yet."""

from services.desk.domain.people import (
    CustomerCard,
    car_of,
    masked_email,
    masked_plate,
    masked_vin,
)
from shared.contracts.intake import KnownVehicle
from tests.services.desk.given_customers import VIN, WANG


def test_masks_leave_what_staff_tell_customers_apart_by() -> None:
    assert masked_plate("沪AD12345") == "沪A****45"
    assert masked_plate("") == ""
    assert masked_vin(VIN) == "***********100606"
    assert masked_email("wang@example.cn") == "w****@example.cn"
    assert masked_email("nothing") == "****"


def test_a_car_is_told_by_plate_and_model_else_by_the_end_of_its_vin() -> None:
    known = KnownVehicle(plate="沪A12345", model="Qin")
    who = CustomerCard(customer_key=WANG, vehicles={"VIN1": known})
    assert car_of(who, "VIN1") == "沪A12345 · Qin"
    assert car_of(who, None) == "沪A12345 · Qin"
    assert car_of(None, "LSVXX0000000123456") == "…123456"
    assert car_of(None, None) == ""
