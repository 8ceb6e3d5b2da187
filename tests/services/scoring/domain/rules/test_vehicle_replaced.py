"""Points for each further car."""

from tests.services.scoring.domain.rules.points import changed, points_of
from tests.services.scoring.given import sale


def test_each_car_after_the_first_counts_from_its_own_day() -> None:
    cars = (sale("2024-01-10", "D2"), sale("2023-01-10"), sale("2025-01-10", "D3"))
    given = points_of("vehicle_replaced", *cars)
    assert [since for since, _, points in given if points == 15] == ["2024-01-10", "2025-01-10"]


def test_the_same_car_bought_again_is_no_further_one() -> None:
    car = "LSVAU2180N2183294"
    again = (sale("2024-01-10", vin=car), sale("2025-01-10", "D2", vin=car))
    assert points_of("vehicle_replaced", *again) == []


def test_cars_of_a_co_buyer_and_of_buyers_who_count_nothing_replace_none() -> None:
    both = (sale("2024-01-10"), sale("2025-01-10", "D2", role="co_buyer"))
    assert points_of("vehicle_replaced", *both) == []
    two = (sale("2024-01-10"), sale("2025-01-10", "D2"))
    assert points_of("vehicle_replaced", *two, policy=changed(role_percent={"buyer": 0})) == []
