"""Points for the last visit."""

from tests.services.scoring.domain.rules.points import points_of
from tests.services.scoring.given import visit


def test_a_visit_counts_until_the_next_one() -> None:
    visits = (visit("2025-03-10", "R2"), visit("2025-01-10"))
    assert points_of("recent_visit", *visits) == [
        ("2025-01-10", "2025-03-10", 20),
        ("2025-03-10", "2025-09-06", 20),
        ("2025-09-06", "2026-03-10", 10),
    ]


def test_an_open_order_is_no_visit_yet() -> None:
    assert points_of("recent_visit", visit("2025-01-10", status="open")) == []
