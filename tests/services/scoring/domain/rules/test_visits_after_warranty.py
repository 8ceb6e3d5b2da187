"""Points for visits after the warranty."""

import pytest

from tests.services.scoring.domain.rules.points import changed, points_of
from tests.services.scoring.given import product, sale, visit
from tests.services.scoring.given_identity import parted

RULE = "visits_after_warranty"
CAR, OTHER = "LSVAU2180N2183294", "LSVAU2180N2183295"


@pytest.mark.parametrize(
    ("delivered", "on", "is_after"),
    [
        ("2020-01-10", "2023-01-10", False),  # the last day of 36 months
        ("2020-01-10", "2023-01-11", True),
        ("2020-02-29", "2023-02-28", False),
        ("2020-02-29", "2023-03-01", True),
        ("2019-01-31", "2022-01-31", False),
    ],
)
def test_they_count_from_the_day_after_36_months(delivered: str, on: str, is_after: bool) -> None:
    given = points_of(RULE, sale(delivered, vin=CAR), visit(on, vin=CAR))
    assert bool(given) == is_after


def test_a_day_counts_once_and_fades() -> None:
    visits = [visit(f"2023-05-10T0{hour}:00:00+00:00", f"R{hour}", vin=CAR) for hour in (1, 2)]
    assert points_of(RULE, sale("2020-01-10", vin=CAR), *visits) == [
        ("2023-05-10", "2024-05-09", 6),
        ("2024-05-09", "2025-05-09", 3),
    ]


def test_the_warranty_that_the_sale_names_counts_the_latest_of_several() -> None:
    products = [product("warranty", "1", expires_on=on) for on in ("2024-01-10", "2025-01-10")]
    bought = sale("2020-01-10", vin=CAR, products=products)
    assert points_of(RULE, bought, visit("2025-01-10", vin=CAR)) == []
    assert points_of(RULE, bought, visit("2025-01-11", vin=CAR)) != []


def test_a_used_car_has_the_one_that_its_sale_names_or_none() -> None:
    used = sale("2020-01-10", vin=CAR, condition="used")
    assert points_of(RULE, used, visit("2024-01-10", vin=CAR)) == []
    products = (product("warranty", "1", expires_on="2021-01-10"),)
    named = sale("2020-01-10", vin=CAR, condition="used", products=products)
    assert points_of(RULE, named, visit("2024-01-10", vin=CAR)) != []


def test_nothing_is_guessed_of_cars_of_which_no_sale_or_no_vin_is_known() -> None:
    assert points_of(RULE, visit("2024-01-10", vin=CAR)) == []
    assert points_of(RULE, sale("2020-01-10"), visit("2024-01-10")) == []
    assert points_of(RULE, sale("2020-01-10", vin=CAR), visit("2024-01-10", vin=OTHER)) == []


def test_they_end_when_the_car_is_sold_on_and_go_on_when_it_is_traded_in() -> None:
    story = (sale("2020-01-10", vin=CAR), visit("2023-05-10", vin=CAR))
    [sold_on] = points_of(RULE, *story, parted("2023-09-01", CAR))
    assert sold_on == ("2023-05-10", "2023-09-01", 6)
    assert len(points_of(RULE, *story, parted("2023-09-01", CAR, because="traded_in"))) == 2


def test_the_months_are_the_policys() -> None:
    story = (sale("2020-01-10", vin=CAR), visit("2022-05-10", vin=CAR))
    assert points_of(RULE, *story) == []
    assert points_of(RULE, *story, policy=changed(warranty_months=24)) != []


def test_a_day_counts_as_long_as_they_have_one_of_its_cars() -> None:
    story = (
        sale("2020-01-10", vin=CAR),
        sale("2020-01-10", "D2", vin=OTHER),
        visit("2023-05-10T01:00:00+00:00", "R1", vin=CAR),
        visit("2023-05-10T02:00:00+00:00", "R2", vin=OTHER),
    )
    assert points_of(RULE, *story, parted("2023-09-01", CAR)) == [
        ("2023-05-10", "2023-09-01", 6),
        ("2023-09-01", "2024-05-09", 6),
        ("2024-05-09", "2025-05-09", 3),
    ]
