"""Tasks counted from the day on which a car is expected to need its next service."""

import pytest

from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.service_interval import ServiceInterval
from tests.services.followup.domain.rules.known import order, sold, tasks
from tests.services.followup.domain.rules.occasions import occasions_of
from tests.services.followup.given import CAR, delivery, expected, scored, unscored, visit


def test_without_readings_it_is_the_usual_days_later_at_the_same_local_time() -> None:
    assert occasions_of("predicted_service", visit("2025-01-10")) == [("R1", "2025-07-09 17:00")]


def test_with_readings_it_is_when_the_kilometres_are_done() -> None:
    orders = (visit("2025-01-10", km=10_000), visit("2025-04-20", "R2", km=20_000))
    assert occasions_of("predicted_service", *orders)[1] == ("R2", "2025-07-29 17:00")


def test_after_a_delivery_the_usual_interval_counts_as_the_first_service_is_another_task() -> None:
    policy = FollowUpPolicy(service_interval=ServiceInterval(first_km=500, km=1_000))
    story = (visit("2024-10-02", km=1_000), delivery("2025-01-10", km=2_000))
    given = occasions_of("predicted_service", *story, policy=policy)
    assert given[1] == ("D1", "2025-04-20 17:00")


NEXT = "predicted_service"
ORDERS = (visit("2025-01-10", km=10_000), visit("2025-04-20", "R2", km=20_000))
BY_KM = ("R2", "2025-07-29 17:00")
OTHER_CAR = "LSVAU2180N2183295"


def test_where_scoring_knows_the_customers_rhythm_it_is_the_day_that_scoring_says() -> None:
    told = (*ORDERS, expected("2025-08-15", "2025-04-20"))
    assert occasions_of(NEXT, *told)[1] == ("R2", "2025-08-15 17:00")


@pytest.mark.parametrize("basis", ["default", "own_km"])
def test_what_rests_on_anything_else_says_nothing(basis: str) -> None:
    told = expected("2025-08-15", "2025-04-20", basis=basis)
    assert occasions_of(NEXT, *ORDERS, told)[1] == BY_KM


def test_a_score_without_a_next_visit_says_nothing_and_takes_back_what_was_said() -> None:
    said = expected("2025-08-15", "2025-04-20", 1)
    for later in (scored(2), unscored(2)):
        assert occasions_of(NEXT, *ORDERS, later)[1] == BY_KM
        assert occasions_of(NEXT, *ORDERS, said, later)[1] == BY_KM


def test_until_scoring_has_seen_the_last_visit_its_word_is_of_another_one() -> None:
    told = expected("2025-06-15", "2025-01-10")
    assert occasions_of(NEXT, *ORDERS, told)[1] == BY_KM
    assert occasions_of(NEXT, ORDERS[0], told) == [("R1", "2025-06-15 17:00")]


def test_of_two_cars_it_is_the_one_that_scoring_names() -> None:
    other = visit("2025-04-20 18:00", "R3", vin=OTHER_CAR)
    for vin, days in (
        (None, ["2025-07-29 17:00", "2025-10-17 18:00"]),
        (CAR, ["2025-08-15 17:00", "2025-10-17 18:00"]),
        (OTHER_CAR, ["2025-07-29 17:00", "2025-08-15 18:00"]),
    ):
        told = (*ORDERS, other, expected("2025-08-15", "2025-04-20", vin=vin))
        assert [day for _, day in occasions_of(NEXT, *told)][1:] == days


def test_an_order_that_names_no_car_is_no_second_car() -> None:
    nameless = visit("2025-05-01", "R3", vin=None)
    told = expected("2025-08-15", "2025-04-20")
    assert occasions_of(NEXT, *ORDERS, nameless, told)[1] == ("R2", "2025-08-15 17:00")


def test_of_orders_closed_on_one_day_it_is_the_last() -> None:
    morning = visit("2025-04-20 10:00", "R0")
    told = (*ORDERS, morning, expected("2025-08-15", "2025-04-20"))
    assert ("R2", "2025-08-15 17:00") in occasions_of(NEXT, *told)
    assert ("R0", "2025-08-15 10:00") not in occasions_of(NEXT, *told)


def test_an_order_that_is_still_open_does_not_hide_what_is_expected_after_the_last() -> None:
    in_the_workshop = visit("2025-08-01", "R3", status="open")
    told = (*ORDERS, in_the_workshop, expected("2025-08-15", "2025-04-20"))
    assert occasions_of(NEXT, *told)[1] == ("R2", "2025-08-15 17:00")


@pytest.mark.parametrize(
    ("on", "predicted"), [("2025-04-25", "2025-05-20 17:00"), ("2027-01-01", "2026-04-20 17:00")]
)
def test_what_scoring_expects_very_soon_or_very_late_stays_within_the_limits(
    on: str, predicted: str
) -> None:
    assert occasions_of(NEXT, *ORDERS, expected(on, "2025-04-20"))[1] == ("R2", predicted)


def test_open_orders_and_those_that_name_no_car_predict_nothing() -> None:
    orders = (visit("2025-01-10", status="open"), visit("2025-01-10", "R2", vin=None))
    assert occasions_of("predicted_service", *orders) == []


def test_those_that_could_not_come_after_the_asked_instant_are_left_out() -> None:
    order = visit("2024-01-10")
    assert occasions_of("predicted_service", order, after="2025-01-09") == [
        ("R1", "2024-07-08 17:00")
    ]
    assert occasions_of("predicted_service", order, after="2025-01-11") == []


def test_what_a_car_was_prepared_by_is_no_service_of_its_own() -> None:
    """Else there were two invitations for one reason, and a call about a service nobody saw."""
    prepared = order("2025-01-10 19:00", opened="2025-01-10 08:00")
    story = sold("2025-01-10"), prepared
    invited = "D1 opens 2025-06-25 09:00, due 2025-07-09 18:00"
    assert tasks("next_service", *story) == [invited]
    assert tasks("service_satisfaction", *story) == []
