"""Tasks counted from the closing of a repair order."""

from tests.services.followup.domain.rules.known import answered, order, tasks
from tests.services.followup.domain.rules.occasions import occasions_of
from tests.services.followup.given import delivery, document_id, visit

OTHER_CAR = "LSVAU2180N2183295"


def test_orders_of_one_car_closed_on_one_local_day_are_one_the_last() -> None:
    orders = (
        visit("2025-01-10 17:00"),
        visit("2025-01-10 23:30", "R2"),
        visit("2025-01-11 00:30", "R3"),
    )
    assert occasions_of("closing", *orders) == [
        ("R2", "2025-01-10 23:30"),
        ("R3", "2025-01-11 00:30"),
    ]


def test_two_cars_and_orders_that_name_none_are_each_their_own() -> None:
    orders = (
        visit("2025-01-10 17:00"),
        visit("2025-01-10 17:10", "R2", vin=OTHER_CAR),
        visit("2025-01-10 17:20", "R3", vin=None),
        visit("2025-01-10 17:30", "R4", vin=None),
    )
    assert [number for number, _ in occasions_of("closing", *orders)] == ["R1", "R2", "R3", "R4"]


def test_open_orders_and_deliveries_are_none() -> None:
    assert occasions_of("closing", visit("2025-01-10", status="open"), delivery("2025-01-11")) == []


def test_those_before_the_asked_instant_are_left_out() -> None:
    orders = (visit("2025-01-10"), visit("2025-03-10", "R2"))
    assert occasions_of("closing", *orders, after="2025-02-01") == [("R2", "2025-03-10 17:00")]


def test_an_answer_that_names_any_order_of_the_visit_is_its_survey() -> None:
    orders = order("2025-01-10 16:00"), order("2025-01-10 17:00", "R2")
    opens = "R2 opens 2025-01-11 09:00, due 2025-01-13 17:00"
    for about, ended in (
        ("R1", "; 2025-01-12 17:00 done: survey answered"),
        ("R2", "; 2025-01-12 17:00 done: survey answered"),
        ("R3", ""),
    ):
        said = answered("2025-01-12", about_id=document_id("visit", about))
        assert tasks("service_satisfaction", *orders, said) == [f"{opens}{ended}"]
