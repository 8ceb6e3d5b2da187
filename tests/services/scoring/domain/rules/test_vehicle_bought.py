"""Points for each car bought."""

from tests.services.scoring.domain.rules.points import changed, points_of
from tests.services.scoring.given import sale

CAR = "LSVAU2180N2183294"


def test_a_car_counts_for_six_years_and_half_after_three() -> None:
    assert points_of("vehicle_bought", sale("2020-01-10")) == [
        ("2020-01-10", "2023-01-10", 30),
        ("2023-01-10", "2026-01-10", 15),
    ]


def test_the_same_car_counts_as_the_best_role_from_when_they_had_it() -> None:
    sales = (
        sale("2024-01-10", role="co_buyer", vin=CAR),
        sale("2025-01-10", "D2", vin=CAR),
        sale("2025-06-10", "D3", role="co_buyer", vin=CAR),
    )
    assert points_of("vehicle_bought", *sales)[:2] == [
        ("2024-01-10", "2025-01-10", 15),
        ("2025-01-10", "2028-01-11", 30),
    ]


def test_a_role_that_the_policy_does_not_name_gives_nothing() -> None:
    co_buyer = sale("2024-01-10", role="co_buyer")
    assert points_of("vehicle_bought", co_buyer)[0][2] == 15
    buyers_alone = changed(role_percent={"buyer": 100})
    assert points_of("vehicle_bought", co_buyer, policy=buyers_alone) == []
