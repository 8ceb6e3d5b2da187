"""Tasks counted from the delivery of a car."""

from tests.services.followup.domain.rules.occasions import occasions_of
from tests.services.followup.given import delivery, visit


def test_each_car_handed_over_is_one() -> None:
    cars = (delivery("2025-03-10 15:00", "D2", vin=None), delivery("2025-01-10 10:00"))
    assert occasions_of("delivery", *cars, visit("2025-02-10")) == [
        ("D1", "2025-01-10 10:00"),
        ("D2", "2025-03-10 15:00"),
    ]


def test_those_before_the_asked_instant_are_left_out() -> None:
    cars = (delivery("2025-01-10"), delivery("2025-03-10", "D2"))
    assert occasions_of("delivery", *cars, after="2025-03-10 16:59") == [("D2", "2025-03-10 17:00")]
    assert occasions_of("delivery", *cars, after="2025-03-10 17:01") == []


def test_what_was_not_handed_over_to_its_buyer_is_none() -> None:
    assert occasions_of("delivery", delivery("2025-01-10", role="driver")) == []
