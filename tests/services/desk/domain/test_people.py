"""What is shown of customers before anybody opens them."""

from services.desk.domain.people import masked_email, masked_plate, masked_vin
from tests.services.desk.given_customers import VIN


def test_masks_leave_what_staff_tell_customers_apart_by() -> None:
    assert masked_plate("沪AD12345") == "沪A****45"
    assert masked_plate("") == ""
    assert masked_vin(VIN) == "***********100606"
    assert masked_email("wang@example.cn") == "w****@example.cn"
    assert masked_email("nothing") == "****"
