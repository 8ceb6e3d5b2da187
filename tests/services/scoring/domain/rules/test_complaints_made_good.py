"""Points given back for a complaint that was made good."""

from tests.services.scoring.domain.rules.points import points_of
from tests.services.scoring.given import complaint


def test_they_count_while_the_customer_is_satisfied_and_age_from_the_receipt() -> None:
    turns = (("2025-01-15", "satisfied"), ("2025-01-20", "open"), ("2025-01-25", "satisfied"))
    assert points_of("complaints_made_good", complaint("2025-01-10", "K1", *turns)) == [
        ("2025-01-15", "2025-01-20", 10),
        ("2025-01-25", "2026-01-10", 10),
        ("2026-01-10", "2027-01-10", 5),
    ]


def test_one_that_is_still_open_gives_nothing_back() -> None:
    assert points_of("complaints_made_good", complaint("2025-01-10")) == []
