"""Tasks counted from the day on which a car is expected to need its next service."""

from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.service_interval import ServiceInterval
from tests.services.followup.domain.rules.occasions import occasions_of
from tests.services.followup.given import delivery, visit


def test_without_readings_it_is_the_usual_days_later_at_the_same_local_time() -> None:
    assert occasions_of("predicted_service", visit("2025-01-10")) == [("R1", "2025-07-09 17:00")]


def test_with_readings_it_is_when_the_kilometres_are_done() -> None:
    orders = (visit("2025-01-10", km=10_000), visit("2025-04-20", "R2", km=20_000))
    assert occasions_of("predicted_service", *orders)[1] == ("R2", "2025-07-29 17:00")


def test_after_a_delivery_the_first_interval_counts() -> None:
    policy = FollowUpPolicy(service_interval=ServiceInterval(first_km=1_000))
    story = (visit("2024-10-02", km=1_000), delivery("2025-01-10", km=2_000))
    given = occasions_of("predicted_service", *story, policy=policy)
    assert given[1] == ("D1", "2025-04-20 17:00")


def test_open_orders_and_those_that_name_no_car_predict_nothing() -> None:
    orders = (visit("2025-01-10", status="open"), visit("2025-01-10", "R2", vin=None))
    assert occasions_of("predicted_service", *orders) == []


def test_those_that_could_not_come_after_the_asked_instant_are_left_out() -> None:
    order = visit("2024-01-10")
    assert occasions_of("predicted_service", order, after="2025-01-09") == [
        ("R1", "2024-07-08 17:00")
    ]
    assert occasions_of("predicted_service", order, after="2025-01-11") == []
