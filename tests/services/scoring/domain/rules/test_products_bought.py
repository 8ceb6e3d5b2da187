"""Points for each product sold with a car."""

from tests.services.scoring.domain.rules.points import changed, points_of
from tests.services.scoring.given import sale


def test_each_product_counts_for_two_years_and_half_after_one() -> None:
    bought = sale("2024-01-10", products=("1200", None, "0"))
    assert points_of("products_bought", bought) == [
        ("2024-01-10", "2025-01-09", 5),
        ("2024-01-10", "2025-01-09", 5),
        ("2025-01-09", "2026-01-09", 2),
        ("2025-01-09", "2026-01-09", 2),
    ]


def test_they_are_the_buyers_alone() -> None:
    assert points_of("products_bought", sale("2024-01-10", role="co_buyer", products=("1",))) == []
    bought = sale("2024-01-10", products=("1",))
    assert points_of("products_bought", bought, policy=changed(role_percent={"buyer": 0})) == []
