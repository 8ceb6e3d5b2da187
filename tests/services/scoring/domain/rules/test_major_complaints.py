"""Points taken on top for a major complaint."""

from tests.services.scoring.domain.rules.points import points_of
from tests.services.scoring.given import complaint


def test_they_count_while_it_is_major_and_age_from_its_receipt() -> None:
    turns = (("2025-01-15", "open major"), ("2025-01-20", "open normal"))
    assert points_of("major_complaints", complaint("2025-01-10", "K1", *turns)) == [
        ("2025-01-15", "2025-01-20", -10)
    ]
    major = complaint("2025-01-10", severity="major")
    assert points_of("major_complaints", major)[0] == ("2025-01-10", "2026-01-10", -10)


def test_one_that_is_withdrawn_takes_nothing_however_grave() -> None:
    withdrawn = complaint("2025-01-10", "K1", ("2025-01-15", "withdrawn major"), severity="major")
    assert points_of("major_complaints", withdrawn) == [("2025-01-10", "2025-01-15", -10)]
