"""Points for each day with a visit."""

from tests.services.scoring.domain.rules.points import points_of
from tests.services.scoring.given import visit
from tests.services.scoring.given_identity import parted

CAR, OTHER = "LSVAU2180N2183294", "LSVAU2180N2183295"
ON_ONE_DAY = (
    visit("2025-01-10T01:00:00+00:00", "R1", vin=CAR),
    visit("2025-01-10T02:00:00+00:00", "R2", vin=OTHER),
)


def test_days_count_and_not_orders() -> None:
    visits = (
        visit("2025-01-09T23:00:00+00:00", "R1"),
        visit("2025-01-10T10:00:00+00:00", "R2"),
        visit("2025-01-10T17:00:00+00:00", "R3"),  # the next day in Shanghai
    )
    assert points_of("regular_visits", *visits) == [
        ("2025-01-09", "2027-01-09", 6),
        ("2025-01-10", "2027-01-10", 6),
    ]


def test_a_day_counts_as_long_as_they_have_one_of_its_cars() -> None:
    for sold in (CAR, OTHER):
        spans = points_of("regular_visits", *ON_ONE_DAY, parted("2025-03-01", sold))
        assert (spans[0][0], spans[-1][1]) == ("2025-01-10", "2027-01-10")
        assert sum(6 for since, until, _ in spans if since < "2026-01-01" < until) == 6
    both = (parted("2025-03-01", CAR), parted("2025-05-01", OTHER))
    assert points_of("regular_visits", *ON_ONE_DAY, *both)[-1][1] == "2025-05-01"


def test_a_car_sold_on_before_the_next_one_came_leaves_the_day_to_that() -> None:
    sold = parted("2025-01-10T01:30:00+00:00", CAR)
    assert points_of("regular_visits", *ON_ONE_DAY, sold) == [
        ("2025-01-10", "2025-01-10", 6),
        ("2025-01-10", "2027-01-10", 6),
    ]
