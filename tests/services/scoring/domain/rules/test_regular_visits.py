"""Points for each day with a visit."""

from tests.services.scoring.domain.rules.points import points_of
from tests.services.scoring.given import visit


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
